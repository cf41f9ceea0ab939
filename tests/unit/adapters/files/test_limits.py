from pathlib import Path
from typing import Any

import pytest

from redoubt.adapters.files.limits import read_limits, read_prices
from redoubt.adapters.files.settings import load_settings
from redoubt.domain.errors import ConfigError
from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period, Price, money


def limit(**more: Any) -> dict[str, Any]:
    return {"scope": "app", "unit": "tokens", "per": "day", "amount": 1000, **more}


def test_a_limit_is_read_and_named() -> None:
    [read] = read_limits([limit(match={"app": "shop", "model": ["GPT-4*", "o*"]}, shadow=True)], "f")
    match = ((LimitScope.APP, ("shop",)), (LimitScope.MODEL, ("gpt-4*", "o*")))
    assert read == Limit(
        "tokens-per-day-app", LimitScope.APP, LimitUnit.TOKENS, 1000, Period.DAY, 0, match, shadow=True
    )
    assert read.by_model


@pytest.mark.parametrize(
    ("written", "millionths"), [(25, 25_000_000), (0.1, 100_000), ("0.000001", 1), (1e3, 1_000_000_000)]
)
def test_cost_is_money_to_the_millionth(written: Any, millionths: int) -> None:
    assert read_limits([limit(unit="cost", amount=written)], "f")[0].amount == millionths


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scope": "team"}, r"f: \$.limits\[0\].scope"),
        ({"amount": 0}, r"\.amount: must be positive"),
        ({"amount": 1.5}, r"\.amount: must be a whole number of tokens"),
        ({"amount": 2**53}, r"\.amount"),
        ({"unit": "cost", "amount": "1.0000001"}, r"six decimals"),
        ({"unit": "cost", "amount": "much"}, r"amount of money"),
        ({"unit": "cost", "amount": "NaN"}, r"amount"),
        ({"unit": "cost", "amount": "inf"}, r"amount"),
        ({"unit": "concurrent"}, r"\.per: leave it out"),
        ({"per": "week"}, r"\.per"),
        ({"per": "month", "burst": 5}, r"\.burst: goes with"),
        ({"burst": 10**12}, r"\.burst: must be positive, and less"),
        ({"burst": -1}, r"\.burst"),
        ({"id": "Shop!"}, r"\.id"),
        ({"id": "per_second"}, r"\.id"),
        ({"match": {"team": "a"}}, r"\.match\.team: no such scope"),
        ({"match": {"app": []}}, r"\.match\.app"),
        ({"match": {"app": "a\n"}}, r"\.match\.app"),
        ({"colour": 1}, r"unknown field"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_limits([limit(**wrong)], "f")


def test_a_period_is_needed_and_ids_are_each_ones_own() -> None:
    with pytest.raises(ConfigError, match=r"\[0\].per: name one of second"):
        read_limits([{"scope": "app", "unit": "tokens", "amount": 1}], "f")
    with pytest.raises(ConfigError, match=r"\[1\].id: another limit is called"):
        read_limits([limit(), limit()], "f")


PRICES = 'currency = "EUR"\n[[models]]\nmatch = "Big-*"\ninput = 2.50\noutput = 10\nmax_output_tokens = 99\n'


def test_prices_come_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(PRICES)
    config = tmp_path / "redoubt.toml"
    config.write_text(
        '[prices]\nfile = "prices.toml"\nunpriced = "ignore"\n[estimates]\ninput = "typical"\n'
        '[[limits]]\nscope = "all"\nunit = "concurrent"\namount = 3\n'
    )
    read = load_settings(config, {})
    assert read.price_list.prices == (Price("big-*", 2_500_000, 10_000_000, 99),)
    assert (read.price_list.currency, read.prices.unpriced.value, read.limits[0].id) == (
        "EUR",
        "ignore",
        "concurrent-all",
    )
    assert load_settings(config, {"REDOUBT_ESTIMATES__OUTPUT_TOKENS": "7"}).estimates.output_tokens == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[models]]\nmatch = 'a'\ninput = -1\noutput = 1", r"models\[0\].input"),
        ("[[models]]\nmatch = 'a'\ninput = 'x'\noutput = 1", r"models\[0\].input"),
        ("[[models]]\nmatch = 'a'\ninput = 1\noutput = 1000001", r"models\[0\].output: must not exceed"),
        ("[[models]]\nmatch = ''\ninput = 1\noutput = 1", r"models\[0\].match"),
        ("[[models]]\nmatch = 'a'\ninput = 1", r"output"),
        ("models = 3", r"models"),
        ("models = [", r"not TOML"),
    ],
)
def test_what_is_wrong_with_prices(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_prices(tmp_path / "p.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_prices(tmp_path / "none.toml")


def test_costs_are_whole_and_rounded_up() -> None:
    assert Price("a", 1, 1).cost(1, 0) == 1
    assert Price("a", 2_500_000, 10_000_000).cost(1_000_000, 100_000) == 3_500_000
    assert money(3_500_000) == "3.5"
