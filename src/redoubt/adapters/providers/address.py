"""Where an upstream is: its base URL, understood once."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import UpstreamKind

_DEFAULTS = {
    UpstreamKind.OPENAI: "https://api.openai.com/v1",
    UpstreamKind.ANTHROPIC: "https://api.anthropic.com",
    UpstreamKind.GEMINI: "https://generativelanguage.googleapis.com",
}
"""The providers' own SDKs' base URLs."""


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL in its parts."""

    host: str
    """Name or IP address, IPv6 without brackets."""
    port: int
    tls: bool
    prefix: str
    """Path before every path, without a slash at its end."""
    authority: str
    """What the ``host`` header says."""
    drop: str
    """What a request's path loses at its front, because the prefix says it already."""

    def target(self, path: str) -> str:
        """Return the request target for ``path``, which begins with a slash."""
        if self.drop and path.startswith(self.drop):
            path = path[len(self.drop) - 1 :]
        return self.prefix + path


def parse_base_url(name: str, kind: UpstreamKind, base_url: str, *, table: str = "upstreams") -> Address:
    """Understand ``base_url`` as the provider's SDK would; empty stands for the provider's own address.

    OpenAI's SDK has the version in its base URL (``https://host/any/v1``) and so have the many providers
    that imitate it; Anthropic's and
    Gemini's have not, but one that ends in the version is understood too. A bare OpenAI host gets ``/v1``.
    Raises ConfigError.
    """
    where = f"{table}.{name}.base_url"
    try:
        url = urlsplit(base_url or _DEFAULTS[kind])
        host, port = url.hostname, url.port
    except (ValueError, KeyError):
        raise ConfigError(f"{where} is not a URL; write it like https://host/v1") from None
    if url.scheme not in ("http", "https") or not host:
        raise ConfigError(f"{where} must begin with https:// or http:// and name a host")
    if url.username is not None or url.password is not None:
        raise ConfigError(f"{where} holds a user name or password; put the credential into api_key")
    if url.query or url.fragment:
        raise ConfigError(f"{where} must not hold '?' or '#'")
    tls = url.scheme == "https"
    host = _ascii_host(where, host)
    prefix = url.path.rstrip("/")
    if not prefix.isascii() or any(c <= " " for c in prefix):
        raise ConfigError(f"{where} holds a space or non-ASCII character in its path; percent-encode it")
    shown = f"[{host}]" if ":" in host else host
    default_port = 443 if tls else 80
    authority = shown if port in (None, default_port) else f"{shown}:{port}"
    return Address(host, port or default_port, tls, prefix, authority, _dropped(kind, prefix))


def _dropped(kind: UpstreamKind, prefix: str) -> str:
    if not prefix:
        return ""
    if kind is UpstreamKind.OPENAI:
        return "/v1/"
    last = prefix.rsplit("/", 1)[-1]
    return f"/{last}/" if last in ("v1", "v1beta") else ""


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
