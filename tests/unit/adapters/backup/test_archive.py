import os
from io import BytesIO

import pytest

from redoubt.adapters.backup import archive
from redoubt.adapters.backup.archive import CHUNK, MAGIC, SALT_BYTES, TAG_BYTES, ArchiveReader, ArchiveWriter
from redoubt.domain.errors import InputError

SECRET = "six random words are good"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_COST", 2**4)


def written(pieces: list[bytes]) -> bytes:
    file = BytesIO()
    writer = ArchiveWriter(file, SECRET, os.urandom(SALT_BYTES))
    for piece in pieces:
        writer.write(piece)
    writer.finish()
    return file.getvalue()


def read(data: bytes, secret: str = SECRET) -> list[bytes]:
    return list(ArchiveReader(BytesIO(data), secret).pieces())


PIECES = [b"one", b"", os.urandom(3 * CHUNK), os.urandom(CHUNK - 7)]


@pytest.mark.parametrize(
    "pieces", [[], [b""], [b"x" * (CHUNK - 4)], [b"x" * (CHUNK - 3)], [b"x" * (2 * CHUNK - 4)], PIECES]
)
def test_what_was_written_is_read(pieces: list[bytes]) -> None:
    assert read(written(pieces)) == pieces


def test_nothing_of_it_is_in_clear() -> None:
    data = written([b"the master key" * 3])
    assert b"master" not in data


def test_a_change_anywhere_is_noticed() -> None:
    data = written(PIECES)
    for place in (0, len(MAGIC) + 3, len(MAGIC) + SALT_BYTES, len(data) // 2, len(data) - 1):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(InputError):
            read(bytes(changed))


def test_a_cut_anywhere_is_noticed_at_the_edge_of_a_chunk_too() -> None:
    data = written(PIECES)
    edge = len(MAGIC) + SALT_BYTES + CHUNK + TAG_BYTES
    for end in (0, 5, len(MAGIC) + SALT_BYTES, edge, 2 * edge, edge - 1, len(data) - 1):
        with pytest.raises(InputError):
            read(data[:end])
    with pytest.raises(InputError):
        read(data + b"x")


def test_chunks_that_changed_places_are_noticed() -> None:
    data = written(PIECES)
    first = len(MAGIC) + SALT_BYTES
    size = CHUNK + TAG_BYTES
    swapped = (
        data[:first]
        + data[first + size : first + 2 * size]
        + data[first : first + size]
        + data[first + 2 * size :]
    )
    with pytest.raises(InputError):
        read(swapped)


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(InputError, match="passphrase is another"):
        read(written([b"x"]), "another passphrase")
