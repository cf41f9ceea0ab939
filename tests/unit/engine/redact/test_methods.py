import pytest

from redoubt.domain.decision import Action, Obligation
from redoubt.domain.finding import Finding
from redoubt.engine.redact.methods import Methods, keyed_hash, mask, redact

KEY = b"k" * 32


def due(action: Action) -> Obligation:
    return Obligation(Finding("finance.card", "d", 0, 1), action, "r")


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("4111 1111 1111 1234", "**** **** **** 1234"),
        ("123-45-6789", "***-**-*789"),
        ("abc", "**c"),
        ("ab", "**"),
        ("", ""),
        ("---", "***"),
        ("päss🔑wort", "*******ort"[:6] + "ort"),
    ],
)
def test_mask_shows_four_and_never_more_than_a_third(value: str, masked: str) -> None:
    assert mask(value) == masked


def test_a_hash_is_keyed_and_the_same_for_every_writing() -> None:
    assert keyed_hash("finance.card", "4111 1111", KEY) == keyed_hash("finance.card", "41111111", KEY)
    assert keyed_hash("finance.card", "41111111", KEY) != keyed_hash("finance.card", "41111111", b"x" * 32)
    assert keyed_hash("finance.card", "41111111", KEY) != keyed_hash("pii.phone", "41111111", KEY)


@pytest.mark.parametrize(
    ("action", "written"),
    [
        (Action.FLAG, "4111"),
        (Action.MASK, "***1"),
        (Action.REDACT, "[REDACTED:finance.card]"),
        (Action.HASH, keyed_hash("finance.card", "4111", KEY)),
        (Action.PSEUDONYMISE, "finance.card/4111"),
        (Action.HOLD, "[REDACTED:finance.card]"),
        (Action.DENY, "[REDACTED:finance.card]"),
    ],
)
def test_every_action_writes_its_own(action: Action, written: str) -> None:
    assert Methods(KEY, lambda category, value: f"{category}/{value}")(due(action), "4111") == written


def test_without_a_source_of_pseudonyms_a_value_is_redacted() -> None:
    assert Methods(KEY)(due(Action.PSEUDONYMISE), "4111") == redact("finance.card")
