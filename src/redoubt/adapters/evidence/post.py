"""POSTs to an address that the operator named: TLS verified, no redirect, no proxy, bounded in bytes and in time."""

import ssl

from redoubt.adapters.http.address import parse_url
from redoubt.adapters.http.bounds import Bounds
from redoubt.adapters.http.client import Client, Whole
from redoubt.domain.errors import ServiceError
from redoubt.pipeline.upstream import Headers

MAX_REPLY = 64 * 1024
"""Bytes of a reply: a timestamp with its certificates has about 6,000, cosignatures of a witness a few hundred."""
BOUNDS = Bounds(connect_timeout=10.0, read_timeout=20.0, total_timeout=30.0, max_idle=0, max_body=MAX_REPLY)


class Poster:
    """Posts to one URL, and keeps no connection: minutes pass between two checkpoints."""

    def __init__(
        self, name: str, url: str, *, bounds: Bounds = BOUNDS, tls: ssl.SSLContext | None = None
    ) -> None:
        """``name`` says in errors whose address it is, as the configuration does. Raises ConfigError for a URL that is none.

        ``tls``: in place of the system's certificates.
        """
        self._address = parse_url(f"audit.{name}", url)
        self._client = Client(
            self._address,
            bounds,
            lambda broken: ServiceError(f"audit.{name} cannot be reached: {broken}"),
            fixed=(("connection", "close"),),
            tls=tls,
        )

    async def post(self, body: bytes, headers: Headers, path: str = "") -> Whole:
        """Send ``body`` to the URL, or to ``path`` below it. Raises ServiceError where no whole reply came."""
        return await self._client.ask("POST", self._address.target(path), headers, body)
