import io
from itertools import pairwise

import pytest

from redoubt.adapters.documents.limits import BLOCK, LEAD, TAIL
from redoubt.adapters.documents.text import decode, encoding_of, pieces, read_text
from redoubt.domain.document import locations

WORDS = "Grüße, naïve café"


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "latin-1"]
)
def test_usual_encodings(codec: str) -> None:
    data = (WORDS * 20).encode(codec)
    encoding = encoding_of(data)
    assert encoding is not None
    assert decode(data, encoding) == WORDS * 20
    assert "".join(p.text for p in read_text(io.BytesIO(data[100:]), "f", data[:100], encoding)) == WORDS * 20


def test_one_bad_byte_spoils_nothing_around_it() -> None:
    assert decode("ü".encode() + b"\xff" + "ü".encode(), ("utf-8", 0)) == "üÿü"


def test_a_program_is_no_text() -> None:
    assert encoding_of(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0") is None


def test_pieces_overlap_and_own_every_character_once() -> None:
    text = "".join(f"line {i}\n" for i in range(120_000))
    parts = list(pieces(iter([(text[i : i + 7919], 7919) for i in range(0, len(text), 7919)]), "f"))
    assert len(parts) > 3
    assert "".join(p.text[p.lead : len(p.text) - p.tail] for p in parts) == text
    for before, part in pairwise(parts):
        assert part.lead == LEAD
        assert before.tail == TAIL
        assert text.startswith(part.text, part.offset)
        [where] = locations(part, (part.lead,))
        assert where.line == text.count("\n", 0, part.offset + part.lead) + 1
        assert where.column == 1
    assert sum(p.size for p in parts) == len(parts and text) - len(text) % 7919 + 7919


def test_a_line_without_end_is_cut_all_the_same() -> None:
    parts = list(pieces(iter([("x" * (3 * BLOCK), 1)]), "f"))
    assert max(len(p.text) for p in parts) <= BLOCK + TAIL + LEAD
    [where] = locations(parts[1], (parts[1].lead,))
    assert (where.line, where.column) == (1, BLOCK + 1)


def test_a_part_of_a_file_sees_beyond_its_border() -> None:
    data = b"first\nsecond\nthird\n"
    [piece] = read_text(io.BytesIO(data[6:]), "f", data[:6], ("utf-8", 0), 6)
    assert piece.text == "first\nsecond\nthird\n"
    assert piece.text[: len(piece.text) - piece.tail] == "first\n"
