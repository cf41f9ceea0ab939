"""Where a text leads: links and images in Markdown and HTML, style sheets, bare addresses.

Every pattern is bounded, so that the cost is linear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from redoubt.engine.effects.hint import Hint

_HINT = Hint(r"[/\\]{2}|(?i:https?|data|javascript|vbscript):")
"""Without one of these, nothing leads out."""
_TARGET = r"(?:<([^<>\n]{1,8192})>|((?:[^\s()<>]|\([^\s()<>]{0,512}\)){1,8192}))"
_INLINE = re.compile(r"\]\(\s{0,8}" + _TARGET)
_CLOSING = re.compile(r"""(?:\s{1,8}(?:"[^"\n]{0,256}"|'[^'\n]{0,256}'|\([^()\n]{0,256}\)))?\s{0,8}\)""")
_DEFINITION = re.compile(r"(?:^|\n)[ >\t]{0,8}\[([^\[\]\n]{1,200})\]:\s{0,8}" + _TARGET)
_IMAGE_USE = re.compile(r"!\[([^\[\]]{0,200})\](?:\[([^\[\]\n]{0,200})\])?")
_ATTRIBUTE = re.compile(
    r"""(?i)\b(src|srcset|href|xlink:href|data|action|formaction|poster|background|ping|lowsrc|content|manifest|cite)"""
    r"""\s{0,8}=\s{0,8}\\?(?:"([^"]{1,8192}?)\\?"|'([^']{1,8192}?)\\?'|([^\s"'<>]{1,8192}))"""
)
_STYLE = re.compile(
    r"""(?i)(?:[:,]\s{0,8}(?:[\w#%.-]{1,30}\s{1,4}){0,3}url\(\s{0,8}|@import\s{1,8}(?:url\(\s{0,8})?)\\?["']?([^\s"'()<>\\]{1,8192})"""
)
_BARE = re.compile(r"""(?i)\b(?:https?|wss?|ftp):[/\\]{1,4}[^\s<>"'`|\\]{1,8192}""")
_REFRESH = re.compile(r"(?i)^\s*\d{0,6}\s*[;,]\s*url\s*=\s*['\"]?")
_TAG = re.compile(r"<\s{0,4}([A-Za-z][A-Za-z0-9:-]{0,20})")
_FAR = 1024
"""Characters in front of an address in which its ``[`` or its ``<tag`` may stand."""
_CLICKED = frozenset({"a", "area", "form", "button", "input", "blockquote", "q", "del", "ins"})
"""Elements whose address is followed when somebody clicks; all others load theirs by themselves."""
_LOADING = frozenset({"src", "srcset", "poster", "background", "ping", "lowsrc", "data", "manifest"})
_TRAILING = ".,;:!?*_~\"'"


@dataclass(frozen=True, slots=True)
class Link:
    """An address and what stands around it."""

    url: str
    start: int
    end: int
    """The whole construct: replacing it leaves no part of the address."""
    loads: bool
    """Whether showing the text fetches the address, without a click."""
    words: str = ""
    """What the reader sees of it, where that is something else."""


def links(text: str) -> Iterator[Link]:
    """Yield the links of a text, in no particular order; an address that stands in a construct is yielded once, with it."""
    if not (":" in text or "/" in text or "\\" in text) or not _HINT(text):
        return
    taken: list[tuple[int, int]] = []
    for link in (*_inline(text), *_defined(text), *_attributes(text), *_styles(text)):
        taken.append((link.start, link.end))
        yield link
    yield from _bare(text, sorted(taken))


def _inline(text: str) -> Iterator[Link]:
    """``[words](address "title")`` and ``![words](address)``."""
    for found in _INLINE.finditer(text):
        start, words, loads = _label(text, found.start())
        closing = _CLOSING.match(text, found.end())
        yield Link(
            found[1] or found[2], start, closing.end() if closing else found.end(), loads=loads, words=words
        )


def _label(text: str, end: int) -> tuple[int, str, bool]:
    """Return where the label that ends at ``end`` begins, its words, and whether it makes an image."""
    low = max(0, end - _FAR)
    opened = text.rfind("[", low, end)
    if opened < 0:
        return end, "", True  # its beginning was cut off, or is far away: the worse of the two
    nested = text.rfind("]", opened, end) >= 0
    if nested:  # [![words](image)](address): the image is a link of its own
        return end, "", False
    image = text[opened - 1 : opened] == "!"
    return opened - image, text[opened + 1 : end], image


def _defined(text: str) -> Iterator[Link]:
    """``[name]: address``, loaded where an image refers to it."""
    if "]:" not in text:
        return
    images = {_name(use[2] or use[1]) for use in _IMAGE_USE.finditer(text)}
    for found in _DEFINITION.finditer(text):
        start = found.start(1) - 1
        yield Link(found[2] or found[3], start, found.end(), loads=_name(found[1]) in images)


def _name(label: str) -> str:
    return " ".join(label.split()).casefold()


def _attributes(text: str) -> Iterator[Link]:
    """``src="address"`` and its kin, with the tag they stand in."""
    if "=" not in text:
        return
    for found in _ATTRIBUTE.finditer(text):
        opened = text.rfind("<", max(0, found.start() - _FAR), found.start())
        tag = _TAG.match(text, opened) if opened >= 0 else None
        if tag is None:
            continue
        element, attribute = tag[1].lower(), found[1].lower()
        value = found[2] or found[3] or found[4] or ""
        refresh = _REFRESH.match(value)
        if attribute == "content" and refresh is None:
            continue
        value = value[refresh.end() :] if refresh else value
        closed = text.find(">", found.end(), found.end() + _FAR)
        end = closed + 1 if closed >= 0 else found.end()
        loads = attribute in _LOADING or bool(refresh) or element not in _CLICKED
        for each in value.split(",") if attribute == "srcset" else (value,):
            if each.strip():
                yield Link(each.split()[0] if attribute == "srcset" else each, opened, end, loads=loads)


def _styles(text: str) -> Iterator[Link]:
    """``url(address)`` and ``@import``."""
    if "url(" in text or "@import" in text or "URL(" in text or "@IMPORT" in text:
        for found in _STYLE.finditer(text):
            close = text[found.end() : found.end() + 2].find(")")
            yield Link(
                found[1], found.start(), found.end() + close + 1 if close >= 0 else found.end(), loads=True
            )


def _bare(text: str, taken: list[tuple[int, int]]) -> Iterator[Link]:
    """Yield the addresses that stand in no construct."""
    place = 0
    reach = 0
    for found in _BARE.finditer(text):
        start = found.start()
        while place < len(taken) and taken[place][0] <= start:
            reach = max(reach, taken[place][1])
            place += 1
        if start < reach:
            continue
        url = found[0].rstrip(_TRAILING)
        if "(" not in url and "[" not in url:
            url = url.rstrip(")].,;*")
        yield Link(url, start, start + len(url), loads=False)
