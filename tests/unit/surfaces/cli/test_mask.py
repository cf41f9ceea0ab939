import json
from pathlib import Path

from tests.unit.surfaces.cli.rig import CARD, KEY, MAIL, TEXT, Cli


def test_mask_and_restore_is_the_identity_but_for_what_is_gone_for_good(cli: Cli) -> None:
    masked = cli("mask", "--session", "jane", stdin=TEXT.encode())
    assert masked.code == 0
    assert not any(value in masked.out for value in (MAIL, CARD, KEY))
    restored = cli("restore", "--session", "jane", stdin=masked.out.encode())
    assert (
        restored.out == f"mail {MAIL}\ncard [REDACTED:finance.card]\nkey [REDACTED:secret.aws_access_key]\n"
    )


def test_another_session_restores_nothing(cli: Cli) -> None:
    masked = cli("mask", "--session", "jane", stdin=MAIL.encode())
    ran = cli("restore", "--session", "john", stdin=masked.out.encode())
    assert ran.code == 3
    assert ran.out == ""


def test_the_same_value_has_the_same_pseudonym_in_a_session(cli: Cli) -> None:
    one = cli("mask", "--session", "jane", stdin=MAIL.encode()).out
    two = cli("mask", "--session", "jane", stdin=f"again: {MAIL}".encode()).out
    assert two == f"again: {one}"
    assert one not in cli("mask", "--session", "john", stdin=MAIL.encode()).out


def test_promise_2_the_vault_holds_no_value_in_clear(cli: Cli) -> None:
    cli("mask", "--session", "jane", stdin=TEXT.encode())
    files = [path for path in (cli.home / "data").rglob("*") if path.is_file()]
    assert files
    assert not any(value.encode() in path.read_bytes() for path in files for value in (MAIL, KEY))


def test_restoring_is_put_on_record(cli: Cli) -> None:
    masked = cli("mask", "--session", "jane", stdin=MAIL.encode())
    cli("restore", "--session", "jane", stdin=masked.out.encode())
    assert [entry["api"] for entry in json.loads(cli("audit", "show", "--json").out)] == ["restore"]


def test_json_stays_json(cli: Cli) -> None:
    Path("a.json").write_text(json.dumps({"mail": MAIL, "card": 4111111111111111}))
    ran = cli("mask", "a.json", "--json-input")
    value = json.loads(ran.out)
    assert value["card"] == "[REDACTED:finance.card]"
    assert value["mail"] != MAIL


def test_promise_1_what_policy_denies_is_not_written(cli: Cli) -> None:
    ran = cli("mask", "--profile", "strict", stdin=f"use {KEY}".encode())
    assert (ran.code, ran.out) == (1, "")
    assert "deny" in ran.err
    report = json.loads(cli("mask", "--profile", "strict", "--json", stdin=f"use {KEY}".encode()).out)
    assert (report["decision"], report["text"]) == ("deny", None)


def test_text_that_is_not_utf_8_is_refused(cli: Cli) -> None:
    ran = cli("mask", stdin=b"\xff\xfe\xfd")
    assert ran.code == 3
    assert "not UTF-8" in ran.err
