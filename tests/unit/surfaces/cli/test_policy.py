import json
from pathlib import Path

import pytest

from tests.unit.surfaces.cli.rig import CARD, KEY, MAIL, Cli


def test_check_says_what_it_is(cli: Cli) -> None:
    Path("p.toml").write_text('name = "ours"\nextends = "strict"\n')
    ran = cli("policy", "check", "p.toml")
    assert ran.code == 0
    assert "good: ours@" in ran.out


def test_check_names_the_place_of_a_mistake(cli: Cli) -> None:
    Path("p.toml").write_text(
        'extends = "balanced"\n[[rules]]\nid = "x"\ncategories = ["secrt"]\naction = "deny"\n'
    )
    ran = cli("policy", "check", "p.toml")
    assert ran.code == 3
    assert "p.toml: $.rules[0]" in ran.err


def test_explain_shows_each_category_in_each_place(cli: Cli) -> None:
    table = json.loads(cli("policy", "explain", "--profile", "balanced", "--json").out)["categories"]
    assert table["finance.card"]["answer"] == {"action": "redact", "rule": "payment-cards"}
    assert table["pii.email"]["user's prompt"] == {"action": "pseudonymise", "rule": "personal-data"}
    assert table["pii.email"]["answer"] == {"action": "flag", "rule": ""}
    assert "payment-cards" in cli("policy", "explain").out


def test_explain_a_text(cli: Cli) -> None:
    ran = cli("policy", "explain", "--profile", "strict", "--text", f"{MAIL} {CARD}")
    assert "decision: deny" in ran.out
    assert "rules that contributed: payment-cards, personal-data" in ran.out
    assert MAIL not in ran.out
    report = json.loads(cli("policy", "explain", "--text", KEY, "--role", "system", "--json").out)
    assert report["decision"] == "redact"
    assert report["findings"][0]["policy_rule"] == "secrets"


def test_explain_refuses_a_role_there_is_not(cli: Cli) -> None:
    assert cli("policy", "explain", "--text", "x", "--role", "king").code == 3


@pytest.mark.parametrize("profile", ["balanced", "strict"])
def test_the_profiles_pass_their_own_tests(cli: Cli, profile: str) -> None:
    report = json.loads(cli("policy", "test", "--profile", profile, "--json").out)
    assert report["failed"] == 0
    assert report["passed"] > 0


def test_a_test_that_fails_is_1(cli: Cli) -> None:
    Path("p.toml").write_text(
        'extends = "balanced"\n[[tests]]\nname = "wrong"\ntext = "hello"\ndecision = "deny"\n'
    )
    ran = cli("policy", "test", "p.toml")
    assert ran.code == 1
    assert "FAIL  wrong" in ran.out


def test_show_prints_what_check_accepts(cli: Cli) -> None:
    Path("p.toml").write_text(cli("policy", "show", "balanced").out)
    assert cli("policy", "check", "p.toml").code == 0


def test_categories_carry_the_catalogues_ids(cli: Cli) -> None:
    listed = {entry["id"]: entry for entry in json.loads(cli("policy", "categories", "--json").out)}
    assert listed["pii.email"]["owasp_2025"] == ["LLM02:2025"]
    assert "secret.github_pat" in listed or len(listed) > 300
