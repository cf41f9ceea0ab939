"""Where codes, tokens and keys may travel: with TLS, or on this machine alone."""

import ipaddress
from urllib.parse import urlsplit


def secure(url: str) -> bool:
    """Tell whether ``url`` is a plain ``https`` URL, or an ``http`` one of this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    if not host or parts.fragment or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and loopback(host))


def loopback(host: str) -> bool:
    """Tell whether ``host`` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin(url: str) -> str:
    """Return scheme, host and port of a `secure` URL, as a browser's ``Origin`` header has them (RFC 6454 section 6.2)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    usual = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{shown}" + ("" if parts.port in (None, usual) else f":{parts.port}")
