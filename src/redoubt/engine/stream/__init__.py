"""Incremental inspection and restoring of a streamed answer. See docs/design/005-streaming.md."""

from redoubt.engine.stream.lane import LaneStream

__all__ = ["LaneStream"]
