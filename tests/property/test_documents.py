"""Whatever way a document is cut, the same is found in it, once and in the same place."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt import compose
from redoubt.adapters.documents.limits import BLOCK
from redoubt.adapters.documents.text import pieces, read_text
from redoubt.domain.document import Piece
from redoubt.pipeline.survey import Survey

DETECTOR = compose.detector()
POLICY, _ = compose.policy("balanced", "", DETECTOR)
PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + ("MIIEowIBAAKCAQEA7Zq9Xw2Lk5vT8bN3" * 2 + "\n") * 24
    + "-----END RSA PRIVATE KEY-----\n"
)
FILLER = "people read long documents about nothing in particular\n"


def _found(parts: list[Piece]) -> list[tuple[int, int, int, str]]:
    survey = Survey((DETECTOR,), POLICY)
    seen_to, found = 0, []
    for piece in parts:
        for sighting in survey.sightings(piece, seen_to):
            seen_to = sighting.finding.end
            found.append((sighting.finding.start, seen_to, sighting.location.line, sighting.finding.category))
    return found


@settings(max_examples=12, deadline=None)
@given(
    st.integers(-1700, 60),
    st.sampled_from([PEM, "ssn: 536-22-0726\n", "jane.doe@acme-widgets.com\n", "AKIAIOSFODNN7EXAMPLF\n"]),
)
def test_what_lies_across_a_border_is_found_once(shift: int, value: str) -> None:
    before = (FILLER * (BLOCK // len(FILLER) + 1))[: BLOCK + shift - 1] + "\n"
    text = before + value + FILLER * 600
    cut = list(pieces(iter([(text, 0)]), "f"))
    assert len(cut) > 1
    assert _found(cut) == _found([Piece(text, "f")])
    assert len(_found(cut)) == 1


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["ü€𝄞 words\n", "mail jané@acme-widgets.com\n", "x" * 300, "\r\n"]), max_size=40
    ),
    st.integers(1, 50),
)
def test_blocks_of_any_size_give_the_same_text(parts: list[str], size: int) -> None:
    data = "".join(parts).encode()

    class Trickle(io.BytesIO):
        def read(self, wanted: int | None = -1, /) -> bytes:
            return super().read(min(size, wanted or size) if wanted and wanted > 0 else size)

    got = "".join(
        p.text[p.lead : len(p.text) - p.tail] for p in read_text(Trickle(data), "f", b"", ("utf-8", 0))
    )
    assert got == data.decode()
