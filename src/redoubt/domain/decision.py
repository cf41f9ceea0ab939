"""What the policy decision point answers."""

from dataclasses import dataclass
from enum import IntEnum

from redoubt.domain.finding import Finding


class Effect(IntEnum):
    """What becomes of the exchange, in ascending strictness."""

    ALLOW = 0
    HOLD = 1
    """Nothing goes on until a person with the right to do so has approved it."""
    DENY = 2


class Action(IntEnum):
    """What a rule asks for one finding, in ascending strictness; of several rules the strictest wins."""

    FLAG = 0
    """Record it; change nothing."""
    PSEUDONYMISE = 1
    """Replace by a pseudonym that is turned back for the user who wrote it."""
    MASK = 2
    """Keep the last four characters."""
    HASH = 3
    """Replace by a keyed hash: equal values stay equal, nothing can be read."""
    REDACT = 4
    """Replace by the name of its category, for good."""
    HOLD = 5
    DENY = 6


CHANGES = frozenset({Action.PSEUDONYMISE, Action.MASK, Action.HASH, Action.REDACT})
"""The actions that change the text."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """What must be done to one finding's span before the text may go on."""

    finding: Finding
    action: Action
    rule: str
    """Id of the policy rule that asks for it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An effect, what must be done to honour it, and why."""

    effect: Effect = Effect.ALLOW
    obligations: tuple[Obligation, ...] = ()
    reasons: tuple[str, ...] = ()
    """Ids of the policy rules that contributed, in the order of the policy."""
    errors: tuple[str, ...] = ()
    """Ids of the detectors that could not answer; `Policy.on_failure` says what that means."""

    @property
    def outcome(self) -> str:
        """The word a caller sees: ``allow``, ``redact``, ``hold`` or ``deny``."""
        return outcome(self.effect, changed=any(o.action in CHANGES for o in self.obligations))


def outcome(effect: Effect, *, changed: bool) -> str:
    """Return the word a caller sees, for an effect and whether the text was changed."""
    if effect is Effect.ALLOW:
        return "redact" if changed else "allow"
    return "hold" if effect is Effect.HOLD else "deny"
