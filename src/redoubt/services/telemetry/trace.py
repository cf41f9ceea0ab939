"""The context of a trace: W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_TRACEPARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_SAMPLED = 0x01


@dataclass(frozen=True, slots=True)
class Span:
    """The place of one exchange in a trace."""

    trace_id: bytes
    """16 bytes."""
    span_id: bytes
    """8 bytes."""
    parent_id: bytes
    """8 bytes; empty where the trace begins here."""
    sampled: bool

    def traceparent(self) -> str:
        """Return the header for whoever is called within this span."""
        return f"00-{self.trace_id.hex()}-{self.span_id.hex()}-{_SAMPLED if self.sampled else 0:02x}"


def span(traceparent: bytes, random: Callable[[int], bytes], sample: float) -> Span:
    """Return a new span: in the caller's trace where its header is one, else the first of a trace.

    Who began the trace said whether it is sampled; of those that begin here the share ``sample`` is, chosen by the trace's id.
    """
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is not None and _valid(found):
        flags = int(found[4], 16)
        return Span(
            bytes.fromhex(found[2].decode()),
            random(8),
            bytes.fromhex(found[3].decode()),
            bool(flags & _SAMPLED),
        )
    trace_id = random(16)
    return Span(trace_id, random(8), b"", int.from_bytes(trace_id[8:]) < sample * 2**64)


def _valid(found: re.Match[bytes]) -> bool:
    """Tell whether the header may be used: a version that may have more fields is read as far as version 00 goes (section 4.3)."""
    version, trace_id, parent_id, _, more = found.groups()
    if version == b"ff" or (version == b"00" and more):
        return False
    return trace_id.strip(b"0") != b"" and parent_id.strip(b"0") != b""
