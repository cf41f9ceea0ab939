"""`redoubt.pipeline.upstream.Upstream` over HTTP/1.1."""

from redoubt.adapters.http.bounds import Bounds, BrokenReplyError
from redoubt.adapters.http.client import Client, Reply
from redoubt.adapters.providers.base_url import parse_base_url
from redoubt.adapters.providers.credential import credential
from redoubt.domain.errors import UpstreamError
from redoubt.domain.settings import UpstreamSettings
from redoubt.pipeline.upstream import UpstreamRequest

_DEFAULT_BOUNDS = Bounds()


class HttpUpstream:
    """One configured provider."""

    def __init__(self, settings: UpstreamSettings, *, bounds: Bounds = _DEFAULT_BOUNDS) -> None:
        """Understand ``settings``; raises ConfigError."""
        name = settings.name
        self._base = parse_base_url(name, settings.kind, settings.base_url)
        self._client = Client(
            self._base.address,
            bounds,
            lambda broken: upstream_error(name, broken),
            fixed=credential(settings.kind, settings.api_key),
        )

    async def send(self, request: UpstreamRequest) -> Reply:
        """Send ``request``; return when the reply's head is here.

        Raises UpstreamError, and InputError for illegal headers.
        """
        return await self._client.send(
            request.method, self._base.target(request.path), request.headers, request.body
        )

    async def aclose(self) -> None:
        """Close all connections."""
        self._client.close()


def upstream_error(name: str, broken: BrokenReplyError) -> UpstreamError:
    """Say what happened, where, and what to do."""
    message = f"upstream '{name}' failed: {broken}; try again, or check upstreams.{name} in the configuration"
    return UpstreamError(message, status=504 if broken.timed_out else 502)
