"""Which upstream serves a request."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import translate

from redoubt.domain.settings import UpstreamKind, UpstreamSettings
from redoubt.pipeline.upstream import Upstream
from redoubt.surfaces.gateway.problems import NotServedError

_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class NamedUpstream:
    """A provider and what the operator says of it."""

    settings: UpstreamSettings
    upstream: Upstream
    instructions: str = ""
    """What its own side tells the model, as far as the operator knows it."""

    def speaks(self, kind: UpstreamKind) -> bool:
        """Tell whether it speaks the protocol; the practice model speaks all."""
        return self.settings.kind in (kind, UpstreamKind.PRACTICE)

    def serves(self, model: str) -> bool:
        """Tell whether one of its globs fits the model's name, upper and lower case told apart."""
        return any(re.match(translate(glob), model) for glob in self.settings.models)


class Upstreams:
    """All providers, in the order of the configuration: the first that fits is used."""

    def __init__(self, upstreams: Sequence[NamedUpstream]) -> None:
        self._upstreams = tuple(upstreams)
        self._known: dict[tuple[UpstreamKind, str], NamedUpstream] = {}

    def choose(self, kind: UpstreamKind, model: str) -> NamedUpstream:
        """Return the first upstream that speaks ``kind`` and serves ``model``.

        Raises NotServedError (404).
        """
        chosen = self._known.get((kind, model))
        if chosen is not None:
            return chosen
        for upstream in self.speaking(kind):
            if upstream.serves(model):
                if len(self._known) < _REMEMBERED:
                    self._known[kind, model] = upstream
                return upstream
        raise NotServedError(404, "model_not_found", self._missing(kind))

    def speaking(self, kind: UpstreamKind) -> tuple[NamedUpstream, ...]:
        """Return all upstreams that speak ``kind``."""
        return tuple(upstream for upstream in self._upstreams if upstream.speaks(kind))

    def all(self) -> tuple[NamedUpstream, ...]:
        """Return all upstreams."""
        return self._upstreams

    async def aclose(self) -> None:
        """Close all connections to all upstreams."""
        for named in self._upstreams:
            await named.upstream.aclose()

    def _missing(self, kind: UpstreamKind) -> str:
        globs = [glob for upstream in self.speaking(kind) for glob in upstream.settings.models]
        if not globs:
            return f"no upstream of kind '{kind.value}' is configured; add one under [upstreams]"
        return f"no upstream serves this model; configured for '{kind.value}' are: {', '.join(globs)}"
