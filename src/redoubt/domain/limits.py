"""The words of limits: what the operator allows, of what, to whom."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

MICRO = 1_000_000
"""Units in which cost is counted, in one unit of the currency: whole numbers, so that nothing is lost in adding."""


class LimitScope(StrEnum):
    """What has a count of its own."""

    KEY = "key"
    PRINCIPAL = "principal"
    APP = "app"
    MODEL = "model"
    ALL = "all"
    """Everything together has one count."""


class LimitUnit(StrEnum):
    """What is counted."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    COST = "cost"
    """In millionths of the currency of the prices."""
    CONCURRENT = "concurrent"
    """Exchanges under way at the same time."""


class Period(StrEnum):
    """Over what time it is counted. Day and month are those of the calendar, in UTC."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class Estimating(StrEnum):
    """How the tokens of a prompt are estimated before the provider counts them."""

    SAFE = "safe"
    """One for each byte of the request: there are never more."""
    TYPICAL = "typical"
    """One for each three bytes: mostly more than there are, not always."""


class Unpriced(StrEnum):
    """What a limit on cost does about a model that has no price."""

    REFUSE = "refuse"
    IGNORE = "ignore"


OWN_LIMITS = ("per_second", "per_minute")
"""Ids of the limits that keys and ``[server]`` bring."""
PER_SECOND, PER_MINUTE = 50, 1500
"""Requests of a key that neither it nor ``[server]`` limits: protection against floods."""
LENGTHS = {Period.SECOND: 1_000, Period.MINUTE: 60_000, Period.HOUR: 3_600_000, Period.DAY: 86_400_000}
"""Milliseconds of the periods that have always the same length."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One entry of ``[[limits]]``."""

    id: str
    """For messages, headers, metrics and the log."""
    scope: LimitScope
    unit: LimitUnit
    amount: int
    """In units (of cost: millionths). Of tokens, requests and cost per `per`; of concurrent exchanges at any time."""
    per: Period | None = None
    """None for concurrent exchanges alone."""
    burst: int = 0
    """0: never more than `amount` in any such interval. Else how much may come at once, at a steady rate of `amount` per `per`."""
    match: tuple[tuple[LimitScope, tuple[str, ...]], ...] = ()
    """What it is about: for each scope named here the globs one of which must fit; nothing: everything."""
    shadow: bool = False
    """Count and record, do not refuse."""
    local: bool = False
    """Nobody set it: each gateway process counts for itself, so that no flood gets through and no store need answer."""

    @property
    def by_model(self) -> bool:
        """Tell whether the model must be known before it is known if and where this limit applies."""
        return self.scope is LimitScope.MODEL or any(scope is LimitScope.MODEL for scope, _ in self.match)


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in millionths of the currency for a million tokens."""

    match: str
    """A glob of the model's name."""
    input: int
    output: int
    max_output_tokens: int = 0
    """The most that the model answers where a request does not say; 0: not known."""

    def cost(self, input_tokens: int, output_tokens: int) -> int:
        """Return what so many tokens cost, in millionths of the currency, rounded up.

        >>> Price("m", input=2_500_000, output=10_000_000).cost(1000, 10)
        2600
        """
        return -((input_tokens * self.input + output_tokens * self.output) // -MICRO)


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices that the operator keeps."""

    currency: str = ""
    prices: tuple[Price, ...] = ()
    """In the order of the file: the first whose glob fits is the price."""


NO_PRICES = PriceList()


def span(seconds: float) -> str:
    """Return how long something takes in the two largest units that matter, rounded up: nobody is told too little.

    >>> span(0.354), span(41.2), span(599), span(85_784), span(2_000_000)
    ('0.36 s', '42 s', '10 min', '23 h 50 min', '23 d 4 h')
    """
    if seconds < 10:
        return f"{ceil(seconds * 100) / 100:g} s"
    if seconds <= 120:
        return f"{ceil(seconds)} s"
    minutes = ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return _of_two(minutes, 60, "h", "min")
    return _of_two(ceil(minutes / 60), 24, "d", "h")


def _of_two(small: int, each: int, large_name: str, small_name: str) -> str:
    whole, rest = divmod(small, each)
    return f"{whole} {large_name} {rest} {small_name}" if rest else f"{whole} {large_name}"


def money(micro: int) -> str:
    """Return an amount of cost as a decimal number.

    >>> money(2_600), money(25_000_000), money(-1)
    ('0.0026', '25', '-0.000001')
    """
    whole, rest = divmod(abs(micro), MICRO)
    decimals = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{'-' if micro < 0 else ''}{whole}{decimals}"
