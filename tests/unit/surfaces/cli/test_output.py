from hypothesis import given
from hypothesis import strategies as st

from redoubt.surfaces.cli.output import printable


@given(st.text())
def test_nothing_that_was_made_printable_can_steer_a_terminal(text: str) -> None:
    assert printable(text).isprintable()


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_what_is_harmless_stays(text: str) -> None:
    assert printable(text) == text
