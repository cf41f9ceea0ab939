from hypothesis import given
from hypothesis import strategies as st

from redoubt.surfaces.cli.samples import sample


@given(st.text(max_size=200), st.sampled_from(["secret", "pii.email", "finance.card"]))
def test_a_sample_is_short_printable_and_shows_little(value: str, category: str) -> None:
    shown = sample(category, value)
    assert shown.isprintable()
    visible = sum(c != "*" for c in sample(category, "x" * len(value)))
    assert visible <= max(0, min(8, 2 * len(value) // 5))


def test_a_short_password_shows_nothing() -> None:
    assert sample("secret.password", "Zk9-qT2w") == "********"
