from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.document import Location, Mark, Piece, halves, locations


@given(st.text(alphabet="ab\n", max_size=60), st.data())
def test_line_and_column_are_those_of_an_editor(text: str, data: st.DataObject) -> None:
    offsets = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    for offset, found in zip(offsets, locations(Piece(text, "f"), tuple(offsets)), strict=True):
        before = text[:offset].split("\n")
        assert found == Location(len(before), len(before[-1]) + 1)


def test_marks_say_where_things_are() -> None:
    piece = Piece("abc\ndef\n", "f", marks=(Mark(0, 3, "row"), Mark(4, 0, "page 2")))
    assert list(locations(piece, (0, 3, 4, 7))) == [
        Location(3, 0, "row"), Location(3, 0, "row"), Location(0, 0, "page 2"), Location(0, 0, "page 2"),
    ]  # fmt: skip


@given(
    st.text(alphabet="ab\n", min_size=4, max_size=80),
    st.integers(0, 1),
    st.integers(0, 1),
    st.integers(0, 5),
    st.booleans(),
)
def test_halves_own_every_character_once_and_know_their_places(
    text: str, lead: int, tail: int, overlap: int, marked: bool
) -> None:
    marks = (Mark(0, 1, "a"), Mark(len(text) // 2, 2, "b")) if marked else ()
    piece = Piece(text, "f", 100, 7, 3, lead, tail, marks, 9)
    first, second = halves(piece, overlap)
    own = [part.text[part.lead : len(part.text) - part.tail] for part in (first, second)]
    assert "".join(own) == text[lead : len(text) - tail]
    assert first.size + second.size == 9
    for part in (first, second):
        for offset in range(len(part.text)):
            assert part.text[offset] == text[part.offset - 100 + offset]
            assert list(locations(part, (offset,))) == list(locations(piece, (part.offset - 100 + offset,)))
