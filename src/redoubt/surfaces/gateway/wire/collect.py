"""Gathering the text of a provider's message, with the place of each piece.

What a codec knows, it hands over piece by piece (`text`, `media`, `encoded`); for what it does not know there
is `rest`, which takes every string it can reach, so that a member that was invented yesterday is inspected
too.
"""

import re
from collections.abc import Callable, Container
from typing import NoReturn

from redoubt.domain.errors import InputError, UpstreamError
from redoubt.domain.exchange import Role, Segment, Syntax, Trust, Uninspectable
from redoubt.domain.pointer import is_plain_name, shown
from redoubt.surfaces.gateway.wire import dataurl, tree
from redoubt.surfaces.gateway.wire.interface import Json

MAX_DEPTH = 64
MAX_SEGMENTS = 50_000
"""Beyond this a message is refused: each piece has a cost of its own, however short it is."""
LONG_NUMBER = 10**11
"""Numbers from here on (12 digits before the point) may be an account or card number and are read as text."""

_TOKEN = re.compile(r"[!-?A-~]{0,256}").fullmatch


def is_token(value: str) -> bool:
    """Tell whether a value looks like an id or a constant: 256 printable ASCII characters, no blank or ``@``."""
    return _TOKEN(value) is not None


def wrong_request(path: str, expected: str) -> NoReturn:
    """Raise the InputError for a request that is not what the protocol says at ``path``."""
    place = shown(path)
    raise InputError(f"the request must have {expected} at {place or 'its root'}", pointer=place)


def wrong_answer(path: str, expected: str) -> NoReturn:
    """Raise the UpstreamError for an answer that is not what the protocol says at ``path``."""
    raise UpstreamError(f"the provider's answer must have {expected} at {shown(path) or 'its root'}")


