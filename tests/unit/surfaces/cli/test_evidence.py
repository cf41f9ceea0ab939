import json
import zipfile
from pathlib import Path

import pytest

from redoubt.adapters.evidence.bundle import MAX_MEMBERS, script
from tests.unit.surfaces.cli.rig import Cli
from tests.unit.surfaces.cli.test_outsider import SCRIPT, outsider


@pytest.fixture
def key(cli: Cli, tmp_path: Path) -> Path:
    for n in range(5):
        cli("keys", "create", "--name", f"key {n}")
    (tmp_path / "key").write_text(cli("audit", "key").out)
    return tmp_path / "key"


def test_a_checkpoint_is_printed_as_it_is_and_only_grows(cli: Cli, key: Path) -> None:
    first = cli("audit", "checkpoint")
    assert first.out.startswith("redoubt.local/")
    assert "\n5\n" in first.out
    assert cli("audit", "checkpoint").out == first.out
    described = json.loads(cli("audit", "checkpoint", "--json").out)
    assert (described["size"], described["fresh"], described["note"]) == (5, False, first.out)
    assert json.loads(cli("audit", "key", "--json").out)["vkey"] == key.read_text().strip()


def test_an_export_is_put_on_record_in_itself(cli: Cli, key: Path, tmp_path: Path) -> None:
    done = cli("audit", "export", "--out", tmp_path / "log", "--json")
    assert json.loads(done.out)["size"] == 6
    last = (tmp_path / "log" / "entries.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["api"] == "audit.export"
    assert not (tmp_path / "log" / "sealed.jsonl").exists()
    again = cli("audit", "export", "--out", tmp_path / "log")
    assert again.code == 3
    assert "something in it already" in again.err


def test_an_export_of_the_end_of_the_log(cli: Cli, key: Path, tmp_path: Path) -> None:
    (tmp_path / "early").write_text(cli("audit", "checkpoint").out)
    assert cli("audit", "export", "--out", tmp_path / "log", "--from", "3", "--texts").code == 0
    done = cli("audit", "verify", tmp_path / "log", "--public-key", key, "--json")
    verdict = json.loads(done.out)
    assert (done.code, verdict["start"], verdict["entries"], verdict["checkpoints"]) == (0, 3, 3, 2)
    assert cli("audit", "export", "--out", tmp_path / "late", "--from", "7").code == 0
    shown = cli("audit", "verify", tmp_path / "late", "--public-key", key, "--checkpoint", tmp_path / "early")
    assert shown.code == 0
    assert "not compared" in shown.out
    assert cli("audit", "export", "--out", tmp_path / "none", "--from", "99").code == 3


def test_verify_needs_neither_settings_nor_store(cli: Cli, key: Path, tmp_path: Path) -> None:
    cli("audit", "export", "--out", tmp_path / "log")
    (tmp_path / "redoubt.toml").write_text("no toml at all")
    shown = cli("audit", "verify", tmp_path / "log", "--public-key", key)
    assert shown.code == 0
    assert "verified" in shown.out
    assert cli("audit", "checkpoint").code == 3


def test_what_is_misuse_and_what_cannot_be_read(cli: Cli, key: Path, tmp_path: Path) -> None:
    cli("audit", "export", "--out", tmp_path / "log")
    (tmp_path / "no-key").write_text("x")
    assert cli("audit", "verify", tmp_path / "log").code == 2
    assert cli("audit", "verify", tmp_path / "log", "--public-key", tmp_path / "no-key").code == 2
    assert cli("audit", "verify", tmp_path / "log", "--public-key", tmp_path / "nowhere").code == 3
    assert cli("audit", "verify", tmp_path / "nowhere", "--public-key", key).code == 3
    assert cli("audit", "verify", key, "--public-key", key).code == 3
    (tmp_path / "log" / "entries.jsonl").unlink()
    assert cli("audit", "verify", tmp_path / "log", "--public-key", key).code == 3


@pytest.fixture
def bundle(cli: Cli, key: Path, tmp_path: Path) -> Path:
    exchange = json.loads(cli("audit", "show", "--json").out)[2]["exchange"]
    done = cli("audit", "bundle", exchange, "--out", tmp_path / "case.zip", "--json")
    assert json.loads(done.out)["entries"] == 1
    return tmp_path / "case.zip"


def rewrite(bundle: Path, name: str, change: object) -> Path:
    """Copy a bundle with one member changed; None takes it away."""
    out = bundle.with_name("changed.zip")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            if member.startswith(name):
                if change is None:
                    continue
                data = change(data)  # type: ignore[operator]
            new.writestr(member, data)
    return out


def test_a_bundle_verifies_with_redoubt_and_without(
    cli: Cli, key: Path, bundle: Path, tmp_path: Path
) -> None:
    shown = cli("audit", "verify", bundle, "--public-key", key)
    assert (shown.code, "1 entry" in shown.out) == (0, True)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "unpacked")
    names = {path.name for path in (tmp_path / "unpacked").iterdir()}
    assert {"VERIFY.md", "verify_log.py", "public-key", "checkpoint", "entries.jsonl", "proofs"} <= names
    assert outsider(tmp_path / "unpacked") == (0, "verified: all entries are in the log\n")
    entries = tmp_path / "unpacked" / "entries.jsonl"
    entries.write_bytes(entries.read_bytes().replace(b"keys.create", b"keys.revoke"))
    assert outsider(tmp_path / "unpacked")[0] == 1


