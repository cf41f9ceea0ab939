"""The inspection of one answer: every text of it, whole or growing, on its way from the model to the user."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from redoubt.domain.decision import CHANGES, Decision, Effect
from redoubt.domain.errors import OverdueError
from redoubt.domain.exchange import Role, Segment, Syntax, Trust, Uninspectable
from redoubt.engine.detect.interface import Unit
from redoubt.engine.policy.model import Situation
from redoubt.engine.policy.model import Uninspectable as Opaque
from redoubt.engine.redact.restore import Restorer
from redoubt.engine.stream import LaneStream
from redoubt.engine.stream.sentences import LONGEST
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.rewrite import Rewriter


@dataclass(slots=True)
class _Lane:
    """One text that grows."""

    model: Segment
    """The segment without its text."""
    stream: LaneStream
    received: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided about an answer, and what of it may be kept."""

    decisions: tuple[tuple[str, Decision], ...]
    """By path: the decisions that found anything or failed."""
    safe: tuple[Segment, ...]
    """The answer redacted, with the pseudonyms the model wrote."""

    @property
    def redacted(self) -> bool:
        """Tell whether anything was taken out of the answer (turning pseudonyms back is not that)."""
        return any(o.action in CHANGES for _, d in self.decisions for o in d.obligations)


