"""Checks of secrets that carry their own proof: checksums, headers that must decode, keys that must have a body."""

import binascii
import json
import re
from base64 import b64decode, urlsafe_b64decode
from hashlib import sha256
from zlib import crc32

from redoubt.engine.detect.validators.placeholders import is_placeholder

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_CHECKSUM = 6
"""Base-62 digits of a GitHub or npm token's checksum."""
_MAX_DECODED = 65536
_ARMOUR = re.compile(r"-{4,5} ?(?:BEGIN|END)[A-Z0-9 ]{1,60}-{4,5}")
_BODY = re.compile(r"[A-Za-z0-9+/=]{24,}")
_FOREIGN = re.compile(r"[^A-Za-z0-9+/=\s\\\"',>|:.-]+")


def crc_base62(text: str) -> bool:
    """Say whether the last six characters are the base-62 CRC-32 of the part before them.

    Source: GitHub's description of its token format (2021), which npm shares.
    """
    body = text.partition("_")[2]
    if len(body) <= _CHECKSUM or not body.isascii():
        return False
    number = crc32(body[:-_CHECKSUM].encode())
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(_CHECKSUM, "0") == body[-_CHECKSUM:]


def jwt(text: str) -> bool:
    """Say whether the part before the first dot is a JOSE header: base64url of a JSON object with ``alg`` (RFC 7515)."""
    header = text.partition(".")[0]
    if len(header) > _MAX_DECODED:
        return False
    try:
        decoded = json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(decoded, dict) and isinstance(decoded.get("alg"), str)


def basic_credentials(text: str) -> bool:
    """Say whether ``text`` is base64 of ``user:password`` (RFC 7617) with a password that is no placeholder."""
    if len(text) > _MAX_DECODED:
        return False
    try:
        decoded = b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8")
    except (ValueError, binascii.Error):
        return False
    return decoded.isprintable() and user_password(decoded)


def user_password(text: str) -> bool:
    """Say whether ``text`` is ``user:password`` with a password that is no placeholder."""
    user, colon, password = text.partition(":")
    return bool(user and colon and len(password) > 2) and not is_placeholder(password)


def url_credentials(text: str) -> bool:
    """Say whether the user information of a URI (RFC 3986, 3.2.1) holds a password that is no placeholder."""
    authority = text.partition("://")[2]
    user, _, password = authority.partition("@")[0].partition(":")
    return len(password) > 1 and password != user and not is_placeholder(password)


def discord_token(text: str) -> bool:
    """Say whether the first part of a Discord token decodes to the bot's numeric id."""
    first = text.partition(".")[0][:64]
    try:
        decoded = urlsafe_b64decode(first + "=" * (-len(first) % 4))
    except ValueError:
        return False
    return decoded.isdigit() and 16 <= len(decoded) <= 20


def base58check(text: str) -> bool:
    """Say whether ``text`` ends in the double SHA-256 checksum of Bitcoin's base58check."""
    return _base58check_payload(text) is not None


def wif(text: str) -> bool:
    """Say whether ``text`` is a Bitcoin private key in wallet import format (version 128 or, on testnets, 239)."""
    payload = _base58check_payload(text)
    return payload is not None and payload[0] in (0x80, 0xEF) and len(payload) in (33, 34)


def key_block(text: str) -> bool:
    """Say whether there is key material between the armour lines, rather than dots, prose or code."""
    body = _ARMOUR.sub("", text[:_MAX_DECODED])
    if not _BODY.search(body):
        return False
    return len(body) - sum(map(len, _FOREIGN.findall(body))) >= 0.97 * len(body)


def seed_words(text: str) -> bool:
    """Say whether ``text`` has the look of a BIP-39 phrase: 12 to 24 words of 3 to 8 letters, hardly any repeated."""
    words = text.lower().split()
    if len(words) not in (12, 15, 18, 21, 24) or len(set(words)) < len(words) * 2 // 3:
        return False
    # No word list of BIP 39 holds these, and no twelve words of a sentence do without all of them.
    return not set(words) & {"the", "and", "for", "are", "was", "were", "your", "with", "from", "they", "has"}


def _base58check_payload(text: str) -> bytes | None:
    """Return what base58check protects, or None where the checksum is wrong."""
    if not 0 < len(text) <= 128:
        return None
    number = 0
    for character in text:
        digit = _BASE58.find(character)
        if digit < 0:
            return None
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(raw) < 6 or sha256(sha256(raw[:-4]).digest()).digest()[:4] != raw[-4:]:
        return None
    return raw[:-4]
