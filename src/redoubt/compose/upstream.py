"""The models behind the gateway."""

from typing import TYPE_CHECKING

from redoubt.domain.settings import Settings, UpstreamKind, UpstreamSettings

if TYPE_CHECKING:
    from redoubt.pipeline.upstream import Upstream


def upstreams(of: Settings) -> "dict[str, Upstream]":
    """Return a client for each upstream, by name."""
    from redoubt.adapters.http.bounds import Bounds
    from redoubt.adapters.practice.upstream import PracticeUpstream
    from redoubt.adapters.providers.upstream import HttpUpstream

    bounds = Bounds(
        connect_timeout=of.server.upstream_connect_timeout,
        read_timeout=of.server.upstream_read_timeout,
        max_body=of.server.max_answer_bytes,
    )

    return {
        each.name: PracticeUpstream()
        if each.kind is UpstreamKind.PRACTICE
        else HttpUpstream(each, bounds=bounds)
        for each in of.upstreams
    }


def instructions(of: UpstreamSettings) -> str:
    """Return what an upstream's own side tells the model; the practice model's is known."""
    from redoubt.adapters.practice.world import SYSTEM_PROMPT

    known = SYSTEM_PROMPT if of.kind is UpstreamKind.PRACTICE else ""
    return "\n".join(filter(None, (known, of.instructions)))
