"""The commands that find, hold, erase and reveal, on a log of three persons."""

import asyncio
import json
import os
import pwd
from dataclasses import replace
from typing import Any

import pytest

from redoubt import compose
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.engine.leak.fingerprints import fingerprint
from redoubt.services.audit.subjects import end_user
from redoubt.surfaces.cli import office
from tests.unit.surfaces.cli.rig import KEY, MAIL, Cli

ANNS = "what Ann wrote"


@pytest.fixture
def log(cli: Cli) -> Cli:
    """A log with one key, its own entry, one of Ann, whom the application names, and one of Bob."""
    cli("keys", "create", "--name", "shop", "--app", "shop", "--json")
    settings = compose.settings(None, os.environ)
    keys = compose.keyring(settings, os.environ)
    stores = compose.stores(settings, keys)
    ann = end_user("default", "shop", MAIL, keys.derive("hashes"))
    found = Finding("secret.aws_access_key", "aws", 0, 20)
    mark = fingerprint(keys.derive("audit values"), "default", found.category, KEY)
    plain = Entry("ex_1", "prompt", 1795600000.0, "key_1", "shop", "default", ann, "redact", text=ANNS)
    anns = replace(plain, findings=(FindingRecord(found, "/p", "redact", mark),))

    async def write() -> None:
        await stores.audit.append(anns)
        await stores.audit.append(replace(plain, exchange="ex_2", subject="key_1", text="of the key's own"))
        await stores.audit.append(
            replace(plain, exchange="ex_3", subject="eu_bob", decision="deny", text="Bob's")
        )
        await stores.audit.close()

    asyncio.run(write())
    stores.dispose()
    return cli


def exchanges(cli: Cli, *arguments: str, stdin: bytes | None = None) -> list[str]:
    ran = cli("audit", "search", "--json", *arguments, stdin=stdin)
    assert ran.code == 0, ran.err
    return [entry["exchange"] for entry in json.loads(ran.out)]


def notes(cli: Cli, api: str) -> list[tuple[str, str]]:
    entries: list[dict[str, Any]] = json.loads(cli("audit", "show", "--json").out)
    return [(entry["decision"], entry["note"]) for entry in entries if entry["api"] == api]


def test_entries_are_found_by_what_is_said_of_them(log: Cli) -> None:
    assert exchanges(log, "--category", "secret") == ["ex_1"]
    assert exchanges(log, "--subject", MAIL) == ["ex_1"]
    assert exchanges(log, "--subject", MAIL, "--app", "other") == []
    assert exchanges(log, "--decision", "deny") == ["ex_3"]
    assert exchanges(log, "--app", "shop", "--until", "2026-11-25T09:46:41", "--limit", "2") == [
        "ex_3",
        "ex_2",
    ]
    assert exchanges(log, "--since", "2027-01-01") == []
    assert "--before 2" in log("audit", "search", "--app", "shop", "--limit", "2").err
    assert log("audit", "search", "--since", "yesterday").code == 2


def test_who_sent_a_value_is_found_and_the_value_is_on_no_record(log: Cli) -> None:
    assert exchanges(log, "--value", "-", stdin=f"{KEY}\n".encode()) == ["ex_1"]
    assert exchanges(log, "--value", "-", stdin=b"another value") == []
    assert log("audit", "search", "--value", KEY).code == 2, "never on the command line"
    assert log("audit", "search", "--value", "-", stdin=b" \n").code == 3
    assert ("allow", "entries by a value") in notes(log, "audit.search")
    assert not any(KEY.encode() in file.read_bytes() for file in (log.home / "data").iterdir())


def test_a_person_is_erased_by_the_name_that_the_application_uses(log: Cli) -> None:
    before = json.loads(log("audit", "head", "--json").out)
    ran = log("audit", "erase", "--subject", MAIL)
    assert ran.code == 0, ran.err
    assert "1 entries lost their text" in ran.out
    shown = log("audit", "show", "--reveal").out
    assert ANNS not in shown
    assert "was erased" in shown
    assert "of the key's own" in shown
    assert exchanges(log, "--value", "-", stdin=KEY.encode()) == []
    assert exchanges(log, "--category", "secret") == ["ex_1"]
    assert json.loads(log("audit", "head", "--json").out)["size"] > before["size"]
    (_, note), *_ = notes(log, "audit.erased")
    assert MAIL not in note


