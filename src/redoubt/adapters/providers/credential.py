"""How the operator's key is shown to a provider."""

from redoubt.adapters.http.headers import FORBIDDEN
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import UpstreamKind
from redoubt.pipeline.upstream import Headers


def credential(kind: UpstreamKind, api_key: str) -> Headers:
    """Return the header that carries the operator's key, as each provider documents it; none without a key.

    Raises ConfigError for a key that cannot stand in a header (a line break from a file is the usual cause).
    """
    if not api_key:
        return ()
    if FORBIDDEN.search(api_key) or not api_key.isascii() or api_key != api_key.strip():
        raise ConfigError(
            "the upstream's api_key holds a line break, a space at an end or a non-ASCII character; store the bare key"
        )
    if kind is UpstreamKind.ANTHROPIC:
        return (("x-api-key", api_key),)
    if kind is UpstreamKind.GEMINI:
        return (("x-goog-api-key", api_key),)
    return (("authorization", f"Bearer {api_key}"),)
