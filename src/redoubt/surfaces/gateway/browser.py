"""What browsers bring and take: cookies, and the proof that a page of ours sent the request."""

import hmac
from dataclasses import dataclass

from redoubt.domain.errors import RightsError
from redoubt.surfaces.gateway.asgi import Scope

CSRF = b"x-redoubt-csrf"
"""The header in which a page sends back its session's token (OWASP: Cross-Site Request Forgery Prevention)."""
SAFE = ("GET", "HEAD")
_FOREIGN = "this request does not come from a page of this gateway; send its origin and the session's token in x-redoubt-csrf"


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie of ours: for no other host, no other path and no script."""

    name: str
    secure: bool

    def read(self, scope: Scope) -> str:
        """Return its value, empty where the browser sends none, or several: somebody else set one of them then."""
        found = []
        for name, value in scope["headers"]:
            if name == b"cookie":
                for pair in value.decode("latin-1").split(";"):
                    key, _, content = pair.strip(" \t").partition("=")
                    if key == self.name:
                        found.append(content)
        return found[0] if len(found) == 1 else ""

    def set(self, value: str, seconds: int | None = None) -> tuple[bytes, bytes]:
        """Return the header that sets it; without ``seconds`` it ends with the browser."""
        ends = "" if seconds is None else f"; Max-Age={seconds}"
        lock = "; Secure" if self.secure else ""
        return b"set-cookie", f"{self.name}={value}; Path=/; HttpOnly; SameSite=Lax{lock}{ends}".encode(
            "ascii"
        )

    def clear(self) -> tuple[bytes, bytes]:
        """Return the header that deletes it."""
        return self.set("", 0)


def cookies(origin: str) -> tuple[Cookie, Cookie]:
    """Return the cookies of a session and of a login under way.

    ``__Host-`` makes browsers refuse them from anybody but this host over TLS (RFC 6265bis section 4.1.3.2). Without TLS, which is
    allowed on this machine alone, they have other names, so that neither is ever taken for the other.
    """
    secure = origin.startswith("https://")
    prefix = "__Host-redoubt" if secure else "redoubt-without-tls"
    return Cookie(prefix, secure), Cookie(f"{prefix}-login", secure)


def header(scope: Scope, name: bytes) -> str:
    """Return a header's value, empty where it is missing or there twice."""
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1").strip() if len(found) == 1 else ""


def check_page(scope: Scope, origin: str, token: str, sent: str) -> None:
    """Let a request through that a page of ours sent. Raises RightsError.

    What changes something needs the session's ``token``, as ``sent``, and an origin that is ours, said by ``Origin`` or
    ``Sec-Fetch-Site`` and contradicted by neither. What only reads may come from a link on another site, as every page may, but not
    from within one.
    """
    said, site = header(scope, b"origin"), header(scope, b"sec-fetch-site")
    if scope["method"] in SAFE:
        if site in ("cross-site", "same-site") and header(scope, b"sec-fetch-mode") != "navigate":
            raise RightsError(_FOREIGN)
        return
    known = bool(said or site) and said in ("", origin) and site in ("", "same-origin")
    if not known or not sent.isascii() or not hmac.compare_digest(sent, token):
        raise RightsError(_FOREIGN)
