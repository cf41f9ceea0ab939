"""Bytes written as digits of 1, 4, 5 or 6 bits: binary, hexadecimal, base32, base64 (RFC 4648)."""

import re
from array import array
from base64 import b32decode
from binascii import a2b_base64, a2b_hex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from redoubt.engine.detect.views.family import Family, Runs, in_ascii, in_place
from redoubt.engine.detect.views.origin import Bits, first_bytes
from redoubt.engine.detect.views.view import Edit

_BASE64 = Runs(r"[A-Za-z0-9+/_-]{14,}(?:\r?\n[ \t>]{0,8}[A-Za-z0-9+/_-]{4,})*")
_PART = Runs("[A-Za-z0-9]{14,}")
_QUAD = "[CDI-Za-f][ACDEFGHQSTUVWXgijklmnwyz0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
"""What three characters of ASCII text are encoded to: the high bit of each octet, and most of the next two, are known, so that of the
first three digits of each four some cannot be. Of random digits one in fourteen reads so, of names in source code fewer."""
_MIX = "[A-Za-z0-9+/_-]{5}(?:[0-9][A-Z]|[A-Z][0-9])[A-Za-z0-9+/_-]{5}"
"""What other text is encoded to sooner or later: a figure beside a capital, in the middle of a run."""
_MIXED = Runs(_MIX)
_BASE32 = Runs(r"[A-Z2-7]{16,}")
_HEX = Runs(
    r"(?:0[xX][0-9A-Fa-f]{2}[,; \t\r\n]{1,3}){7,}0[xX][0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}[ :,\n-]){7,}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{16,}"
)
_BINARY = Runs(r"(?:[01]{8}[ ,\r\n]{0,2}){4,}")
_GAP = re.compile(rb"\r?\n[ \t>]*")
_HEX_GAP = re.compile(rb"[^0-9A-Fa-fxX]+(?:0[xX])?|0[xX]")
_BINARY_GAP = re.compile(rb"[ ,\r\n]+")
_CHARACTER = (
    rb"[\t\n\r -~]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
"""Printable, well-formed UTF-8 (RFC 3629)."""
_TEXT = re.compile(rb"(?:[\t\n\r -~]++|" + _CHARACTER + rb")++")
_WORDLIKE = re.compile(rb"[A-Za-z0-9@._+:=/, -]++")
_RUN = 24
"""So many printable characters in a row are text wherever they stand: random bytes do that once in ten thousand million."""
_CERTAIN = re.compile(rb"(?:%b){%d,}+" % (_CHARACTER, _RUN))
_SHARE = 0.75
"""A shorter piece is text where it is words and numbers and this much of what was decoded."""
_SHORT = int(_RUN / _SHARE)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_IN_TEXT = bytes(32 if byte in b"\t\n\r" or 32 <= byte <= 126 or byte >= 0x80 else 0 for byte in range(256))
"""Writes a space for each octet that can be part of printable UTF-8."""
_POSSIBLE = b" " * _RUN
_WORDS = bytes(byte for byte in range(256) if _WORDLIKE.match(bytes((byte,))))


class _Likely:
    """Tells with which digit the encoding of a text could have begun: only their number in a group counts."""

    def __init__(self, pattern: str, group: int) -> None:
        """``pattern``: what the encoding of text holds, from the begin of a group on."""
        self._anywhere = Runs(pattern)
        self._in_phase = Runs(rf"\A(?s:.{{{group}}})*?(?:{pattern})")
        self._group = group

    def phases(self, digits: bytes) -> list[int]:
        """Return the phases at which ``digits`` could encode text."""
        if not self._anywhere.within(digits):
            return []
        return [phase for phase in range(self._group) if self._in_phase.within(digits[phase:])]


_LIKELY64 = _Likely(f"(?:{_QUAD}){{3}}", 4)
_LIKELY32 = _Likely("(?:[A-P][ABEFIJMNQRUVYZ45][A-Z2-7]{6}){2}", 8)
_LIKELY16 = _Likely(
    "(?:[2-7][0-9A-Fa-f]|0[9AaDd]){8}|(?:(?:[2-7][0-9A-Fa-f]){0,3}"
    "(?:[CcDd][0-9A-Fa-f]|[Ee][0-9A-Fa-f][89AaBb][0-9A-Fa-f])[89AaBb][0-9A-Fa-f]){4}",
    2,
)
"""Eight characters of ASCII, or four others with at most three of ASCII before each, in UTF-8."""


@dataclass(frozen=True, slots=True)
class _Digits:
    """One run of digits, with what separates them taken out."""

    text: bytes
    start: int
    places: "array[int] | None"
    """Place of each digit in the text; None where they stand side by side from ``start``."""


def _gather(data: bytes, start: int, end: int, separators: re.Pattern[bytes]) -> _Digits:
    run = data[start:end]
    if run.isalnum():
        return _Digits(run, start, None)
    parts: list[bytes] = []
    places = array("I")
    at = start
    for gap in separators.finditer(data, start, end):
        parts.append(data[at : gap.start()])
        places.extend(range(at, gap.start()))
        at = gap.end()
        if at < end and data[at - 1] in b"xX":
            # The ``0x`` before a digit belongs to it.
            parts.append(data[at : at + 1])
            places.append(at - 2)
            at += 1
    if not parts:
        return _Digits(run, start, None)
    parts.append(data[at:end])
    places.extend(range(at, end))
    return _Digits(b"".join(parts), start, places)


def _found(
    digits: _Digits, width: int, decode: Callable[[bytes], bytes], phases: Iterable[int]
) -> Iterator[Edit]:
    """Yield the pieces of text in ``digits``, whichever digit the encoding began with.

    Whatever stands before it (``path/``, ``id_``) may be digits as well, so that several ``phases`` are tried; what reads
    as a whole from the first digit is taken at once.
    """
    taken: list[Edit] = []
    for phase in phases:
        octets = decode(digits.text[phase:])
        if not _readable(octets):
            continue
        if phase == 0 and octets and _TEXT.fullmatch(octets):
            yield _edit(digits, width, phase, octets, (0, len(octets)))
            return
        taken.extend(_edit(digits, width, phase, octets, piece) for piece in _pieces(octets))
    taken.sort(key=lambda edit: edit.start)
    # Of two readings of the same digits the longer one wins.
    kept: Edit | None = None
    for edit in taken:
        if kept is not None and edit.start >= kept.end:
            yield kept
            kept = None
        if kept is None or len(edit.text) > len(kept.text):
            kept = edit
    if kept is not None:
        yield kept


def _readable(octets: bytes) -> bool:
    """Tell, at little cost, whether any of ``octets`` could be taken for text; of random ones, most cannot."""
    length = len(octets)
    return (
        _POSSIBLE in octets.translate(_IN_TEXT)
        or (length < _SHORT and length - len(octets.translate(None, _WORDS)) >= _SHARE * length)
        or (length < _RUN and b"\0" not in octets.translate(_IN_TEXT))
    )


def _pieces(octets: bytes) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _CERTAIN.finditer(octets))
    if len(octets) < _SHORT:
        for match in _WORDLIKE.finditer(octets):
            length = match.end() - match.start()
            if _SHARE * len(octets) <= length < _RUN:
                yield match.span()


