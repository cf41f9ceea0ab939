"""A request's JSON, decoded only once its size, depth and number of values are known to be bounded."""

import re
from itertools import accumulate
from typing import Any

import msgspec

from redoubt.domain.errors import InputError

MAX_DEPTH = 64
MAX_CONTAINERS = 500_000
"""Objects and arrays: an empty one takes 2 bytes to write and some 60 to keep."""
MAX_VALUES = 5_000_000
"""Commas, those within text counted: an array of numbers takes 2 bytes a member to write and 8 to keep."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or one that the document ends in. Possessive, so that it cannot backtrack; linear."""
_NO_BRACKET = bytes(b for b in range(256) if b not in b"[]{}")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}

_decode = msgspec.json.Decoder().decode
encode = msgspec.json.Encoder().encode
"""Any decoded value, as JSON in UTF-8."""


def decode(body: bytes) -> Any:
    """Return the value that ``body`` says; of a name that occurs twice in an object the last value counts.

    What is inspected and forwarded is this value, written anew. Raises InputError for what is not JSON
    (RFC 8259) in UTF-8, is nested deeper than 64, or holds more values than could be kept.
    """
    containers = body.count(b"[") + body.count(b"{")
    if containers > MAX_CONTAINERS or body.count(b",") > MAX_VALUES:  # first: it bounds what `depth` costs
        raise InputError("the JSON body holds too many values; send them in several requests", too_large=True)
    if containers > MAX_DEPTH and depth(body) > MAX_DEPTH:
        raise InputError(f"the JSON body is nested deeper than {MAX_DEPTH} levels")
    try:
        return _decode(body)
    except UnicodeDecodeError:
        raise InputError("the body is not valid UTF-8; JSON must be sent in UTF-8 (RFC 8259)") from None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        place = re.search(r"\(byte \d+\)$", str(error))
        where = f" {place.group()}" if place else ""
        raise InputError(f"the body is not valid JSON{where}" if body else "the body is empty") from None


def depth(body: bytes) -> int:
    """Return how deep the brackets outside of strings are nested, in one pass.

    >>> depth(b'{"a": ["[[[", {}]}')
    3
    """
    brackets = _STRING.sub(b"", body).translate(None, _NO_BRACKET)
    return max(accumulate(map(_STEP.__getitem__, brackets), initial=0))