def test_who_is_unknown_cannot_be_erased_or_held(log: Cli) -> None:
    for command in (("erase",), ("hold", "--reason", "r")):
        ran = log("audit", *command, "--subject", "nobody@example.com")
        assert ran.code == 3
        assert "knows nobody of that name" in ran.err
        assert "nobody@" not in ran.err


def test_a_hold_wins_and_says_so(log: Cli) -> None:
    assert log("audit", "hold", "--subject", MAIL, "--reason", "case 7").code == 0
    (held,) = json.loads(log("audit", "holds", "--json").out)
    assert held["reason"] == "case 7"
    ran = log("audit", "erase", "--subject", MAIL)
    assert ran.code == 3
    assert "legal hold" in ran.err
    assert [decision for decision, _ in notes(log, "audit.erase")] == ["deny", "allow"]
    assert ANNS in log("audit", "show", "--reveal").out
    assert "1 hold released" in log("audit", "hold", "--subject", MAIL, "--release").out
    assert "Nobody is held." in log("audit", "holds").out
    assert log("audit", "erase", "--subject", MAIL).code == 0


def test_who_looks_at_the_holds_is_on_record(log: Cli) -> None:
    assert log("audit", "holds").code == 0
    assert notes(log, "audit.holds") == [("allow", "")]


def test_a_hold_wants_a_reason_and_a_time_to_come(log: Cli) -> None:
    assert log("audit", "hold", "--subject", MAIL).code == 2
    assert log("audit", "hold", "--subject", MAIL, "--reason", "r", "--until", "2020-01-01").code == 2


def test_the_key_is_rotated(log: Cli) -> None:
    (log.home / "kek.hex").write_text("ab" * 32)
    (log.home / "redoubt.toml").write_text('[audit]\nkek = {file = "kek.hex"}\n')
    assert ANNS in log("audit", "show", "--reveal").out, "the master key still opens what it wrapped"
    result = json.loads(log("audit", "rotate-kek", "--json").out)
    assert result["done"] >= 4
    assert result["left"] == 0
    assert ANNS in log("audit", "show", "--reveal").out
    (log.home / "redoubt.toml").unlink()
    ran = log("audit", "show", "--reveal")
    assert ran.code == 3
    assert "kek_previous" in ran.err


def test_revealing_says_why_on_the_record(log: Cli) -> None:
    assert ANNS in log("audit", "reveal", "ex_1", "--reason", "incident 9").out
    assert notes(log, "audit.reveal") == [("allow", "ex_1: 1 entries: incident 9")]
    assert log("audit", "reveal", "ex_1").code == 2
    assert "No text" in log("audit", "reveal", "ex_none", "--reason", "incident 9").out
    assert "leave it out" in log("audit", "hold", "--subject", "ann", "--reason", "x", "--release").err


def test_revealing_takes_two_where_that_is_asked(log: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (log.home / "redoubt.toml").write_text("[audit]\nreveal_needs = 2\n")
    assert log("audit", "show", "--reveal").code == 3
    asked = log("audit", "reveal", "ex_1", "--reason", "incident 9")
    assert asked.code == 3
    assert ANNS not in asked.out
    request = next(word for word in asked.err.replace("`", " ").split() if word.startswith("rv_")).rstrip(
        ",`"
    )
    assert request in log("audit", "reveal", "ex_1", "--reason", "again").err, "one request waits, not two"
    own = log("audit", "approve-reveal", request)
    assert own.code == 3
    assert "another person" in own.err
    with monkeypatch.context() as patch:
        patch.setattr(pwd, "getpwuid", lambda uid: pwd.struct_passwd(("bob", "x", 7, 7, "", "/", "")))
        assert log("audit", "approve-reveal", request).code == 0
        assert log("audit", "reveal", "ex_1", "--reason", "mine").code == 3, (
            "the one who approves sees nothing"
        )
    assert ANNS in log("audit", "reveal", "ex_1", "--reason", "incident 9").out
    assert log("audit", "reveal", "ex_1", "--reason", "once more").code == 3
    assert [d for d, _ in notes(log, "audit.approve-reveal")] == ["allow", "deny", "allow"]


def test_no_variable_says_who_runs_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert office.person() == pwd.getpwuid(os.getuid()).pw_name
