"""Any bytes under any name are read or said to be unreadable; never an exception, never without end."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt.adapters.documents.reader import read_stream
from redoubt.domain.document import Piece, ReadLimits, Unread
from tests.unit.adapters.documents.makers import KINDS

LIMITS = ReadLimits(max_whole=1 << 22, max_unpacked=1 << 24)
DOCUMENTS = {name: make() for name, make in KINDS.items()}
MAGIC = (
    b"",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"BZh9",
    b"\xfd7zXZ\0",
    b"PAR1",
    b"%PDF-1.7\n",
    b"From a\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
)


def _read(data: bytes, name: str) -> None:
    for part in read_stream(io.BytesIO(data), name, LIMITS):
        assert isinstance(part, Piece | Unread)
        if isinstance(part, Piece):
            assert 0 <= part.lead <= len(part.text)
            assert 0 <= part.tail <= len(part.text) - part.lead


@settings(deadline=None)
@given(st.sampled_from(MAGIC), st.binary(max_size=400), st.sampled_from(sorted(DOCUMENTS)))
def test_any_bytes(magic: bytes, data: bytes, name: str) -> None:
    _read(magic + data, name)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=15, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), min_size=1, max_size=6
    )
)
def test_a_real_document_with_some_bytes_changed(name: str, changes: list[tuple[float, bytes]]) -> None:
    data = bytearray(DOCUMENTS[name])
    for where, new in changes:
        at = int(where * len(data))
        data[at : at + len(new)] = new
    _read(bytes(data), name)
