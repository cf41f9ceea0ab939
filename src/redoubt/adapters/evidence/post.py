"""One POST to an address that the operator named: TLS verified, no redirect, no proxy, bounded in bytes and in time."""

import ssl
from dataclasses import dataclass

from redoubt.adapters.providers.address import parse_base_url
from redoubt.adapters.providers.bounds import Bounds, BrokenReplyError
from redoubt.adapters.providers.headers import render_fixed, render_head
from redoubt.adapters.providers.pool import Pool
from redoubt.domain.errors import ServiceError
from redoubt.domain.settings import UpstreamKind

MAX_REPLY = 64 * 1024
"""Bytes of a reply: a timestamp with its certificates has about 6,000, cosignatures of a witness a few hundred."""
BOUNDS = Bounds(connect_timeout=10.0, read_timeout=20.0, total_timeout=30.0, max_body=MAX_REPLY)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Poster:
    """Posts to one URL."""

    def __init__(
        self, name: str, url: str, *, bounds: Bounds = BOUNDS, tls: ssl.SSLContext | None = None
    ) -> None:
        """``name`` says in errors whose address it is, as the configuration does. Raises ConfigError for a URL that is none.

        ``tls``: in place of the system's certificates.
        """
        self._name = name
        # A base URL of this kind is taken as it is written.
        self._address = parse_base_url(name, UpstreamKind.ANTHROPIC, url.rstrip("/"), table="audit")
        self._fixed = render_fixed(self._address.authority, (("connection", "close"),))
        self._bounds = bounds
        self._tls = (tls or ssl.create_default_context()) if self._address.tls else None

    async def post(self, body: bytes, headers: Headers, path: str = "") -> Reply:
        """Send ``body`` to the URL with ``path`` at its end. Raises ServiceError where no whole reply came."""
        target = self._address.prefix + path or "/"
        head = render_head("POST", target, headers, len(body), self._fixed)
        pool = Pool(self._address.host, self._address.port, self._tls, self._bounds)
        try:
            connection = await pool.open()
            parser = await connection.request(head, body, bodiless=False)
            data = b""
            while piece := await connection.read():
                data += piece
            fields = {name.lower(): value for name, value in parser.headers}
            return Reply(parser.status, fields, data)
        except BrokenReplyError as error:
            raise ServiceError(f"audit.{self._name} cannot be reached: {error}") from None
        finally:
            pool.close()
