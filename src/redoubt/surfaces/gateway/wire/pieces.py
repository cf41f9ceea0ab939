"""What the Anthropic and Gemini codecs share: JSON of a stream's event, sealed strings, whole texts in a stream."""

import re
from collections.abc import Callable
from typing import NoReturn

import msgspec

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Trust
from redoubt.domain.pointer import shown
from redoubt.surfaces.gateway.wire import dataurl, tree
from redoubt.surfaces.gateway.wire.collect import Collector
from redoubt.surfaces.gateway.wire.interface import Json, Lanes

_SHORTEST = 64
_NUMBER = re.compile("[0-9]{12}").search  # as in a card number; one in 5e9 places of random base64


def decode_event(data: str) -> dict[str, Json]:
    """Return the object in an event's data; raises UpstreamError where it is none."""
    try:
        value = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        value = None
    if type(value) is not dict:
        raise UpstreamError("the provider sent a stream event that is not a JSON object")
    return value


def encode(value: Json) -> bytes:
    """Write ``value`` as JSON on one line."""
    return msgspec.json.encode(value)


def sealed(c: Collector, value: Json, path: str, role: Role, trust: Trust) -> None:
    """Take a string that only the provider can read (a signature, encrypted content).

    Such a string is long base64 of what is no text, and passes unseen. Whatever else stands in its place is read,
    also what has so many digits in a row that it could be a number of somebody's.
    """
    if type(value) is not str or len(value) < _SHORTEST or not dataurl.is_base64(value) or _NUMBER(value):
        c.text(value, path, role, trust)
    elif (inner := dataurl.decode_text(value)) is not None:
        c.add(inner, path + tree.BASE64, role, trust)


class Whole:
    """The texts in a stream that come in one piece, each passed through a lane of its own."""

    __slots__ = ("_count", "_protocol", "_wrong")

    def __init__(self, protocol: frozenset[str], wrong: Callable[[str, str], NoReturn]) -> None:
        self._protocol = protocol
        self._wrong = wrong
        self._count = 0

    def through(
        self, value: Json, lanes: Lanes, read: Callable[[Collector, Json], None], base: str = ""
    ) -> Json:
        """Return ``value`` (at ``base``) with every text that ``read`` finds in it as `Lanes.replaced` gives it back."""
        c = Collector(self._protocol, self._wrong)
        read(c, value)
        self._count += 1
        changes = {}
        for i, segment in enumerate(c.segments):
            lane = f"{base}{shown(segment.path)}~{self._count}.{i}"
            released = lanes.replaced(lane, segment.text, segment.role, segment.syntax)
            if released != segment.text:
                changes[segment.path] = released
        for part in c.uninspectable:
            lanes.note_uninspectable(part)
        return tree.replace(value, changes)