def _edit(digits: _Digits, width: int, phase: int, octets: bytes, piece: tuple[int, int]) -> Edit:
    bits = piece[0] * 8, piece[1] * 8
    first, last = phase + bits[0] // width, phase + (bits[1] - 1) // width
    plain = octets[piece[0] : piece[1]].decode()
    sizes = first_bytes(plain, piece[1] - piece[0])
    skew = bits[0] % width
    if digits.places is None:
        start, end = digits.start + first, digits.start + last + 1
        return Edit(start, end, plain, Bits(width, None, sizes, skew))
    start, end = digits.places[first], digits.places[last] + 1
    places = array("I", (place - start for place in digits.places[first : last + 1]))
    return Edit(start, end, plain, Bits(width, places, sizes, skew))


def _with_padding(text: str, edits: Iterator[Edit]) -> Iterator[Edit]:
    """Let the padding after an encoding's last digit belong to it."""
    for edit in edits:
        end = edit.end
        while end < len(text) and end < edit.end + 6 and text[end] == "=":
            end += 1
        yield edit._replace(end=end)


def _decode64(digits: bytes) -> bytes:
    digits = digits.translate(_URL_SAFE)
    whole = len(digits) - len(digits) % 4
    rest = digits[whole:]
    if len(rest) == 1:
        rest = b""
    return a2b_base64(digits[:whole] + (rest + b"==" if len(rest) == 2 else rest + b"=" if rest else b""))


