"""Places in a JSON document, and changing the text at some of them.

A place is a JSON pointer (RFC 6901). Text also stands where no pointer leads, so a pointer may end in one of
three marks. They begin with ``~`` followed by neither ``0`` nor ``1``, which no pointer of the standard
contains, and so cannot be mistaken:

* ``/a/b~#``  the name ``b`` of the member itself
* ``/a/b~d``  the text inside the `data:` URL (RFC 2397) at ``/a/b``
* ``/a/b~b``  the text that the string at ``/a/b`` holds in base64
"""

from collections.abc import Mapping

from redoubt.domain.pointer import MARKS
from redoubt.surfaces.gateway.wire import dataurl
from redoubt.surfaces.gateway.wire.interface import Json

NAME = "~#"
DATA_URL = "~d"
BASE64 = "~b"
_VALUE = ""


class _Node:
    """What changes at and beneath one place."""

    __slots__ = ("below", "here")

    def __init__(self) -> None:
        self.here: dict[str, str] = {}
        self.below: dict[str, _Node] = {}


def child(path: str, key: str) -> str:
    """Return the pointer to the member ``key`` of the object at ``path``.

    >>> child("/a", "b/c~")
    '/a/b~1c~0'
    """
    if "~" in key or "/" in key:
        key = key.replace("~", "~0").replace("/", "~1")
    return f"{path}/{key}"


def tokens(path: str) -> list[str]:
    """Return the keys that ``path`` (without a mark) leads through, unescaped.

    >>> tokens("/a/b~1c~0")
    ['a', 'b/c~']
    """
    return [t.replace("~1", "/").replace("~0", "~") for t in path.split("/")[1:]]


def replace(body: Json, changes: Mapping[str, str]) -> Json:
    """Return ``body`` with the texts at the places in ``changes`` replaced.

    Only what lies on the way to a change is copied; the rest are the same objects, and without changes the
    result is ``body``. Raises LookupError for a place that is not in ``body``.
    """
    if not changes:
        return body
    root = _Node()
    for path, text in changes.items():
        mark = path[-2:]
        if mark not in MARKS:
            mark = _VALUE
        node = root
        for token in tokens(path[: len(path) - len(mark)]):
            found = node.below.get(token)
            if found is None:
                found = node.below[token] = _Node()
            node = found
        node.here[mark] = text
    return _apply(body, root)


def _apply(value: Json, node: _Node) -> Json:
    here = node.here
    if here:
        if _VALUE in here:
            return here[_VALUE]
        if DATA_URL in here:
            return dataurl.write(value, here[DATA_URL])
        if BASE64 in here:
            return dataurl.encode_text(here[BASE64])
    if not node.below:
        return value
    if type(value) is list:
        items = list(value)
        for token, below in node.below.items():
            items[_index(token)] = _apply(items[_index(token)], below)
        return items
    if type(value) is not dict:
        raise LookupError("the place to change is not in the document")
    copy = dict(value)
    for token, below in node.below.items():
        copy[token] = _apply(copy[token], below)
    if any(NAME in below.here for below in node.below.values()):
        return _rename(copy, node)
    return copy


def _index(token: str) -> int:
    if not (token.isascii() and token.isdigit()):
        raise LookupError("the place to change is not in the document")
    return int(token)


def _rename(members: dict[str, Json], node: _Node) -> dict[str, Json]:
    """Give members their new names, in their old order; where two would be alike, the later gets a number."""
    names = {token: below.here[NAME] for token, below in node.below.items() if NAME in below.here}
    taken = members.keys() - names.keys()
    counts: dict[str, int] = {}
    result: dict[str, Json] = {}
    for key, value in members.items():
        name = key
        if key in names:
            wanted = name = names[key]
            while name in taken or name in result:
                counts[wanted] = counts.get(wanted, 1) + 1
                name = f"{wanted}_{counts[wanted]}"
        result[name] = value
    return result
