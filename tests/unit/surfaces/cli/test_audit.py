import json

from tests.unit.surfaces.cli.rig import Cli


def test_an_empty_log(cli: Cli) -> None:
    assert json.loads(cli("audit", "head", "--json").out)["size"] == 0
    assert "Nothing is recorded yet." in cli("audit", "show").out
    assert json.loads(cli("audit", "head", "--json").out)["size"] == 1, "that it was read"


def test_revealing_is_itself_put_on_record(cli: Cli) -> None:
    cli("keys", "create", "--name", "x")
    assert cli("audit", "show", "--reveal").code == 0
    entries = json.loads(cli("audit", "show", "--json").out)
    assert [entry["api"] for entry in entries] == ["audit.reveal", "keys.create"]
    assert json.loads(cli("audit", "head", "--json").out)["size"] == 3, "so is that it was read"


def test_one_exchange_alone(cli: Cli) -> None:
    cli("keys", "create", "--name", "x")
    cli("keys", "create", "--name", "y")
    first = json.loads(cli("audit", "show", "--json").out)[0]["exchange"]
    assert [e["exchange"] for e in json.loads(cli("audit", "show", first, "--json").out)] == [first]
    assert "under that exchange" in cli("audit", "show", "ex_0").out


def test_the_limit(cli: Cli) -> None:
    for name in "abc":
        cli("keys", "create", "--name", name)
    assert len(json.loads(cli("audit", "show", "--limit", "2", "--json").out)) == 2
    assert cli("audit", "show", "--limit", "0").code == 2
