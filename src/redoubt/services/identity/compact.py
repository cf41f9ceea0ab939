"""The form of a JWT: a JSON Web Signature in compact serialization (RFC 7515 section 7.1, RFC 7519), taken apart and not believed yet."""

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from redoubt.domain.errors import TokenError

MAX_BYTES = 8 * 1024
"""Of a token that a caller sends; ordinary ones have one or two KiB."""
MAX_LOGIN_BYTES = 64 * 1024
"""Of one that a provider hands us itself, at a login: a person may be in hundreds of groups."""
MARK = "eyJ"
"""How a JWT begins: base64url of ``{"``."""
_PART = re.compile(r"[A-Za-z0-9_-]+")
_BRACKET = re.compile(r"[\[\]{}]")
_DEEPEST = 16
"""Levels of arrays and objects."""


@dataclass(frozen=True, slots=True)
class Compact:
    """A token in its parts."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    """What the signature is over."""
    signature: bytes


def read_compact(token: str, limit: int = MAX_BYTES) -> Compact:
    """Take ``token``, of ``limit`` bytes at most, apart; raises TokenError for whatever is not exactly such a form.

    JSON that says a name twice is refused: parsers differ about which one counts.
    """
    if len(token) > limit:
        raise TokenError("too long")
    parts = token.split(".")
    if (
        len(parts) == 3
        and not parts[2]
        and _PART.fullmatch(parts[0])
        and _unsigned(read_object(_decoded(parts[0])))
    ):
        raise TokenError("algorithm not allowed")  # so that the record tells the attempt from noise
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise TokenError("malformed")
    header, claims, signature = map(_decoded, parts)
    signed = token[: len(parts[0]) + len(parts[1]) + 1].encode("ascii")
    return Compact(read_object(header), read_object(claims), signed, signature)


def read_object(data: bytes) -> dict[str, Any]:
    """Return a JSON object; raises TokenError for anything else, for a name that is there twice, for ``NaN``, and for nests too deep."""
    try:
        text = data.decode("utf-8")
        _bound(text)
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise TokenError("malformed") from None
    if not isinstance(value, dict):
        raise TokenError("malformed")
    return value


def _unsigned(header: dict[str, Any]) -> bool:
    return str(header.get("alg")).lower() == "none"


def _decoded(part: str) -> bytes:
    try:
        data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise TokenError("malformed") from None
    return data


def _bound(text: str) -> None:
    """Count brackets, those in strings too, before a parser recurses into them."""
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "[{" else -1
        if depth > _DEEPEST:
            raise ValueError


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refused(_constant: str) -> Any:
    raise ValueError