def test_a_bundle_takes_no_further_checkpoint(cli: Cli, key: Path, bundle: Path) -> None:
    done = cli("audit", "verify", bundle, "--public-key", key, "--checkpoint", key)
    assert (done.code, "for exports" in done.err) == (2, True)


def test_the_script_in_a_bundle_is_the_documented_one() -> None:
    assert script() == SCRIPT.read_bytes()


@pytest.mark.parametrize(
    ("member", "change", "code"),
    [
        ("entries.jsonl", lambda data: data.replace(b"keys.create", b"keys.revoke"), 1),
        ("entries.jsonl", lambda data: data * 2, 1),
        ("entries.jsonl", lambda data: b"", 1),
        ("proofs/", None, 1),
        ("proofs/", lambda data: data.replace(b"index ", b"index 1"), 1),
        ("proofs/", lambda data: b"x", 1),
        ("checkpoint", lambda data: data.replace(b"redoubt.local", b"redoubt.rural"), 1),
        ("checkpoint", lambda data: b"\xff" * 100_000, 3),
        ("checkpoint", None, 3),
        ("entries.jsonl", None, 3),
        ("entries.jsonl", lambda data: b"a" * (17 << 20), 3),
    ],
)
def test_a_bundle_that_was_meddled_with(
    cli: Cli, key: Path, bundle: Path, member: str, change: object, code: int
) -> None:
    changed = rewrite(bundle, member, change)
    done = cli("audit", "verify", changed, "--public-key", key)
    assert done.code == code, done.err
    assert "Redoubt's own" not in done.err


def test_bombs_and_strange_names(cli: Cli, key: Path, bundle: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for n in range(MAX_MEMBERS + 1):
            archive.writestr(f"f{n}", b"")
    assert cli("audit", "verify", many, "--public-key", key).code == 3
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr("../../outside", b"x")
        archive.writestr("proofs/../../1.tlog-proof", b"x")
    done = cli("audit", "verify", bundle, "--public-key", key)
    assert (done.code, "no number" in done.err) == (3, True)
    assert not (tmp_path.parent / "outside").exists()
    half = tmp_path / "half.zip"
    half.write_bytes(bundle.read_bytes()[:-40])
    assert cli("audit", "verify", half, "--public-key", key).code == 3


def test_a_bundle_of_nothing(cli: Cli, key: Path, tmp_path: Path) -> None:
    done = cli("audit", "bundle", "ex_nobody", "--out", tmp_path / "case.zip")
    assert (done.code, "nothing is recorded" in done.err) == (3, True)
    assert not (tmp_path / "case.zip").exists()
