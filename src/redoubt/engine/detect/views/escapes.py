"""Characters written as escapes: HTML, JSON and programming languages, URL, quoted-printable."""

import re
from collections.abc import Iterator
from dataclasses import replace

from redoubt.engine.detect.views.family import Family, in_place
from redoubt.engine.detect.views.origin import Bits, first_bytes
from redoubt.engine.detect.views.view import Edit

_HTML = re.compile(r"&(?:amp;)*(#[0-9]{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)")
_URL = re.compile(r"(?:%(?:25)*[0-9A-Fa-f]{2})+")
_URL_UNIT = re.compile(r"%(?:25)*([0-9A-Fa-f]{2})")
_CODE = re.compile(
    r"(?<!\\)\\++(?:u([dD][89ABab][0-9A-Fa-f]{2})\\++u([dD][C-Fc-f][0-9A-Fa-f]{2})|u\{0{0,4}([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})"
    r"|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([0-7]{3})|([nrtbf\"'/]))"
)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_QP = re.compile(r"(?:=[0-9A-F]{2})+|=\r?\n")


def _html(text: str) -> Iterator[Edit]:
    """Undo character references (HTML Living Standard 13.5), with ``&amp;amp;#64;`` undone at once."""
    from html import unescape  # the table of names is large: load it on the first reference

    for match in _HTML.finditer(text):
        written = "&" + match[1]
        if (plain := unescape(written)) != written and plain:
            yield Edit(match.start(), match.end(), plain)


def _url(text: str) -> Iterator[Edit]:
    """Undo percent-encoding (RFC 3986 2.1), with ``%2525 41`` (escapes of escapes) undone at once."""
    for run in _URL.finditer(text):
        start, end = run.span()
        octets = bytes.fromhex("".join(_URL_UNIT.findall(text, start, end)))
        if end - start == 3 * len(octets):
            yield _octets(start, end, octets, Bits(8, None, size=3))
            continue
        places = [unit.start() for unit in _URL_UNIT.finditer(text, start, end)]
        for i, octet in enumerate(octets):
            yield Edit(places[i], places[i + 1] if i + 1 < len(places) else end, chr(octet))


def _octets(start: int, end: int, octets: bytes, inner: Bits) -> Edit:
    """Decode octets as UTF-8, as Latin-1 where they are not: a wrong byte must not hide the right ones."""
    try:
        plain = octets.decode()
    except UnicodeDecodeError:
        return Edit(start, end, octets.decode("latin-1"), inner)
    return Edit(start, end, plain, replace(inner, first_bytes=first_bytes(plain, len(octets))))


def _code(text: str) -> Iterator[Edit]:
    r"""Undo ``\u0041``, ``\u{41}``, ``\U00000041``, ``\x41``, ``\101``, ``\n`` (RFC 8259 7, ECMA-262, Python)."""
    for match in _CODE.finditer(text):
        high, low, braces, four, eight, two, octal, simple = match.groups()
        if high:
            point = 0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00
        elif simple:
            yield Edit(match.start(), match.end(), _SIMPLE.get(simple, simple))
            continue
        elif octal:
            point = int(octal, 8)
        else:
            point = int(braces or four or eight or two, 16)
        if point <= 0x10FFFF:
            yield Edit(match.start(), match.end(), chr(point))


def _quoted_printable(text: str) -> Iterator[Edit]:
    """Undo quoted-printable (RFC 2045 6.7): ``=40`` and soft line breaks."""
    for run in _QP.finditer(text):
        start, end = run.span()
        if text[end - 1] == "\n":
            yield Edit(start, end, "")
        else:
            octets = bytes.fromhex(text[start:end].replace("=", ""))
            yield _octets(start, end, octets, Bits(8, None, size=3))


FAMILIES = (
    Family("html", r"&(?:amp;)*(?:#[0-9xX]|[A-Za-z][A-Za-z0-9]{1,31};)", in_place(_html)),
    Family(
        "escapes", r"\\u[0-9A-Fa-f{]|\\U000|\\x[0-9A-Fa-f]{2}|\\[01][0-7]{2}|-----\\+[nr]", in_place(_code)
    ),
    Family("url", r"%[0-9A-Fa-f]{2}", in_place(_url)),
    Family(
        "quoted-printable",
        r"(?:=[0-9A-F]{2}){2}|[A-Za-z0-9.]=(?:40|2E|2D|5F|3D)[A-Za-z0-9]|[^=\n]{40}=\r?\n[^\s=]",
        in_place(_quoted_printable),
    ),
)
