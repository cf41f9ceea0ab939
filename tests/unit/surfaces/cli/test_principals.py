import json

import pytest

from tests.unit.surfaces.cli.rig import Cli


def made(cli: Cli, *arguments: str) -> dict[str, object]:
    return dict(json.loads(cli(*arguments, "--json").out))


def test_principals_are_made_granted_disabled_and_all_of_it_is_on_record(cli: Cli) -> None:
    who = made(cli, "principals", "create", "--name", "billing", "--app", "shop", "--role", "developer")
    id = str(who["id"])
    granted = made(cli, "principals", "grant", "--to", id, "--role", "user", "--model", "gpt-5")
    group = made(cli, "principals", "grant", "--to-group", "security team", "--role", "auditor")
    assert group["group"] == "security team"
    listed = cli("principals", "list").out
    assert "user (model gpt-5)" in listed
    assert "security team" in listed
    assert cli("principals", "trust", id, "--end-users").code == 0
    assert cli("principals", "disable", id).code == 0
    [info] = json.loads(cli("principals", "list", "--json").out)["principals"]
    assert (info["trusted"], info["disabled_at"] is not None, len(info["grants"])) == (True, True, 2)
    assert cli("principals", "enable", id).code == 0
    assert cli("principals", "withdraw", str(granted["id"])).code == 0
    entries = json.loads(cli("audit", "show", "--json").out)
    assert [(e["api"], e["decision"]) for e in reversed(entries)] == [
        ("principals.create", "allow"),
        ("grants.create", "allow"),
        ("grants.create", "allow"),
        ("principals.change", "allow"),
        ("principals.change", "allow"),
        ("principals.change", "allow"),
        ("grants.delete", "allow"),
    ]


def test_a_key_for_a_principal_with_scopes_and_networks(cli: Cli) -> None:
    who = made(cli, "principals", "create", "--name", "billing", "--role", "developer")
    arguments = ("--principal", str(who["id"]), "--scope", "text.inspect", "--from", "10.0.0.0/8")
    key = made(cli, "keys", "create", "--name", "ci", *arguments)
    assert (key["principal"], key["scopes"], key["addresses"]) == (
        who["id"],
        ["text.inspect"],
        ["10.0.0.0/8"],
    )
    rotated = made(cli, "keys", "rotate", str(key["id"]), "--overlap", "24h")
    assert rotated["id"] == key["id"]
    assert rotated["secret"] != key["secret"]
    assert rotated["overlap_until"]
    assert cli("keys", "rotate", str(key["id"]), "--overlap", "40d").code == 3


def test_roles_of_ones_own(cli: Cli) -> None:
    assert cli("roles", "put", "support", "--action", "audit.read", "--action", "text.inspect").code == 0
    assert "support" in cli("roles", "list").out
    assert "keys.write" in cli("roles", "actions").out
    assert cli("roles", "delete", "support").code == 0
    assert "support" not in cli("roles", "list").out
    assert cli("roles", "put", "admin", "--action", "audit.read").code == 3


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("principals", "disable", "svc_none"), 3, "no principal of that id"),
        (("principals", "withdraw", "grn_none"), 3, "no grant of that id"),
        (("principals", "grant", "--role", "user"), 2, "--to ID or --to-group NAME"),
        (("principals", "grant", "--to-group", "x", "--role", "none"), 3, "no role of that name"),
        (("roles", "delete", "none"), 3, "no role of that name"),
    ],
)
def test_what_is_wrong_is_said(cli: Cli, arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = cli(*arguments)
    assert (ran.code, said in ran.err) == (code, True)


def test_the_last_administrator_stays_and_what_was_not_done_is_on_record(cli: Cli) -> None:
    key = made(cli, "keys", "create", "--name", "first", "--role", "admin")
    ran = cli("keys", "revoke", str(key["id"]))
    assert ran.code == 3
    assert "no administrator" in ran.err
    entries = json.loads(cli("audit", "show", "--json").out)
    assert [(e["api"], e["decision"]) for e in entries][:2] == [
        ("keys.revoke", "deny"),
        ("keys.revoke", "allow"),
    ]
