"""Where a server is: a URL, understood once."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from redoubt.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Address:
    """A URL in its parts."""

    host: str
    """Name or IP address, IPv6 without brackets."""
    port: int
    tls: bool
    path: str
    query: str
    authority: str
    """What the ``host`` header says."""

    def target(self, below: str = "") -> str:
        """Return the request target of the URL, or of the path ``below`` it, which begins with a slash."""
        path = self.path.rstrip("/") + below if below else self.path or "/"
        return f"{path}?{self.query}" if self.query else path


def parse_url(where: str, text: str) -> Address:
    """Understand a URL; ``where`` says in errors which setting it is. Raises ConfigError."""
    try:
        url = urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError:
        raise ConfigError(f"{where} is not a URL; write it like https://host/path") from None
    if url.scheme not in ("http", "https") or not host:
        raise ConfigError(f"{where} must begin with https:// or http:// and name a host")
    if url.username is not None or url.password is not None:
        raise ConfigError(
            f"{where} holds a user name or password; put the credential into the setting that is made for it"
        )
    if url.fragment:
        raise ConfigError(f"{where} must not hold '#'")
    tls = url.scheme == "https"
    host = _ascii_host(where, host)
    if not (url.path + url.query).isascii() or any(c <= " " for c in url.path + url.query):
        raise ConfigError(f"{where} holds a space or non-ASCII character in its path; percent-encode it")
    shown = f"[{host}]" if ":" in host else host
    default_port = 443 if tls else 80
    authority = shown if port in (None, default_port) else f"{shown}:{port}"
    return Address(host, port or default_port, tls, url.path, url.query, authority)


def _ascii_host(where: str, host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        ascii_host = host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ConfigError(f"{where} does not name a valid host") from None
    if not all(c.isalnum() or c in "-._" for c in ascii_host):
        raise ConfigError(f"{where} does not name a valid host")
    return ascii_host
