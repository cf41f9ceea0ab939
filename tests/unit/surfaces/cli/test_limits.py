import json
from pathlib import Path

from tests.unit.surfaces.cli.rig import Cli

LIMITS = """
[[limits]]
id = "shop-day"
scope = "app"
unit = "tokens"
per = "day"
amount = 1000
match = { app = "shop" }

[[limits]]
id = "money"
scope = "all"
unit = "cost"
per = "month"
amount = 12.5
shadow = true
match = { model = "big-1" }
"""
PRICES = 'currency = "EUR"\n[[models]]\nmatch = "small-*"\ninput = 1\noutput = 2\n'


def test_limits_and_their_use_are_shown(cli: Cli) -> None:
    Path("l.toml").write_text(LIMITS)
    ran = cli("limits", "show", "--config", "l.toml", "--app", "shop", "--model", "big-1")
    assert "1000 tokens per day for each app" in ran.out
    assert "12.5 of cost per month in all" in ran.out
    rows = json.loads(cli("limits", "show", "--config", "l.toml", "--app", "press", "--json").out)
    assert {row["id"]: row["left"] for row in rows} == {"per_second": "50", "per_minute": "1500"}


def test_a_configuration_is_checked(cli: Cli) -> None:
    Path("l.toml").write_text(LIMITS)
    ran = cli("limits", "check", "l.toml")
    assert ran.code == 1
    assert "no model has a price: its requests are refused" in ran.out
    Path("p.toml").write_text(PRICES)
    Path("m.toml").write_text(f'[prices]\nfile = "p.toml"\n{LIMITS}')
    found = json.loads(cli("limits", "check", "m.toml", "--json").out)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert states == {
        "limits": "ok",
        "limits in shadow": "warn",
        "prices": "ok",
        "models without a price": "warn",
    }
    assert [limit["id"] for limit in found["limits"]] == ["shop-day", "money"]


def test_a_redis_that_does_not_answer_is_found_by_doctor(cli: Cli) -> None:
    Path("r.toml").write_text('[store]\nredis_url = "redis://127.0.0.1:1/0"\n')
    checks = json.loads(cli("doctor", "--json", "--config", "r.toml").out)
    [redis] = [check for check in checks if check["check"] == "redis"]
    assert redis["state"] == "fail"


def test_a_starter_of_prices_is_plainly_made_up(cli: Cli) -> None:
    cli("init")
    text = Path("prices.toml").read_text()
    assert "These numbers are made up" in text
    Path("s.toml").write_text('[prices]\nfile = "prices.toml"\n')
    assert cli("limits", "check", "s.toml").code == 0
