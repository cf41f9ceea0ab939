import pytest

from redoubt.engine.detect.validators.phones import phone_international, phone_nanp, phone_national


@pytest.mark.parametrize(
    "text",
    [
        "+1 415 555 0132",
        "+44 (0)20 7946 0958",
        "0044 20 7946 0958",
        "+52 1 55 1234 5678",
        "+91 98463 12769",
        "+7 916 849-46-53",
    ],
)
def test_numbers_of_every_country_pass(text: str) -> None:
    assert phone_international(text)


@pytest.mark.parametrize("text", ["+1000000000", "+999 123 456 789", "+1 111 111 1111", "+44 20", "+"])
def test_numbers_no_plan_knows_do_not(text: str) -> None:
    assert not phone_international(text)


def test_the_north_american_plan_and_its_number_for_examples() -> None:
    assert phone_nanp("(808) 969-7127")
    assert phone_nanp("1-800-555-0199 x12")
    assert phone_nanp("555-123-4567")
    assert not phone_nanp("123-456-7890")
    assert not phone_nanp("202-911-0132")


@pytest.mark.parametrize(
    "text", ["2024-01-15 10", "15.01.2024", "2019-2020", "12000.00", "1.299.000", "10.20.30.140", "0000000"]
)
def test_dates_years_prices_and_addresses_are_no_numbers(text: str) -> None:
    assert not phone_national(text)


@pytest.mark.parametrize("text", ["01 42 68 53 09", "030/1234567", "(11) 91234-5678", "9846312769"])
def test_national_numbers_pass(text: str) -> None:
    assert phone_national(text)
