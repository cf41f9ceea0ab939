import pytest

from redoubt.engine.detect.validators.cards import card, card_loose


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111111", "4222222222222", "5555 5555 5555 4444", "2223003122003222", "378282246310005",
        "6011111111111117", "30569309025904", "3530111333300000", "6200000000000005", "6759649826438453",
        "2200000000000004", "6521111111111110",
    ],
)  # fmt: skip
def test_issued_numbers_pass(number: str) -> None:
    assert card(number)


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111112",
        "9111111111111111",
        "0000000000000000",
        "411111111111",
        "41111111111111111111",
        "37828224631000",
        "",
    ],
)
def test_wrong_digits_unknown_issuers_and_wrong_lengths_do_not(number: str) -> None:
    assert not card(number)


def test_short_maestro_numbers_pass_only_the_loose_check() -> None:
    assert card_loose("500000000009")
    assert not card("500000000009")
    assert not card_loose("411111111111")
