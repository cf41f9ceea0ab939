"""Whether an address carries data: what a reader's browser would tell its host, beyond which page is wanted."""

import re
from base64 import b32decode, b64decode
from collections.abc import Iterator
from urllib.parse import unquote_plus

from redoubt.engine.detect.exact import entropy
from redoubt.engine.detect.validators import validator
from redoubt.engine.effects.address import Address

SURE = 0.97
LIKELY = 0.85
PERHAPS = 0.6
LOOKS = 0.45

_CATCHERS = re.compile(
    r"(?:^|\.)(?:webhook\.site|requestbin\.\w+|pipedream\.net|ngrok\.io|ngrok-free\.app|ngrok\.app|interact\.sh"
    r"|oast\.(?:pro|live|site|online"
    r"|fun|me)|burpcollaborator\.net|beeceptor\.com|hookbin\.com|requestcatcher\.com|dnslog\.cn|canarytokens\.com"
    r"|trycloudflare\.com|loca\.lt"
    r"|serveo\.net|pipedream\.com|postb\.in|ptsv2\.com|ptsv3\.com|requestinspector\.com|typedwebhook\.tools)$"
)
"""Hosts that show whoever asks what was sent to them."""
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_SECRET = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\b(?:sk|rk|pk)[-_][A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{20,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{4,}|-----BEGIN|\bglpat-[A-Za-z0-9_-]{16,}"
)
_RUN = re.compile(r"[A-Za-z0-9+/=]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:0x)?((?:[0-9a-fA-F]{2}){10,})")
_BASE32 = re.compile(r"[A-Za-z2-7]{16,}={0,6}")
_TOLD = frozenset(
    [
        "data",
        "exfil",
        "exfiltrate",
        "leak",
        "leaked",
        "secret",
        "secrets",
        "payload",
        "content",
        "contents",
        "conversation",
        "history",
        "chat",
        "prompt",
        "system_prompt",
        "context",
        "dump",
        "cookie",
        "cookies",
        "password",
        "passwd",
        "pwd",
        "ssn",
        "email",
        "mail",
        "phone",
        "card",
        "stolen",
        "info",
        "userinfo",
        "user_data",
        "message",
        "messages",
        "msg",
        "summary",
        "memory",
        "notes",
        "apikey",
        "api_key",
        "token",
        "session",
        "transcript",
        "instructions",
        "iban",
        "dob",
    ]
)
"""Names of parameters under which somebody would send what is not his."""
_SIZES = frozenset(
    [
        "w",
        "h",
        "width",
        "height",
        "size",
        "s",
        "fit",
        "q",
        "quality",
        "fm",
        "fmt",
        "format",
        "auto",
        "dpr",
        "crop",
        "v",
        "ver",
        "version",
        "style",
        "logo",
        "logocolor",
        "color",
        "colour",
        "label",
        "branch",
        "theme",
        "bg",
        "scale",
        "ixlib",
        "ts",
        "rev",
        "raw",
        "family",
        "display",
        "subset",
        "si",
        "start",
        "autoplay",
        "controls",
        "rel",
    ]
)
"""Names under which an image server is told how, not what."""
_NAME = re.compile(r"[a-z]+")
_PLAIN = re.compile(
    r"[A-Za-z0-9.,_%#-]{0,16}|[A-Z][A-Za-z]{1,12}(?: [A-Z][A-Za-z]{1,12}){0,3}(?::[a-z,]{2,12}@[0-9;,.]{1,48})?"
)
_STAMP = re.compile(r"v?[0-9a-f._-]{1,16}")
"""A value without a name by which a cache tells one version from another."""
_WORDS = re.compile(r"[^\W\d_]{2,}")
_SEPARATOR = re.compile(r"[&;?]")
_SEGMENT = re.compile(r"[/\\]+")
_LONGEST = 65_536
"""Characters of one value that are read; what is longer carries data whatever it says."""


def carries(address: Address, *, loads: bool) -> float:
    """Return how sure it is that the address carries data; 0.0 where it only says which page is wanted.

    ``loads``: it is fetched without a click, so that even little is much.
    """
    parts = list(_values(address))
    best = max((_value(name, value, where, loads=loads) for name, value, where in parts), default=0.0)
    best = max(best, _labels(address.written))
    if (
        _EMAIL.fullmatch(f"{address.user}@{address.host}")
        and ":" not in address.user
        and len(address.user) > 24
    ):
        best = max(best, PERHAPS)
    tells = any(value for _, value, where in parts if where != "fragment")
    if tells and (_CATCHERS.search(address.host) or (address.is_ip and (loads or best >= LOOKS))):
        best = max(best, SURE)
    return best


def _values(address: Address) -> Iterator[tuple[str, str, str]]:
    """Yield (name, plain value, where) of all that the address says."""
    for where, text in (("query", address.query), ("fragment", address.fragment)):
        for pair in _SEPARATOR.split(text) if text else ():
            name, equals, value = pair.partition("=")
            if not value.strip("="):  # the padding of base64
                name, equals, value = "", "", pair
            if equals or where == "query":
                yield unquote_plus(name if equals else "").lower(), unquote_plus(value or name), where
            elif pair and not pair.startswith(":~:"):
                yield "", unquote_plus(pair), where
    for segment in _SEGMENT.split(address.path):
        if segment:
            yield "", unquote_plus(segment.replace("+", "%2B")), "path"


def _value(name: str, value: str, where: str, *, loads: bool) -> float:
    """Return how sure it is that one value is data."""
    if len(value) > _LONGEST:
        return SURE
    told = max(_personal(value), _encoded(value, loads=loads))
    ordinary = _PLAIN.fullmatch(value) if name in _SIZES else not name and _STAMP.fullmatch(value)
    if ordinary:
        return max(told, LOOKS if loads and where == "query" and value else 0.0)
    told = max(told, _prose(value, where, loads=loads))
    if where == "query" and len(value) >= 8 and _names_data(name):
        told = max(told, LIKELY if loads or " " in value else PERHAPS)
    return max(told, LIKELY) if loads and where == "query" and value else told


def _names_data(name: str) -> bool:
    words = _NAME.findall(name)
    return bool(words) and words[-1] != "id" and not _TOLD.isdisjoint((name, *words))


def _personal(value: str) -> float:
    """Addresses, numbers of people and cards, keys."""
    if len(value) < 8:
        return 0.0
    if _SECRET.search(value) or _SSN.search(value):
        return SURE
    if "@" in value and _EMAIL.search(value):
        return SURE
    luhn, iban = validator("card"), validator("iban")
    if any(luhn(found[0]) for found in _DIGITS.finditer(value)):
        return SURE
    return SURE if any(iban(found[0]) for found in _IBAN.finditer(value)) else 0.0


def _encoded(value: str, *, loads: bool) -> float:
    """Text under base64, hex or base32; else a long run without rhyme."""
    if len(value) < 16:
        return 0.0
    for found in _HEX.finditer(value):
        if _speaks(bytes.fromhex(found[1])):
            return SURE
    for found in _BASE64.finditer(value):
        if _is_base64_text(found[0]):
            return SURE
    for found in _BASE32.finditer(value):
        if _speaks(_unbase32(found[0])):
            return SURE
    runs = _RUN.findall(value)
    if len(runs) * 8 > len(value):  # words, joined
        return 0.0
    longest = max(map(len, runs), default=0)
    if longest >= 160 and entropy(value) > 4.0:
        return LIKELY
    if longest >= (28 if loads else 48) and entropy(value) > 4.2 and any(char.isdigit() for char in value):
        return PERHAPS
    return 0.0


def _is_base64_text(run: str) -> bool:
    if run.islower() or run.isdigit():
        return False
    body = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    return _speaks(b64decode(body[: len(body) // 4 * 4]))


def _unbase32(run: str) -> bytes:
    body = run.rstrip("=").upper()
    return b32decode(body[: len(body) // 8 * 8])


def _speaks(octets: bytes) -> bool:
    """Tell whether bytes are text somebody wrote: long enough, all of it letters, digits and what stands between them."""
    if len(octets) < 8:
        return False
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return False
    kept = sum(char.isalnum() or char in " \n\t.,:;@-_'\"/{}[]()=+&?!|" for char in text)
    return kept == len(text) and sum(char.isalpha() for char in text) * 2 >= len(text)


def _prose(value: str, where: str, *, loads: bool) -> float:
    """Sentences: more words than a search, a title or a file name has."""
    if " " not in value and "\n" not in value:
        return 0.0
    words = len(_WORDS.findall(value))
    if "\n" in value and words >= 3:
        return LIKELY
    if where == "path":
        return LIKELY if loads and words >= 6 else PERHAPS if words >= 12 else 0.0
    if words >= 25 or (loads and words >= 3):
        return LIKELY
    return PERHAPS if words >= 12 else 0.0


def _labels(host: str) -> float:
    """Labels of a host name that are data: what DNS itself would carry out."""
    labels = host.split(".")[:-2]
    joined = "".join(labels)
    if len(joined) < 16:
        return 0.0
    for run in (*labels, joined):
        if _BASE64.fullmatch(run) and not run.islower() and _is_base64_text(run):
            return SURE
        if _HEX.fullmatch(run) and len(run) % 2 == 0 and _speaks(bytes.fromhex(run.removeprefix("0x"))):
            return SURE
        if _BASE32.fullmatch(run) and any(char.isdigit() for char in run) and _speaks(_unbase32(run)):
            return SURE
    if len(joined) >= 60 and entropy(joined) > 3.6:
        return LIKELY
    return PERHAPS if any(len(label) >= 32 and entropy(label) > 3.6 for label in labels) else 0.0
