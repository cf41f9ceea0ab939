"""What a provider's base URL stands for."""

from dataclasses import dataclass

from redoubt.adapters.http.address import Address, parse_url
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import UpstreamKind

_DEFAULTS = {
    UpstreamKind.OPENAI: "https://api.openai.com/v1",
    UpstreamKind.ANTHROPIC: "https://api.anthropic.com",
    UpstreamKind.GEMINI: "https://generativelanguage.googleapis.com",
}
"""The providers' own SDKs' base URLs."""


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A base URL, and how paths go on from it."""

    address: Address
    prefix: str
    """Path before every path, without a slash at its end."""
    drop: str
    """What a request's path loses at its front, because the prefix says it already."""

    def target(self, path: str) -> str:
        """Return the request target for ``path``, which begins with a slash."""
        if self.drop and path.startswith(self.drop):
            path = path[len(self.drop) - 1 :]
        return self.prefix + path


def parse_base_url(name: str, kind: UpstreamKind, base_url: str, *, table: str = "upstreams") -> BaseUrl:
    """Understand ``base_url`` as the provider's SDK would; empty stands for the provider's own address.

    OpenAI's SDK has the version in its base URL (``https://host/any/v1``) and so have the many providers
    that imitate it; Anthropic's and
    Gemini's have not, but one that ends in the version is understood too. A bare OpenAI host gets ``/v1``.
    Raises ConfigError.
    """
    where = f"{table}.{name}.base_url"
    address = parse_url(where, base_url or _DEFAULTS[kind])
    if address.query or "?" in base_url:
        raise ConfigError(f"{where} must not hold '?'")
    prefix = address.path.rstrip("/")
    return BaseUrl(address, prefix, _dropped(kind, prefix))


def _dropped(kind: UpstreamKind, prefix: str) -> str:
    if not prefix:
        return ""
    if kind is UpstreamKind.OPENAI:
        return "/v1/"
    last = prefix.rsplit("/", 1)[-1]
    return f"/{last}/" if last in ("v1", "v1beta") else ""
