"""What telemetry gets to see of an exchange: names and numbers."""

from typing import Any

from redoubt.domain.evidence import Entry
from redoubt.pipeline.phases import Call
from redoubt.services.telemetry.interface import Seen
from redoubt.services.telemetry.trace import Span

MAX_CHOICES = 16
"""Reasons of one answer that are told."""


class Observed:
    """Collects what one exchange leaves behind on its way; reading it is left for the end."""

    __slots__ = ("body", "call", "entry", "provider", "span", "stream")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.call: Call | None = None
        self.entry: Entry | None = None
        """The last one that was recorded: the answer's where there was an answer."""
        self.body: Any = None
        """A whole answer, as the provider sent it."""
        self.provider = ""
        self.stream = False

    def seen(self, *, status: int, decision: str, now: float, seconds: float) -> Seen | None:
        """Return the exchange as it was seen; None where it was over before a model could be asked."""
        call, entry = self.call, self.entry
        if call is None:
            return None
        return Seen(
            span=self.span,
            exchange=call.exchange,
            begun_at=now - seconds,
            seconds=seconds,
            api=call.api,
            status=status,
            decision=decision,
            provider=self.provider,
            upstream=call.upstream,
            model=call.model,
            policy=entry.policy if entry else "",
            categories=tuple(dict.fromkeys(r.finding.category for r in entry.findings)) if entry else (),
            response_model=_text(_member(self.body, "model") or _member(self.body, "modelVersion")),
            finish_reasons=finish_reasons(self.body),
            input_tokens=entry.input_tokens if entry else None,
            output_tokens=entry.output_tokens if entry else None,
            stream=self.stream,
        )


def finish_reasons(body: Any) -> tuple[str, ...]:
    """Return why the model stopped, once for each choice, in the provider's own words; empty where the answer does not say.

    OpenAI: ``choices[].finish_reason``, or ``status`` of a response; Anthropic: ``stop_reason``; Gemini: ``candidates[].finishReason``.
    """
    for rows, reason in (("choices", "finish_reason"), ("candidates", "finishReason")):
        found = _member(body, rows)
        if isinstance(found, list):
            said = (_text(_member(row, reason)) for row in found[:MAX_CHOICES])
            return tuple(filter(None, said))
    return tuple(filter(None, (_text(_member(body, "stop_reason")) or _text(_member(body, "status")),)))


def _member(of: Any, name: str) -> Any:
    return of.get(name) if isinstance(of, dict) else None


def _text(of: Any) -> str:
    return of if isinstance(of, str) else ""
