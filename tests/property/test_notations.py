"""What is told of digits and octets at little cost is what the slow way tells."""

import re

from hypothesis import given
from hypothesis import strategies as st

from redoubt.engine.detect.views import blocks, spelled

octets = st.lists(
    st.one_of(
        st.binary(max_size=6), st.sampled_from([b"password ", b"12.5", "é".encode(), "日本".encode(), b"\n"])
    )
).map(b"".join)
likely = st.sampled_from(["cGFz", "c3dv", "QUJD", "dGV4", "xx", "_", "0", "A", "Zm9v"])
singles = st.lists(
    st.tuples(
        st.sampled_from("aB1.-|\"'(>=`\u00a0é\x0b"),
        st.sampled_from(["", " ", "-", " \n", "--", ": ", "     "]),
    ),
    max_size=25,
).map(lambda pairs: "".join(char + gap for char, gap in pairs))


@given(octets)
def test_octets_that_are_text_or_hold_it_are_readable(data: bytes) -> None:
    if list(blocks._pieces(data)) or (data and blocks._TEXT.fullmatch(data)):
        assert blocks._readable(data)


@given(st.lists(likely, max_size=12).map("".join))
def test_a_phase_is_likely_where_the_pattern_begins_in_it(digits: str) -> None:
    pattern = re.compile(f"(?={blocks._QUAD * 3})")
    phases = sorted({match.start() % 4 for match in pattern.finditer(digits)})
    assert blocks._LIKELY64.phases(digits.encode()) == phases


@given(singles)
def test_characters_set_apart_are_found_where_the_whole_pattern_finds_them(text: str) -> None:
    found = [(edit.start, edit.end) for edit in spelled._apart(text)]
    assert found == [match.span() for match in spelled._APART.finditer(text)]
