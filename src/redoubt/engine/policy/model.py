"""A policy as it is used: checked, compiled once, asked once per segment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from redoubt.domain.decision import Action, Effect
from redoubt.domain.exchange import Direction, Role, Trust
from redoubt.domain.finding import Finding, under


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a text stands and who sends it: all that a rule may choose by, besides the finding itself."""

    direction: Direction = Direction.PROMPT
    role: Role = Role.USER
    trust: Trust = Trust.USER
    app: str = "default"
    principal_roles: frozenset[str] = frozenset({"developer"})
    """All roles of who sends it: a rule that names one of them applies."""
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
            and (not self.principal_roles or not self.principal_roles.isdisjoint(where.principal_roles))
            and (not self.models or any(fnmatchcase(where.model, glob) for glob in self.models))
        )

    @property
    def is_everything(self) -> bool:
        """Tell whether no member narrows the set."""
        return self == Match()


class Point(StrEnum):
    """How many of so many ordinary texts may be taken for what they are not: a promise about a model, whatever its weights."""

    IN_100 = "1-in-100"
    IN_300 = "1-in-300"
    IN_1000 = "1-in-1000"
    IN_10000 = "1-in-10000"

    @property
    def share(self) -> float:
        """The promise as a number."""
        return 1.0 / int(self.value.removeprefix("1-in-"))


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
    point: Point | None = None
    """How rare a finding of a model must be among ordinary texts; what a rule found is asked for as ever."""
    excluded: tuple[str, ...] = ()
    """Prefixes that the rule is not about after all."""
    _below: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _not_below: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_below", _dotted(self.categories))
        object.__setattr__(self, "_not_below", _dotted(self.excluded))

    def applies(self, where: Situation) -> bool:
        """Tell whether the rule applies in this situation."""
        return self.match.covers(where) and not (self.unless is not None and self.unless.covers(where))

    def asks_for(self, finding: Finding) -> bool:
        """Tell whether the rule asks for something because of this finding."""
        return (
            finding.confidence >= self.confidence
            and self.is_about(finding.category)
            and (self.point is None or finding.false_alarm is None or finding.false_alarm <= self.point.share)
        )

    def is_about(self, category: str) -> bool:
        """Tell whether the rule is about findings of ``category``."""
        # As `under` says it, of all prefixes at once.
        dotted = f"{category}."
        return dotted.startswith(self._below) and not dotted.startswith(self._not_below)


def _dotted(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}." if prefix else "" for prefix in prefixes)


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

    AUTO = "auto"
    """`SENTENCE` where a detector judges sentences, else `INCREMENTAL`."""
    INCREMENTAL = "incremental"
    """Released word by word, as soon as it can no longer become a finding; a denial ends the stream where it was seen."""
    SENTENCE = "sentence"
    """The same, sentence by sentence."""
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
class Commitments:
    """What an assistant may promise."""

    allow: tuple[str, ...] = ()
    """Phrases whose sentences may be said, compared by their words."""
    topics: tuple[str, ...] = ("price", "refund", "discount", "legal", "delivery")
    """The kinds of promises that are looked for."""


@dataclass(frozen=True, slots=True)
class Topics:
    """What may be talked about, in plain sentences."""

    allow: tuple[str, ...] = ()
    """Where there are any, what is like none of them is off topic."""
    deny: tuple[str, ...] = ()
    threshold: float = 0.5
    """The cosine from which on a passage is about a topic."""

    def __bool__(self) -> bool:
        """Tell whether there is anything to compare with."""
        return bool(self.allow or self.deny)


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
    streaming: Streaming = Streaming.AUTO
    refusal: str = "This request was stopped by the security policy of your organisation."
    """What a denied caller reads."""
    links: tuple[str, ...] = ()
    """Hosts that links of an answer may tell anything: exact, or ``*.`` and what all lie beneath."""
    commitments: Commitments = Commitments()
    topics: Topics = Topics()
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

    def concerns(self, prefix: str) -> bool:
        """Tell whether a rule may ask for findings of ``prefix``: where none does, nobody need look for them."""
        return any(under(prefix, one) or under(one, prefix) for rule in self.rules for one in rule.categories)

    def asks_about(self, category: str, where: Situation) -> bool:
        """Tell whether any rule that applies in ``where`` is about ``category``."""
        return any(rule.is_about(category) for rule in self.applying(where))

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
