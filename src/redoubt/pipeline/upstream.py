"""The port to a model provider: one HTTP request, one reply whose body arrives in pieces."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

Headers = tuple[tuple[str, str], ...]
"""Lower-case names; order and repetition kept."""


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """What is sent to the provider."""

    method: str
    path: str
    """Path and query below the upstream's base URL, e.g. ``/v1/chat/completions``."""
    headers: Headers
    """Without host, credentials and hop-by-hop headers: the adapter adds its own."""
    body: bytes = b""


class UpstreamReply(Protocol):
    """What came back. The body is read once; `aclose` at any time cancels the call at the provider."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> Headers:
        """Response headers."""

    def body(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives, no piece held back; reading slowly makes the provider send slowly.

        Raises UpstreamError when the connection breaks, stalls, or the body ends before its announced length.
        """

    async def aclose(self) -> None:
        """Let go of the reply; closes the connection where the body was not read to its end."""


class Upstream(Protocol):
    """A provider."""

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        """Send ``request`` and return when the reply's head is here.

        Raises UpstreamError where no valid reply could be had. A request is sent again only where the connection it
        went out on turned out to have been closed before the provider read any of it.
        """

    async def aclose(self) -> None:
        """Close all connections."""