class Collector:
    """The segments and uninspectable parts of one message, in the order in which they are handed in.

    ``protocol`` names the members whose strings are ids and constants (type, id, model, ...): they are left
    out as long as they look like it (`is_token`). ``wrong`` raises the error for a broken message:
    `wrong_request` or `wrong_answer`.
    """

    __slots__ = ("_protocol", "_sealed", "segments", "uninspectable", "wrong")

    def __init__(
        self,
        protocol: Container[str],
        wrong: Callable[[str, str], NoReturn] = wrong_request,
        sealed: Container[str] = (),
    ) -> None:
        self._protocol = protocol
        self._sealed = sealed
        self.wrong = wrong
        self.segments: list[Segment] = []
        self.uninspectable: list[Uninspectable] = []

    def add(self, text: str, path: str, role: Role, trust: Trust, syntax: Syntax = Syntax.PLAIN) -> None:
        """Take a text; an empty one is nothing."""
        if text:
            if len(self.segments) >= MAX_SEGMENTS:
                self.wrong(path, f"no more than {MAX_SEGMENTS} pieces of text")
            self.segments.append(Segment(text, role, trust, path, syntax))

    def text(self, value: Json, path: str, role: Role, trust: Trust, syntax: Syntax = Syntax.PLAIN) -> None:
        """Take a value that must be a string; null is nothing."""
        if type(value) is str:
            self.add(value, path, role, trust, syntax)
        elif value is not None:
            self.wrong(path, "a string")

    def name(self, value: Json, path: str, role: Role, trust: Trust) -> None:
        """Take a value that must be a name by which a program calls something; a plain one is left alone."""
        if type(value) is not str or not is_plain_name(value):
            self.text(value, path, role, trust)

    def opaque(self, path: str, kind: str) -> None:
        """Note a part that holds no text we can read."""
        self.uninspectable.append(Uninspectable(path, kind))

    def media(self, value: Json, path: str, kind: str, role: Role, trust: Trust) -> None:
        """Take the address of an image, sound or file.

        What a `data:` URL holds is read where it is text; any other URL is itself read as text.
        """
        if value is None:
            return
        if type(value) is not str:
            self.wrong(path, "a string")
        if value[:5].lower() != "data:":
            self.opaque(path, kind)
            self.add(value, path, role, trust)
            return
        family = dataurl.kind_of(dataurl.media_type(value))
        inner = dataurl.read(value)
        if inner is not None:
            self._file(inner, path, tree.DATA_URL, kind if family == "file" else family, role, trust)
            return
        self.opaque(path, kind if family == "file" else family)
        if not dataurl.is_opaque(value):
            self.add(value, path, role, trust)

    def encoded(self, value: Json, path: str, kind: str, role: Role, trust: Trust) -> None:
        """Take a string of base64: read the text that a ``file`` holds; note anything else as ``kind``."""
        if value is None:
            return
        if type(value) is not str:
            self.wrong(path, "a string")
        if value[:5].lower() == "data:":
            self.media(value, path, kind, role, trust)
        elif not dataurl.is_base64(value):
            self.opaque(path, kind)
            self.add(value, path, role, trust)
        elif kind == "file" and (inner := dataurl.decode_text(value)) is not None:
            self._file(inner, path, tree.BASE64, kind, role, trust)
        else:
            self.opaque(path, kind)

    def _file(self, text: str, path: str, mark: str, kind: str, role: Role, trust: Trust) -> None:
        """Take the text of a file; a PDF of nothing but text holds more than it says in clear."""
        if text.startswith(dataurl.PDF):
            self.opaque(path, kind)
        self.add(text, path + mark, role, trust)

    def rest(
        self,
        members: dict[str, Json],
        path: str,
        role: Role,
        trust: Trust,
        known: Container[str] = (),
        depth: int = 0,
    ) -> None:
        """Take every string in and beneath the members that are not in ``known``, their names included."""
        for key, value in members.items():
            if key in known:
                continue
            if value is None or value is True or value is False:
                if key in self._protocol or is_plain_name(key):
                    continue
            elif type(value) is str and key in self._protocol and is_token(value):
                continue
            place = tree.child(path, key)
            if key in self._protocol:
                self._constant(value, place, role, trust, depth)
                continue
            if key in self._sealed and type(value) is str and dataurl.is_base64(value):
                continue
            if not is_plain_name(key):
                self.add(key, place + tree.NAME, role, trust)
            if value is not None and value is not True and value is not False:
                self.everything(value, place, role, trust, depth)

    def free(self, value: Json, path: str, role: Role, trust: Trust) -> None:
        """Take everything in a map whose names the caller chose (metadata, variables): none is of the protocol."""
        protocol, self._protocol = self._protocol, ()
        try:
            self.everything(value, path, role, trust)
        finally:
            self._protocol = protocol

    def everything(self, value: Json, path: str, role: Role, trust: Trust, depth: int = 0) -> None:
        """Take every string in and beneath ``value``, and numbers long enough to be a secret."""
        kind = type(value)
        if kind is str:
            if value[:5].lower() == "data:":
                self.media(value, path, "unknown", role, trust)
            else:
                self.add(value, path, role, trust)
        elif kind is dict:
            self._deeper(path, depth)
            self.rest(value, path, role, trust, (), depth + 1)
        elif kind is list:
            self._deeper(path, depth)
            for i, item in enumerate(value):
                self.everything(item, f"{path}/{i}", role, trust, depth + 1)
        elif (kind is int or kind is float) and not -LONG_NUMBER < value < LONG_NUMBER:
            self.add(_digits(int(value)), path, role, trust)  # of a fraction, what stands before the point

    def _constant(self, value: Json, path: str, role: Role, trust: Trust, depth: int) -> None:
        if type(value) is str:
            if not is_token(value):
                self.add(value, path, role, trust)
        elif type(value) is list and all(type(item) is str for item in value):
            for i, item in enumerate(value):
                if not is_token(item):
                    self.add(item, f"{path}/{i}", role, trust)
        elif type(value) is dict or type(value) is list:
            self.everything(value, path, role, trust, depth)

    def _deeper(self, path: str, depth: int) -> None:
        if depth >= MAX_DEPTH:
            self.wrong(path, f"no more than {MAX_DEPTH} levels of nesting")


def _digits(number: int) -> str:
    try:
        return str(number)
    except (
        ValueError
    ):  # beyond sys.get_int_max_str_digits(): hexadecimal has no such limit, and keeps it inspected
        return hex(number)
