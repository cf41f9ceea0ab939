"""Asks an identity provider something over HTTP: one request, one connection, one bounded reply.

Certificates are always verified, redirects never followed (what follows one would take a code or a secret along), nothing is retried.
"""

import asyncio
import ssl
from urllib.parse import urlsplit

from redoubt.adapters.providers.bounds import Bounds, BrokenReplyError
from redoubt.adapters.providers.headers import render_fixed, render_head
from redoubt.adapters.providers.pool import Pool
from redoubt.domain.errors import ConfigError, InputError, ServiceError
from redoubt.pipeline.upstream import Headers
from redoubt.services.identity.urls import secure

MAX_REPLY = 512 * 1024
"""Bytes; the largest key sets, with certificates, have some tens of thousands."""
SECONDS = 10.0
"""For one request in all."""
MOST = 16
"""Requests to one provider at a time; what comes from a browser must not become a flood there."""
FORM = ("content-type", "application/x-www-form-urlencoded")
_BOUNDS = Bounds(
    connect_timeout=5.0, read_timeout=SECONDS, total_timeout=SECONDS, max_head=32 * 1024, max_body=MAX_REPLY
)


class RefusedError(ServiceError):
    """The provider answered that what was asked is no good (4xx)."""


class Fetcher:
    """Reaches the pages of one provider."""

    def __init__(self, ca_file: str = "", seconds: float = SECONDS) -> None:
        """``ca_file``: PEM certificates to trust beside the system's; ``seconds``: for one request in all.

        Raises ConfigError where the certificates cannot be read.
        """
        self._seconds = seconds
        self._tls = ssl.create_default_context()
        self._tls.set_alpn_protocols(["http/1.1"])
        if ca_file:
            try:
                self._tls.load_verify_locations(cafile=ca_file)
            except (OSError, ssl.SSLError):
                raise ConfigError(
                    f"[[identity.issuers]] ca_file: {ca_file} cannot be read as PEM certificates"
                ) from None
        self._room = asyncio.Semaphore(MOST)

    async def get(self, url: str) -> bytes:
        """Return the body at ``url``. Raises ServiceError for whatever is no good answer."""
        return await self._ask("GET", url, b"", ())

    async def post(self, url: str, form: str, credential: str = "") -> bytes:
        """Send a form; return the body. ``credential``: of an ``authorization`` header. Raises ServiceError."""
        fixed: Headers = (("authorization", credential),) if credential else ()
        return await self._ask("POST", url, form.encode("ascii"), fixed)

    async def _ask(self, method: str, url: str, body: bytes, fixed: Headers) -> bytes:
        if not secure(url):
            raise ServiceError(
                "the identity provider names an address that is neither https nor on this machine"
            )
        if self._room.locked():
            raise ServiceError("the identity provider is being asked too much already; try again")
        try:
            async with self._room, asyncio.timeout(self._seconds):
                return await self._exchange(method, url, body, fixed)
        except TimeoutError:
            raise ServiceError("the identity provider did not answer in time") from None
        except BrokenReplyError as broken:
            raise ServiceError(f"the identity provider gave no answer: {broken}") from None
        except InputError:
            raise ServiceError("the identity provider names an address that cannot be asked") from None

    async def _exchange(self, method: str, url: str, body: bytes, fixed: Headers) -> bytes:
        parts = urlsplit(url)
        tls = self._tls if parts.scheme == "https" else None
        pool = Pool(parts.hostname or "", parts.port or (443 if tls else 80), tls, _BOUNDS)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers: Headers = (
            ("accept", "application/json"),
            ("connection", "close"),
            *((FORM,) if body else ()),
        )
        host = parts.netloc.lower()
        head = render_head(method, target, headers, len(body), render_fixed(host, fixed))
        try:
            connection = await pool.open()
            reply = await connection.request(head, body, bodiless=False)
            if 400 <= reply.status < 500:
                raise RefusedError(f"the identity provider refuses the request (HTTP status {reply.status})")
            if reply.status != 200:
                raise ServiceError(f"the identity provider answered with HTTP status {reply.status}")
            pieces = []
            while piece := await connection.read():
                pieces.append(piece)
            return b"".join(pieces)
        finally:
            pool.close()
