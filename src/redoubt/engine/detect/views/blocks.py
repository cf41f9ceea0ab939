"""Bytes written as digits of 1, 4, 5 or 6 bits: binary, hexadecimal, base32, base64 (RFC 4648)."""

import re
from array import array
from base64 import b32decode
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from redoubt.engine.detect.views.family import Family, Runs, in_place
from redoubt.engine.detect.views.origin import Bits, first_bytes
from redoubt.engine.detect.views.view import Edit

_BASE64 = Runs(r"[A-Za-z0-9+/_-]{14,}(?:\r?\n[ \t>]{0,8}[A-Za-z0-9+/_-]{4,})*")
_PART = re.compile(r"[A-Za-z0-9]{14,}")
_QUAD = "[CDI-Za-f][ACDEFGHQSTUVWXgijklmnwyz0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
"""What three characters of ASCII text are encoded to: the high bit of each octet, and most of the next two, are known, so that of the
first three digits of each four some cannot be. Of random digits one in fourteen reads so, of names in source code fewer."""
_LIKELY = Runs(f"(?:{_QUAD}){{3}}", overlapping=True)
_MIX = "[A-Za-z0-9+/_-]{5}(?:[0-9][A-Z]|[A-Z][0-9])[A-Za-z0-9+/_-]{5}"
"""What other text is encoded to sooner or later: a figure beside a capital, in the middle of a run."""
_MIXED = Runs(_MIX)
_LIKELY32 = Runs("(?:[A-P][ABEFIJMNQRUVYZ45][A-Z2-7]{6}){2}", overlapping=True)
_LIKELY16 = Runs(
    "(?:[2-7][0-9A-Fa-f]|0[9AaDd]){8}|(?:(?:[2-7][0-9A-Fa-f]){0,3}"
    "(?:[CcDd][0-9A-Fa-f]|[Ee][0-9A-Fa-f][89AaBb][0-9A-Fa-f])[89AaBb][0-9A-Fa-f]){4}",
    overlapping=True,
)
"""Eight characters of ASCII, or four others with at most three of ASCII before each, in UTF-8."""
_BASE32 = Runs(r"[A-Z2-7]{16,}")
_HEX = Runs(
    r"(?:0[xX][0-9A-Fa-f]{2}[,; \t\r\n]{1,3}){7,}0[xX][0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}[ :,\n-]){7,}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{16,}"
)
_BINARY = Runs(r"(?:[01]{8}[ ,\r\n]{0,2}){4,}")
_GAP = re.compile(r"\r?\n[ \t>]*")
_HEX_GAP = re.compile(r"[^0-9A-Fa-fxX]+(?:0[xX])?|0[xX]")
_BINARY_GAP = re.compile(r"[ ,\r\n]+")
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
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class _Digits:
    """One run of digits, with what separates them taken out."""

    text: str
    start: int
    places: "array[int] | None"
    """Place of each digit in the text; None where they stand side by side from ``start``."""


def _gather(text: str, start: int, end: int, separators: re.Pattern[str]) -> _Digits:
    parts: list[str] = []
    places = array("I")
    at = start
    for gap in separators.finditer(text, start, end):
        parts.append(text[at : gap.start()])
        places.extend(range(at, gap.start()))
        at = gap.end()
        if at < end and text[at - 1] in "xX":
            # The ``0x`` before a digit belongs to it.
            parts.append(text[at])
            places.append(at - 2)
            at += 1
    if not parts:
        return _Digits(text[start:end], start, None)
    parts.append(text[at:end])
    places.extend(range(at, end))
    return _Digits("".join(parts), start, places)


def _found(
    digits: _Digits, width: int, decode: Callable[[str], bytes], phases: Iterable[int]
) -> Iterator[Edit]:
    """Yield the pieces of text in ``digits``, whichever digit the encoding began with.

    Whatever stands before it (``path/``, ``id_``) may be digits as well, so that several ``phases`` are tried; what reads
    as a whole from the first digit is taken at once.
    """
    taken: list[Edit] = []
    for phase in phases:
        octets = decode(digits.text[phase:])
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


def _decode64(digits: str) -> bytes:
    digits = digits.translate(_URL_SAFE)
    whole = len(digits) - len(digits) % 4
    rest = digits[whole:]
    if len(rest) == 1:
        rest = ""
    return a2b_base64(digits[:whole] + (rest + "==" if len(rest) == 2 else rest + "=" if rest else ""))


def _decode32(digits: str) -> bytes:
    return b32decode(
        digits[: len(digits) - len(digits) % 8] + _padded32(digits[len(digits) - len(digits) % 8 :])
    )


def _padded32(rest: str) -> str:
    usable = max((n for n in (0, 2, 4, 5, 7) if n <= len(rest)), default=0)
    return rest[:usable] + "=" * (8 - usable) if usable else ""


def _decode16(digits: str) -> bytes:
    return bytes.fromhex(digits[: len(digits) - len(digits) % 2])


def _decode2(digits: str) -> bytes:
    whole = len(digits) // 8
    return int(digits[: whole * 8], 2).to_bytes(whole) if whole else b""


def _phases(digits: str, likely: Runs, group: int) -> list[int]:
    """Return the phases at which ``digits`` could encode text."""
    seen: set[int] = set()
    for start, _ in likely(digits):
        seen.add(start % group)
        if len(seen) == group:
            break
    return sorted(seen)


def _base64(text: str) -> Iterator[Edit]:
    for start, end in _BASE64(text):
        digits = _gather(text, start, end, _GAP)
        phases = _phases(digits.text, _LIKELY, 4)
        if not phases and not any(_MIXED(digits.text)):
            continue
        found = False
        for edit in _with_padding(text, _found(digits, 6, _decode64, phases or (0,))):
            found = True
            yield edit
        if not found and phases:
            # A long path or name in front may outweigh what is encoded in one part of it.
            for part in _PART.finditer(text, start, end):
                yield from _with_padding(
                    text, _found(_Digits(part[0], part.start(), None), 6, _decode64, (0,))
                )


def _base32(text: str) -> Iterator[Edit]:
    for start, end in _BASE32(text):
        digits = _gather(text, start, end, _GAP)
        if phases := _phases(digits.text, _LIKELY32, 8):
            yield from _with_padding(text, _found(digits, 5, _decode32, phases))


def _hex(text: str) -> Iterator[Edit]:
    for start, end in _HEX(text):
        digits = _gather(text, start, end, _HEX_GAP)
        if phases := _phases(digits.text, _LIKELY16, 2):
            yield from _found(digits, 4, _decode16, phases)


def _binary(text: str) -> Iterator[Edit]:
    for start, end in _BINARY(text):
        yield from _found(_gather(text, start, end, _BINARY_GAP), 1, _decode2, (0,))


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
