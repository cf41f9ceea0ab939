"""A web address taken apart as browsers do it (WHATWG URL Standard), which is more forgiving than RFC 3986."""

import re
from dataclasses import dataclass
from unicodedata import normalize
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_PARTS = re.compile(r"[/\\]*([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_SKIPPED = re.compile(r"[\t\r\n]")
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|\d{8,10}|0x[0-9a-f]{8}|\[[0-9a-f:.]{2,}\]")
WEB = frozenset({"http", "https", "ws", "wss", "ftp"})


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that say where it leads and what it carries."""

    scheme: str
    """Lower case; ``https`` where the address leaves it to the page."""
    host: str
    """Lower case, without port, user and final dot."""
    user: str = ""
    path: str = ""
    query: str = ""
    fragment: str = ""
    written: str = ""
    """The host in the case it was written in, which no resolver cares for."""

    @property
    def is_ip(self) -> bool:
        """Tell whether the host is a number."""
        return _IP.fullmatch(self.host) is not None


def parse(url: str) -> Address | None:
    """Take an absolute or protocol-relative address apart; None for one that leads nowhere else: relative, empty, a fragment."""
    url = _SKIPPED.sub("", url.strip())
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else ""
    rest = url[found.end() :] if found else url
    if scheme and scheme not in WEB:
        return Address(scheme, "", path=rest)
    if not scheme and not rest.startswith(("//", "\\\\", "/\\", "\\/")):
        return None
    parts = _PARTS.match(rest)
    if parts is None:
        return None
    authority, path, query, fragment = (part or "" for part in parts.groups())
    user, _, place = authority.rpartition("@")
    written = _host(place)
    return (
        Address(scheme or "https", written.lower(), user, path, query, fragment, written) if written else None
    )


def _host(place: str) -> str:
    host = normalize("NFKC", unquote(place)).replace("。", ".")
    if not host.startswith("["):
        host = host.partition(":")[0]
    return host.strip().rstrip(".")


def allowed(host: str, hosts: tuple[str, ...]) -> bool:
    """Tell whether ``host`` is one of ``hosts``; ``*.acme.example`` is every host beneath acme.example, not that one itself.

    >>> allowed("docs.acme.example", ("*.acme.example",)), allowed("evil-acme.example", ("*.acme.example",))
    (True, False)
    """
    return any(
        host.endswith(entry[1:]) and len(host) > len(entry) - 1 if entry.startswith("*.") else host == entry
        for entry in hosts
    )