class AnswerLanes:
    """What one answer holds, what was decided about it, and what of it may be seen.

    Implements the `Lanes` that wire codecs feed. Once anything is denied or held, nothing more is released in any lane.
    """

    __slots__ = (
        "_buffered",
        "_inspector",
        "_lanes",
        "_restorer",
        "_rewriter",
        "_ruled",
        "_unit",
        "_where",
        "effect",
        "inspections",
        "restored",
        "uninspectable",
    )

    def __init__(
        self,
        inspector: Inspector,
        where: Situation,
        restorer: Restorer,
        rewriter: Rewriter,
        *,
        unit: Unit = Unit.WORD,
        buffered: bool = False,
    ) -> None:
        """``where`` says direction, caller and model; ``unit`` what pieces a lane is cut into; ``buffered`` holds it until it is whole."""
        self._inspector, self._where = inspector, where
        self._restorer, self._rewriter = restorer, rewriter
        self._unit = unit
        self._buffered = buffered
        self._lanes: dict[str, _Lane] = {}
        self._ruled: dict[str, tuple[Segment, Decision]] = {}
        self.effect = Effect.ALLOW
        """The strictest effect so far."""
        self.inspections = 0
        """How many texts were inspected so far."""
        self.restored: dict[str, str] = {}
        """By path: the whole segments that read differently for the user."""
        self.uninspectable: tuple[Uninspectable, ...] = ()

    @property
    def denied(self) -> bool:
        """Tell whether nothing more may be released: denied, or held for a person."""
        return self.effect is not Effect.ALLOW

    @property
    def received(self) -> int:
        """Characters that were fed so far."""
        return sum(len(text) for lane in self._lanes.values() for text in lane.received)

    def may_inspect(self, characters: int) -> bool:
        """Tell whether feeding so many more may lead to an inspection, taken that no sentence and no line ends among them."""
        if self._buffered or self.effect is not Effect.ALLOW:
            return False
        return characters > LONGEST or any(
            lane.stream.may_complete(characters) for lane in self._lanes.values() if not lane.closed
        )

    def feed(self, lane: str, text: str, role: Role, syntax: Syntax) -> str:
        """See `Lanes.feed`."""
        if self.effect is not Effect.ALLOW:
            return ""
        known = self._lanes.get(lane)
        if known is None:
            known = self._lanes[lane] = self._open(lane, role, syntax)
        known.received.append(text)
        if self._buffered:
            return ""
        return self._released(known, known.stream.feed(text))

    def close(self, lane: str) -> str:
        """See `Lanes.close`."""
        known = self._lanes.get(lane)
        if known is None or known.closed or self.effect is not Effect.ALLOW:
            return ""
        known.closed = True
        if not self._buffered:
            return self._released(known, known.stream.close())
        segment = replace(known.model, text="".join(known.received))
        return self._released(known, self._whole(segment))

    def released(self, lane: str) -> str:
        """See `Lanes.released`."""
        known = self._lanes.get(lane)
        return "".join(known.released) if known else ""

    def replaced(self, lane: str, text: str, role: Role, syntax: Syntax) -> str:
        """See `Lanes.replaced`."""
        return self._whole(Segment(text, role, Trust.MODEL, lane, syntax))

    def note_uninspectable(self, part: Uninspectable) -> None:
        """See `Lanes.note_uninspectable`; where policy denies such parts, the answer ends here."""
        self.uninspectable += (part,)
        if self._inspector.policy.uninspectable is Opaque.DENY:
            self.effect = Effect.DENY

    def whole(self, segment: Segment) -> None:
        """Inspect a segment of a whole answer; `restored` then says how the user reads it."""
        text = self._whole(segment)
        if text != segment.text:
            self.restored[segment.path] = text

    def settle(self) -> "Settled":
        """Return what is to be recorded. The answer is over: nothing is fed any more."""
        settled = self._settled()
        return Settled(
            decisions=tuple((segment.path, d) for segment, d in settled if d.obligations or d.errors),
            safe=tuple(
                replace(segment, text=self._rewriter.rewrite(segment.text, d, segment.syntax))
                if d.obligations
                else segment
                for segment, d in settled
            ),
        )

    def _open(self, lane: str, role: Role, syntax: Syntax) -> _Lane:
        model = Segment("", role, Trust.MODEL, lane, syntax)

        def inspect(text: str) -> Decision:
            return self._judge(replace(model, text=text), remember=False)

        stream = LaneStream(inspect, self._restorer, self._rewriter.methods, syntax, self._unit)
        return _Lane(model, stream)

    def _judge(
        self, segment: Segment, known: Sequence[tuple[int, int]] = (), *, remember: bool = True
    ) -> Decision:
        """Decide about a text of the answer; should that raise, nothing more is released."""
        before, self.effect = self.effect, Effect.DENY
        decision = self._inspector.inspect(segment, self._where, known=known, remember=remember)
        self.effect = before
        self.inspections += 1
        return decision

    def _released(self, lane: _Lane, text: str) -> str:
        if lane.stream.effect > self.effect:
            self.effect = lane.stream.effect
        if self.effect is not Effect.ALLOW:
            return ""
        if text:
            lane.released.append(text)
        return text

    def _whole(self, segment: Segment) -> str:
        known = tuple(self._restorer.matches(segment.text)) if self._restorer else ()
        decision = self._judge(segment, known)
        self._ruled[segment.path] = (segment, decision)
        if decision.effect > self.effect:
            self.effect = decision.effect
        if self.effect is not Effect.ALLOW:
            return ""
        text = segment.text
        if decision.obligations:
            text = self._rewriter.rewrite(text, decision, segment.syntax)
        return self._restorer.restore(text, segment.syntax) if self._restorer else text

    def _settled(self) -> list[tuple[Segment, Decision]]:
        """Return each text with what was decided about it."""
        settled = list(self._ruled.values())
        for path, lane in self._lanes.items():
            if path in self._ruled:
                continue
            segment = replace(lane.model, text="".join(lane.received))
            if self.effect is Effect.ALLOW and lane.closed and not self._buffered:
                settled.append((segment, lane.stream.decision))
            else:
                # It broke off in the middle: what had not been inspected yet is inspected now, for the record.
                known = tuple(self._restorer.matches(segment.text)) if self._restorer else ()
                with suppress(OverdueError):  # what there was no time to inspect is not kept
                    settled.append((segment, self._inspector.inspect(segment, self._where, known=known)))
        return settled
