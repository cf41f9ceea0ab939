import pytest

from redoubt.engine.detect.validators.numbers import calendar_date, coordinates, luhn, not_repeated


def test_luhn() -> None:
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert not luhn("0")


@pytest.mark.parametrize(
    "text", ["1985-07-30", "30/07/1985", "07/30/85", "30. Juli 1985", "July 30, 1985", "1985年7月30日"]
)
def test_dates_in_any_order_pass(text: str) -> None:
    assert calendar_date(text)


@pytest.mark.parametrize("text", ["1985-13-45", "31/02/1985", "1.2", "99/99/99", "30 July 85000", ""])
def test_what_is_no_day_does_not(text: str) -> None:
    assert not calendar_date(text)


def test_coordinates_are_on_the_globe() -> None:
    assert coordinates("37.774929, -122.419416")
    assert not coordinates("97.774929, -122.419416")
    assert not coordinates("12.0000, 13.0000")
    assert not coordinates("1.5")


def test_fillers_are_one_digit_over_and_over() -> None:
    assert not not_repeated("000-00-0000")
    assert not_repeated("123-45-6789")