def _decode32(digits: bytes) -> bytes:
    return b32decode(
        digits[: len(digits) - len(digits) % 8] + _padded32(digits[len(digits) - len(digits) % 8 :])
    )


def _padded32(rest: bytes) -> bytes:
    usable = max((n for n in (0, 2, 4, 5, 7) if n <= len(rest)), default=0)
    return rest[:usable] + b"=" * (8 - usable) if usable else b""


def _decode16(digits: bytes) -> bytes:
    return a2b_hex(digits[: len(digits) - len(digits) % 2])


def _decode2(digits: bytes) -> bytes:
    whole = len(digits) // 8
    return int(digits[: whole * 8], 2).to_bytes(whole) if whole else b""


def _base64(text: str) -> Iterator[Edit]:
    data = in_ascii(text)
    for start, end in _BASE64.spans(data):
        digits = _gather(data, start, end, _GAP)
        phases = _LIKELY64.phases(digits.text)
        if not phases and not _MIXED.within(digits.text):
            continue
        found = False
        for edit in _with_padding(text, _found(digits, 6, _decode64, phases or (0,))):
            found = True
            yield edit
        if not found and phases:
            # A long path or name in front may outweigh what is encoded in one part of it.
            for low, high in _PART.spans(data[start:end]):
                part = _Digits(data[start + low : start + high], start + low, None)
                yield from _with_padding(text, _found(part, 6, _decode64, (0,)))


def _base32(text: str) -> Iterator[Edit]:
    data = in_ascii(text)
    for start, end in _BASE32.spans(data):
        digits = _gather(data, start, end, _GAP)
        if phases := _LIKELY32.phases(digits.text):
            yield from _with_padding(text, _found(digits, 5, _decode32, phases))


def _hex(text: str) -> Iterator[Edit]:
    data = in_ascii(text)
    for start, end in _HEX.spans(data):
        digits = _gather(data, start, end, _HEX_GAP)
        if phases := _LIKELY16.phases(digits.text):
            yield from _found(digits, 4, _decode16, phases)


def _binary(text: str) -> Iterator[Edit]:
    data = in_ascii(text)
    for start, end in _BINARY.spans(data):
        yield from _found(_gather(data, start, end, _BINARY_GAP), 1, _decode2, (0,))


FAMILIES = (
    Family("base64", f"(?:{_QUAD}){{3}}|{_MIX}", in_place(_base64)),
    Family("base32", r"[A-Z2-7]{16}", in_place(_base32)),
    Family(
        "hex",
        r"[0-9A-Fa-f]{16}|(?:[0-9A-Fa-f]{2}[ :,\n-]){7}|(?:0[xX][0-9A-Fa-f]{2}[,; \t\r\n]{1,3}){4}",
        in_place(_hex),
    ),
    Family("binary", r"(?:[01]{8}[ ,\r\n]{0,2}){4}", in_place(_binary)),
)
