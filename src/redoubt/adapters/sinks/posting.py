"""Posts bodies to one URL, over connections that are kept."""

from redoubt.adapters.http.address import parse_url
from redoubt.adapters.http.bounds import Bounds, BrokenReplyError
from redoubt.adapters.http.client import Client, trusting
from redoubt.domain.errors import InputError
from redoubt.pipeline.upstream import Headers
from redoubt.services.telling.interface import UndeliveredError

_BOUNDS = Bounds(connect_timeout=10.0, read_timeout=20.0, total_timeout=30.0, max_idle=2, max_body=64 * 1024)
"""What a receiver has to say is short, and nobody reads it."""


class Post:
    """One receiver."""

    def __init__(self, where: str, url: str, path: str, headers: Headers, ca_file: str = "") -> None:
        """Post to ``url`` with ``path`` after its own, and with ``headers`` each time; ``where`` is the setting. Raises ConfigError."""
        address = parse_url(where, url)
        self._target = address.target(path)
        tls = trusting(where, ca_file) if address.tls else None
        self._client = Client(address, _BOUNDS, _undelivered, fixed=headers, tls=tls)

    async def send(self, body: bytes, headers: Headers) -> None:
        """Post ``body``; return when the receiver said that it has it (2xx). Raises UndeliveredError."""
        try:
            reply = await self._client.ask("POST", self._target, headers, body)
        except InputError:
            raise UndeliveredError(
                "its URL or a header holds characters that are not allowed there"
            ) from None
        if not 200 <= reply.status < 300:
            raise UndeliveredError(f"HTTP {reply.status}", retry_after=_retry_after(reply.headers))

    async def aclose(self) -> None:
        """Close all connections."""
        self._client.close()


def _undelivered(broken: BrokenReplyError) -> UndeliveredError:
    return UndeliveredError("no answer in time" if broken.timed_out else "no connection")


def _retry_after(headers: Headers) -> float:
    """Return the seconds that a receiver asks for (RFC 9110, section 10.2.3); a date is taken for no wish."""
    for name, value in headers:
        if name == "retry-after" and value.isascii() and value.isdigit() and len(value) < 7:
            return float(value)
    return 0.0
