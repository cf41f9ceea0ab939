"""Markup that runs, loads or deceives: elements, handlers, addresses that are programs, links that say they lead elsewhere."""

import re
from collections.abc import Iterator

from redoubt.engine.effects.address import parse
from redoubt.engine.effects.links import links
from redoubt.engine.effects.sighting import Sighting

_TAG = re.compile(r"<\s{0,4}(/?)([A-Za-z][A-Za-z0-9:-]{0,20})((?:[\s/][^<>]{0,2000})?)(>?)")
_HANDLER = re.compile(r"(?i)[\s/\"']on[a-z]{3,20}\s{0,8}=\s{0,8}[^\s>]")
_SOURCE = re.compile(r"(?i)\b(?:src|href|data|srcdoc|action|formaction)\s{0,8}=")
_REFRESH = re.compile(r"(?i)http-equiv\s{0,8}=\s{0,8}[\"']?\s{0,4}refresh")
_RUNS = frozenset({"script", "iframe", "object", "embed", "applet", "frame", "frameset", "portal"})
_LOADS = frozenset({"base", "link", "form"})
_REACH = 4096
"""Characters within which an element that runs must be closed to be whole."""
_PROGRAM = re.compile(r"(?i)^\s*(?:javascript|vbscript|livescript|mocha)\s*:")
_PAGE = re.compile(
    r"(?i)^\s*data:\s*(?:text/html|image/svg\+xml|application/xhtml\+xml|text/xml|application/javascript|text/javascript)"
)
_HOST = re.compile(
    r"(?i)^\W{0,4}(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})(?:[/?#]\S{0,200})?\W{0,4}$"
)


def elements(text: str) -> Iterator[Sighting]:
    """Yield elements that run or load something, and any element with a handler of events."""
    if "<" not in text:
        return
    for found in _TAG.finditer(text):
        closing, name, attributes, closed = found[1], found[2].lower(), found[3], found[4]
        if closing or not (closed or attributes):
            continue
        start, end = found.span()
        if _HANDLER.search(attributes):
            yield Sighting("active-handler", start, end, 0.92)
        elif name in _RUNS:
            close = _closing(text, name, end)
            sure = close > end or _SOURCE.search(attributes) is not None
            yield Sighting("active-element", start, max(close, end), 0.92 if sure else 0.55)
        elif name == "meta" and _REFRESH.search(attributes):
            yield Sighting("active-refresh", start, end, 0.9)
        elif name in _LOADS and "//" in attributes and _SOURCE.search(attributes):
            yield Sighting("active-element", start, end, 0.8)


def _closing(text: str, name: str, start: int) -> int:
    """Return where the element's end tag ends, or -1 where none begins within reach."""
    near = text[start : start + _REACH].lower()
    at = near.find(f"</{name}")
    if at < 0:
        return -1
    closed = near.find(">", at)
    return start + closed + 1 if closed >= 0 else start + len(near)


def leads(text: str) -> Iterator[Sighting]:
    """Yield links whose address is a program or a page of its own, and those whose words name another host than the one they lead to."""
    for link in links(text):
        if _PROGRAM.match(link.url) or _PAGE.match(link.url):
            yield Sighting("active-address", link.start, link.end, 0.93)
            continue
        said = _HOST.match(link.words) if link.words and not link.loads else None
        address = parse(link.url) if said else None
        if said and address and address.host and not _related(said[1].lower(), address.host):
            yield Sighting("active-disguise", link.start, link.end, 0.75)


def _related(said: str, host: str) -> bool:
    """Tell whether both lie in one domain, as far as their last two labels say."""
    said, host = said.removeprefix("www."), host.removeprefix("www.")
    return (
        said == host
        or host.endswith("." + said)
        or said.endswith("." + host)
        or (said.split(".")[-2:] == host.split(".")[-2:] and len(said.split(".")[-2]) > 3)
    )
