"""Text of any size in constant memory: bytes to characters, characters to overlapping pieces."""

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO

from redoubt.adapters.documents.limits import BLOCK, LEAD, TAIL
from redoubt.domain.document import Piece

SNIFF = 8192
"""Bytes by which the kind of a file is told."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
FALLBACK = "redoubt-latin-1"


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Latin-1, which has a character for each."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(FALLBACK, _as_latin_1)


def encoding_of(head: bytes) -> tuple[str, int] | None:
    """Return encoding and length of the byte order mark of what begins with ``head``; None where it is no text."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, len(mark)
    if b"\0" not in head:
        return "utf-8", 0
    # Text without a mark that is half zeros is UTF-16 of a Western language; all else with zeros is no text.
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > half * 0.7 and even < half * 0.05:
        return "utf-16-le", 0
    if even > half * 0.7 and odd < half * 0.05:
        return "utf-16-be", 0
    return None


def read_text(
    file: BinaryIO, name: str, head: bytes, encoding: tuple[str, int], limit: int | None = None
) -> Iterator[Piece]:
    """Yield the text of ``file``, of which ``head`` was read already.

    With ``limit``, only its first ``limit`` bytes are inspected; what comes after is looked at for what begins before.
    """
    codec, mark = encoding
    errors = FALLBACK if codec == "utf-8" else "replace"
    if limit is None:
        return pieces(_decoded(_blocks(file, head[mark:]), codec, errors), name)
    first = head[mark:limit]
    own = _decoded(_blocks(file, first, limit - len(head)), codec, errors)
    beyond = head[limit:]
    return pieces(own, name, lambda: (beyond + file.read(TAIL)).decode(codec, errors))


def _blocks(file: BinaryIO, head: bytes, limit: int | None = None) -> Iterator[bytes]:
    yield head
    while limit is None or limit > 0:
        data = file.read(BLOCK if limit is None else min(BLOCK, limit))
        if not data:
            return
        if limit is not None:
            limit -= len(data)
        yield data


def _decoded(blocks: Iterator[bytes], codec: str, errors: str) -> Iterator[tuple[str, int]]:
    decoder = codecs.getincrementaldecoder(codec)(errors)
    for data in blocks:
        yield decoder.decode(data), len(data)
    yield decoder.decode(b"", final=True), 0


def pieces(stream: Iterator[tuple[str, int]], name: str, after: Callable[[], str] = str) -> Iterator[Piece]:
    """Cut (text, bytes it took) into overlapping pieces. ``after`` gives what stands behind the stream and is not its own."""
    held, offset, line, column, size, front = "", 0, 1, 1, 0, 0
    for text, took in stream:
        size += took
        held += text
        while len(held) >= BLOCK + TAIL:
            border = _border(held)
            yield Piece(held[: border + TAIL], name, offset, line, column, front, TAIL, size=size)
            keep = max(0, border - LEAD)
            gone = held[:keep]
            breaks = gone.count("\n")
            line += breaks
            column = keep - gone.rfind("\n") if breaks else column + keep
            held, offset, front, size = held[keep:], offset + keep, border - keep, 0
    if held or size:
        rest = after()
        yield Piece(held + rest, name, offset, line, column, front, len(rest), size=size)


def _border(held: str) -> int:
    """Return where to cut: behind the last line break of the block, or in the middle of a line that fills it."""
    found = held.rfind("\n", BLOCK // 2, BLOCK)
    return found + 1 if found >= 0 else BLOCK


def decode(data: bytes, encoding: tuple[str, int]) -> str:
    """Return all of ``data`` as text."""
    codec, mark = encoding
    return data[mark:].decode(codec, FALLBACK if codec == "utf-8" else "replace")
