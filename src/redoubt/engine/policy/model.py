"""A policy as it is used: checked, compiled once, asked once per segment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from redoubt.domain.decision import Action, Effect
from redoubt.domain.exchange import Direction, Role, Trust
from redoubt.domain.finding import under


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a text stands and who sends it: all that a rule may choose by, besides the finding itself."""

    direction: Direction = Direction.PROMPT
    role: Role = Role.USER
    trust: Trust = Trust.USER
    app: str = "default"
    principal_role: str = "developer"
    model: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A set of situations. An empty member matches everything; models are globs, all else is exact."""

    direction: frozenset[Direction] = frozenset()
    roles: frozenset[Role] = frozenset()
    trust: frozenset[Trust] = frozenset()
    apps: frozenset[str] = frozenset()
    principal_roles: frozenset[str] = frozenset()
    models: tuple[str, ...] = ()

    def covers(self, where: Situation) -> bool:
        """Tell whether ``where`` is one of the set."""
        return (
            (not self.direction or where.direction in self.direction)
            and (not self.roles or where.role in self.roles)
            and (not self.trust or where.trust in self.trust)
            and (not self.apps or where.app in self.apps)
            and (not self.principal_roles or where.principal_role in self.principal_roles)
            and (not self.models or any(fnmatchcase(where.model, glob) for glob in self.models))
        )

    @property
    def is_everything(self) -> bool:
        """Tell whether no member narrows the set."""
        return self == Match()


@dataclass(frozen=True, slots=True)
class Rule:
    """For findings of ``categories`` in the situations of ``match``, ask for ``action``."""

    id: str
    categories: tuple[str, ...]
    """Prefixes, with groups already resolved; ``""`` is every category."""
    action: Action
    confidence: float = 0.5
    """The least confidence a finding must have."""
    match: Match = Match()
    unless: Match | None = None
    """Situations in which the rule does not apply after all."""
    _below: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "_below", tuple(f"{prefix}." if prefix else "" for prefix in self.categories)
        )

    def applies(self, where: Situation) -> bool:
        """Tell whether the rule applies in this situation."""
        return self.match.covers(where) and not (self.unless is not None and self.unless.covers(where))

    def asks_for(self, category: str, confidence: float) -> bool:
        """Tell whether the rule is about this kind of finding."""
        # As `under` says it, of all prefixes at once.
        return confidence >= self.confidence and f"{category}.".startswith(self._below)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A value that is known and harmless: the company's own switchboard number, a documented test card."""

    value: str
    """Compared whole, case-insensitively, against the finding's text."""
    categories: tuple[str, ...] = ("",)


class Uninspectable(StrEnum):
    """What is done about a part that holds no text we can read."""

    ALLOW = "allow"
    FLAG = "flag"
    DENY = "deny"


class PseudonymStyle(StrEnum):
    """What a pseudonym looks like."""

    TOKEN = "token"  # noqa: S105 - a word of the policy language, not a credential
    SURROGATE = "surrogate"


class Streaming(StrEnum):
    """How a streamed answer is inspected."""

    INCREMENTAL = "incremental"
    """Released as soon as it can no longer become a finding; a denial ends the stream where it was seen."""
    BUFFERED = "buffered"
    """Held until the whole answer has been inspected."""


class Spotlight(StrEnum):
    """Which texts are marked as data before a model reads them."""

    OFF = "off"
    EXTERNAL = "external"
    """Documents, what tools answered."""
    ALL = "all"
    """What the user wrote as well."""


class SpotlightStyle(StrEnum):
    """How a text is marked as data (`redoubt.engine.redact.spotlight`)."""

    DELIMIT = "delimit"
    DATAMARK = "datamark"
    ENCODE = "encode"


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules, exceptions, and what to do where there is no answer."""

    name: str
    digest: str
    """First 16 hexadecimal digits of the SHA-256 of what it was compiled from; stands in every audit entry."""
    rules: tuple[Rule, ...]
    allowed: tuple[Allowed, ...] = ()
    on_failure: Action = Action.DENY
    """What a detector that could not answer means: DENY, HOLD or FLAG."""
    uninspectable: Uninspectable = Uninspectable.FLAG
    pseudonyms: PseudonymStyle = PseudonymStyle.TOKEN
    streaming: Streaming = Streaming.INCREMENTAL
    refusal: str = "This request was stopped by the security policy of your organisation."
    """What a denied caller reads."""
    shareable: tuple[str, ...] = ()
    """Texts of the operator's own instructions that may stand in answers."""
    canary: bool = False
    """Whether each request's instructions get a marker that tells where they are repeated."""
    spotlight: Spotlight = Spotlight.OFF
    spotlight_style: SpotlightStyle = SpotlightStyle.DELIMIT
    _applying: Callable[[Situation], tuple[Rule, ...]] = field(init=False, repr=False, compare=False)
    _excused: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rules = self.rules

        @lru_cache(maxsize=4096)
        def applying(where: Situation) -> tuple[Rule, ...]:
            return tuple(rule for rule in rules if rule.applies(where))

        object.__setattr__(self, "_applying", applying)
        object.__setattr__(self, "_excused", frozenset(a.value.casefold() for a in self.allowed))

    @property
    def version(self) -> str:
        """Name and digest, as audit entries quote them."""
        return f"{self.name}@{self.digest}"

    def applying(self, where: Situation) -> tuple[Rule, ...]:
        """Return the rules that apply in ``where``, in the order of the policy."""
        return self._applying(where)

    def asks_about(self, category: str, where: Situation) -> bool:
        """Tell whether any rule that applies in ``where`` is about ``category``."""
        return any(rule.asks_for(category, 1.0) for rule in self.applying(where))

    def excuses(self, category: str, value: str) -> bool:
        """Tell whether ``value`` is on the list of what is allowed for ``category``."""
        if not self._excused:
            return False
        folded = value.casefold()
        return folded in self._excused and any(
            folded == entry.value.casefold() and any(under(category, prefix) for prefix in entry.categories)
            for entry in self.allowed
        )


EFFECT_OF = {Action.HOLD: Effect.HOLD, Action.DENY: Effect.DENY}
"""The actions that stop an exchange, and how."""
