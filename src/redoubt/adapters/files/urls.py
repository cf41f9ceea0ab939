"""Checks URLs of the configuration when it is read, so that a slip is found at the start and not with the first request."""

from urllib.parse import urlsplit

from redoubt.domain.errors import ConfigError
from redoubt.services.identity.urls import secure

HTTP = ("https", "http")


def check_url(url: str, schemes: tuple[str, ...], where: str) -> None:
    """Raise ConfigError, naming ``where``, for a URL that cannot be used."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigError(f"{where}: is not a URL") from None
    if parts.scheme not in schemes or not host:
        raise ConfigError(
            f"{where}: must begin with {' or '.join(f'{s}://' for s in schemes)} and name a host"
        )
    odd = not url.isascii() or any(c <= " " or c in "\\\x7f" for c in url)
    if odd or parts.fragment or parts.username is not None:
        raise ConfigError(
            f"{where}: holds a blank, a '#', a backslash, a user name or a character outside ASCII"
        )


def check_private(url: str, where: str) -> None:
    """Raise ConfigError unless ``url`` is reached with TLS, or on this machine: what goes there is secret."""
    check_url(url, HTTP, where)
    if not secure(url):
        raise ConfigError(f"{where}: must begin with https://; http:// is for this machine alone")
