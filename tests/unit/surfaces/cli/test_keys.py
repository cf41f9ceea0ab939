import json

import pytest

from tests.unit.surfaces.cli.rig import Cli


def test_a_key_is_made_listed_and_revoked_and_all_of_it_is_on_record(cli: Cli) -> None:
    made = json.loads(
        cli(
            "keys",
            "create",
            "--name",
            "ci",
            "--app",
            "build",
            "--expires",
            "30d",
            "--per-second",
            "5",
            "--json",
        ).out
    )
    assert made["secret"].startswith("rdt_")
    listed = cli("keys", "list").out
    assert made["id"] in listed
    assert made["secret"] not in listed
    assert "active" in listed
    assert cli("keys", "revoke", made["id"]).code == 0
    [info] = json.loads(cli("keys", "list", "--json").out)
    assert (info["state"], info["app"], info["per_second"]) == ("revoked", "build", 5)
    assert info["expires_at"] - info["created_at"] == pytest.approx(30 * 86_400, abs=60)
    entries = json.loads(cli("audit", "show", "--json").out)
    assert [(e["kind"], e["api"], e["note"]) for e in entries] == [
        ("admin", "keys.revoke", made["id"]),
        ("admin", "keys.create", f"{made['id']} of {made['principal']}"),
    ]


def test_the_secret_is_on_no_disk(cli: Cli) -> None:
    secret = json.loads(cli("keys", "create", "--name", "ci", "--json").out)["secret"]
    files = [path for path in (cli.home / "data").rglob("*") if path.is_file()]
    assert files
    assert not any(secret.encode() in path.read_bytes() for path in files)


def test_an_unknown_id_is_said(cli: Cli) -> None:
    ran = cli("keys", "revoke", "key_0")
    assert ran.code == 3
    assert "no key of that id" in ran.err


@pytest.mark.parametrize("lifetime", ["30", "d", "0d", "-1d", "1y", "99999999w", "٣d"])
def test_a_lifetime_that_is_none(cli: Cli, lifetime: str) -> None:
    assert cli("keys", "create", "--name", "x", "--expires", lifetime).code == 2
