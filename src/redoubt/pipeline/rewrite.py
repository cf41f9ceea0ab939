"""From decisions to texts: carries out the obligations on all segments of one exchange, with one set of pseudonyms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from redoubt.domain.decision import Action, Decision, Effect, outcome
from redoubt.domain.exchange import Segment, Syntax
from redoubt.domain.pseudonym import Alias
from redoubt.engine.policy.model import EFFECT_OF, PseudonymStyle, Situation
from redoubt.engine.redact.apply import apply
from redoubt.engine.redact.methods import Methods
from redoubt.engine.redact.pseudonyms import Pseudonymiser
from redoubt.engine.redact.runs import widened
from redoubt.pipeline.inspector import Inspector


class Rewriter:
    """Knows what stands for what in one exchange."""

    __slots__ = ("_key", "_known", "_pseudonymiser", "_style", "_texts", "methods")

    def __init__(
        self,
        *,
        key: bytes | Callable[[], bytes],
        hash_key: bytes,
        style: PseudonymStyle = PseudonymStyle.TOKEN,
        known: tuple[Alias, ...] = (),
        texts: tuple[str, ...] = (),
    ) -> None:
        """``key`` may be a function that derives it: it is called where a value is to be stood in for, and most exchanges hold none."""
        self._key, self._style = key, style
        self._known, self._texts = known, texts
        self.methods = Methods(hash_key, self._pseudonym)
        """Writes what an obligation asks for."""
        # Made when first needed: most exchanges hold nothing to stand in for.
        self._pseudonymiser: Pseudonymiser | None = None

    def _open(self) -> Pseudonymiser:
        if self._pseudonymiser is None:
            key = self._key if isinstance(self._key, bytes) else self._key()
            self._pseudonymiser = Pseudonymiser(
                key, style=self._style.value, known=self._known, taken=self._texts
            )
        return self._pseudonymiser

    def rewrite(self, text: str, decision: Decision, syntax: Syntax) -> str:
        """Return ``text`` with every obligation carried out; a span that was denied or held is redacted, for the record."""
        duties = [
            replace(duty, action=Action.REDACT) if duty.action in EFFECT_OF else duty
            for duty in decision.obligations
            if duty.action is not Action.FLAG
        ]
        if not duties:
            return text
        return apply(text, tuple(widened(text, duties)), syntax=syntax, replace=self.methods).text

    def _pseudonym(self, category: str, value: str) -> str:
        return self._open().pseudonym(category, value)

    def issued(self) -> tuple[Alias, ...]:
        """Return the aliases that are new in this exchange."""
        return self._pseudonymiser.issued() if self._pseudonymiser else ()

    def aliases(self) -> tuple[Alias, ...]:
        """Return all aliases that may be turned back in this exchange."""
        return self._open().aliases() if self._pseudonymiser or self._known else ()


@dataclass(frozen=True, slots=True)
class Ruled:
    """What was decided about the segments of a prompt, and what they read now."""

    effect: Effect
    changes: dict[str, str]
    """By path: the segments that read differently."""
    decisions: tuple[tuple[str, Decision], ...]
    """By path: the decisions that found anything or failed."""
    safe: tuple[Segment, ...]
    """All segments as they go on, or would: what may be kept."""

    @property
    def outcome(self) -> str:
        """The word a caller sees."""
        return outcome(self.effect, changed=bool(self.changes))


def rule_prompt(
    inspector: Inspector, where: Situation, segments: Sequence[Segment], rewriter: Rewriter
) -> Ruled:
    """Decide about each segment and carry out what was decided."""
    effect = Effect.ALLOW
    changes: dict[str, str] = {}
    decisions: list[tuple[str, Decision]] = []
    safe: list[Segment] = []
    for segment in segments:
        decision = inspector.inspect(segment, where)
        if decision.obligations or decision.errors:
            decisions.append((segment.path, decision))
            effect = max(effect, decision.effect)
            text = rewriter.rewrite(segment.text, decision, segment.syntax)
            if text != segment.text:
                changes[segment.path] = text
                segment = replace(segment, text=text)
        safe.append(segment)
    return Ruled(effect, changes, tuple(decisions), tuple(safe))
