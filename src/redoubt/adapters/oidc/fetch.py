"""Asks an identity provider something over HTTP: one request, one connection, one bounded reply.

Certificates are always verified, redirects never followed (what follows one would take a code or a secret along), nothing is retried.
"""

import asyncio

from redoubt.adapters.http.address import parse_url
from redoubt.adapters.http.bounds import Bounds, BrokenReplyError
from redoubt.adapters.http.client import Client, trusting
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
        self._tls = trusting("[[identity.issuers]] ca_file", ca_file)
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
        except (ConfigError, InputError):
            raise ServiceError("the identity provider names an address that cannot be asked") from None

    async def _exchange(self, method: str, url: str, body: bytes, fixed: Headers) -> bytes:
        address = parse_url("the identity provider's address", url)
        client = Client(address, _BOUNDS, _unanswered, fixed=fixed, tls=self._tls)
        headers: Headers = (
            ("accept", "application/json"),
            ("connection", "close"),
            *((FORM,) if body else ()),
        )
        try:
            reply = await client.send(method, address.target(), headers, body)
            if 400 <= reply.status < 500:
                raise RefusedError(f"the identity provider refuses the request (HTTP status {reply.status})")
            if reply.status != 200:
                raise ServiceError(f"the identity provider answered with HTTP status {reply.status}")
            return b"".join([piece async for piece in reply.body()])
        finally:
            client.close()


def _unanswered(broken: BrokenReplyError) -> ServiceError:
    return ServiceError(f"the identity provider gave no answer: {broken}")
