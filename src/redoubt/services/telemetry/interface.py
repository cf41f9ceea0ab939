"""What is seen of an exchange, and who sees it."""

from dataclasses import dataclass
from typing import Protocol

from redoubt.services.telemetry.trace import Span


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange that is over."""

    span: Span
    exchange: str
    begun_at: float
    """Seconds since the epoch."""
    seconds: float
    api: str
    """The wire protocol, e.g. ``openai.chat``."""
    status: int
    decision: str
    provider: str = ""
    """The kind of the upstream, as the configuration has it."""
    upstream: str = ""
    model: str = ""
    policy: str = ""
    categories: tuple[str, ...] = ()
    response_model: str = ""
    finish_reasons: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    stream: bool = False


class Telemetry(Protocol):
    """Takes note of exchanges. Nothing here waits, and nothing raises."""

    @property
    def forwards(self) -> bool:
        """Whether the provider gets the trace context."""

    def begin(self, traceparent: bytes) -> Span:
        """Return the span of an exchange that begins; ``traceparent`` is the caller's header, empty where it sent none."""

    def end(self, seen: Seen) -> None:
        """Take note of an exchange that is over."""
