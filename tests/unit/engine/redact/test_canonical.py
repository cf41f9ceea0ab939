import pytest

from redoubt.engine.redact.canonical import canonical


@pytest.mark.parametrize(
    ("category", "a", "b", "same"),
    [
        ("finance.card", "4111 1111", "4111-1111", True),
        ("pii.email", "Ann@X.example", "ann@x.example", True),
        ("pii.person", "Ann  Lee", "ann lee", True),
        ("pii.person", "AnnLee", "Ann Lee", False),
        ("secret.token", "abC", "abc", False),
        ("finance.card", "--", "++", False),
    ],
)
def test_writings_of_a_value(category: str, a: str, b: str, same: bool) -> None:
    assert (canonical(category, a) == canonical(category, b)) is same
