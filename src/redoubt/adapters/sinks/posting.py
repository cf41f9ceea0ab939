"""Posts bodies to one URL. The client is that of the providers: verified certificates, no redirects, bounds on size and time."""

from urllib.parse import urlsplit

from redoubt.adapters.providers.bounds import Bounds
from redoubt.adapters.providers.http import HttpUpstream
from redoubt.domain.errors import InputError, UpstreamError
from redoubt.domain.settings import UpstreamKind, UpstreamSettings
from redoubt.pipeline.upstream import Headers, UpstreamRequest
from redoubt.services.telling.interface import UndeliveredError

_BOUNDS = Bounds(connect_timeout=10.0, read_timeout=20.0, total_timeout=30.0, max_idle=2, max_body=64 * 1024)
"""What a receiver has to say is short, and nobody reads it."""


class Post:
    """One receiver."""

    def __init__(self, name: str, url: str, path: str, headers: Headers, ca_file: str = "") -> None:
        """Post to ``url`` with ``path`` after its own, and with ``headers`` each time. Raises ConfigError."""
        parts = urlsplit(url)
        self._target = (parts.path.rstrip("/") + path or "/") + (f"?{parts.query}" if parts.query else "")
        # Of the providers' clients, the one that adds nothing of its own to a path or a head.
        where = UpstreamSettings(name, UpstreamKind.GEMINI, f"{parts.scheme}://{parts.netloc}")
        self._client = HttpUpstream(where, bounds=_BOUNDS, ca_file=ca_file, fixed=headers)

    async def send(self, body: bytes, headers: Headers) -> None:
        """Post ``body``; return when the receiver said that it has it (2xx). Raises UndeliveredError."""
        try:
            reply = await self._client.send(UpstreamRequest("POST", self._target, headers, body))
            async for _ in reply.body():
                pass
        except UpstreamError as error:
            raise UndeliveredError("no answer in time" if error.status == 504 else "no connection") from None
        except InputError:
            raise UndeliveredError(
                "its URL or a header holds characters that are not allowed there"
            ) from None
        if not 200 <= reply.status < 300:
            raise UndeliveredError(f"HTTP {reply.status}", retry_after=_retry_after(reply.headers))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _retry_after(headers: Headers) -> float:
    """Return the seconds that a receiver asks for (RFC 9110, section 10.2.3); a date is taken for no wish."""
    for name, value in headers:
        if name == "retry-after" and value.isascii() and value.isdigit() and len(value) < 7:
            return float(value)
    return 0.0
