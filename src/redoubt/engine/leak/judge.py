"""From what an answer shares with the operator's text to findings: what was told, how much of it, and how sure that is a leak.

A leak is the operator's *orders* as the operator wrote them. Facts (opening hours, prices, what a tool does) stand in the same text to be
told, and who the assistant is it may say in its own words; so each sentence has a weight by its kind, and an order told without its
beginning ("I cannot give legal advice" for "Never give legal advice ...") weighs half. What was disguised weighs whole, whatever it is:
nobody hides a fact that is there to be told.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from redoubt.engine.leak.operator import OperatorText
from redoubt.engine.leak.sentences import Kind, Unit

NEEDED = 8.0
"""Words of an order, small words not counted, that make a leak certain."""
NEAR = 160
"""Characters of the answer between two stretches that are one finding."""
LEAST_SHARE = 0.5
"""A sentence of which less was told counts for nothing."""
_TOLD = {Kind.HUSHED: 0.7, Kind.ORDER: 0.5, Kind.IDENTITY: 0.2, Kind.TOOL: 0.3, Kind.FACT: 0.1}
"""Weight of a sentence that was told."""
_QUOTED = {Kind.HUSHED: 1.0, Kind.ORDER: 1.0, Kind.IDENTITY: 0.8, Kind.TOOL: 0.3, Kind.FACT: 0.1}
"""Weight of a sentence that was told from its beginning on."""
_ANNOUNCED = {Kind.HUSHED: 1.0, Kind.ORDER: 1.0, Kind.IDENTITY: 1.0, Kind.TOOL: 0.7, Kind.FACT: 0.6}
"""Weight of a sentence that follows words like "my instructions are"."""
_HEAD = 3
"""Words that are a sentence's beginning; two of them are enough."""
_VERBATIM = 11
"""Words in a row that nobody says by accident, small words counted."""


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of the answer and the operator's words in it."""

    start: int
    end: int
    words: Collection[int]
    view: str = ""
    """How it was disguised; empty: not at all."""
    own: bool = False
    """Whether the assistant speaks of itself: "I" stands in front. Then it says what it does, not what it was told."""


@dataclass(slots=True)
class Stretch:
    """Neighbouring matches."""

    start: int
    end: int
    words: set[int] = field(default_factory=set)
    own: set[int] = field(default_factory=set)
    """Those of the words that the assistant says of itself."""
    view: str = ""
    share: float = 0.0
    evidence: float = 0.0

    @property
    def confidence(self) -> float:
        """Share of the operator's sentences that was told, as far as that is enough to go by."""
        return self.share * min(1.0, self.evidence / NEEDED)


def stretches(
    matches: Sequence[Match], operator: OperatorText, known: Collection[int], cues: Sequence[int]
) -> Iterator[Stretch]:
    """Yield what was told, stretch by stretch, in order of start.

    ``known`` are words that the user knows already; ``cues`` are places of the answer where it says that it tells its instructions.
    """
    judged = [stretch for stretch in _joined(matches) if _judge(stretch, operator, known, cues)]
    total = sum(stretch.evidence for stretch in judged)
    for stretch in judged:
        # What stands elsewhere in the answer speaks against this stretch too.
        stretch.evidence += (total - stretch.evidence) / 2
        yield stretch


def _joined(matches: Sequence[Match]) -> Iterator[Stretch]:
    current: Stretch | None = None
    for match in sorted(matches, key=lambda m: (m.start, m.end)):
        if current is None or match.start > current.end + NEAR:
            if current is not None:
                yield current
            current = Stretch(match.start, match.end)
        current.end = max(current.end, match.end)
        current.words.update(match.words)
        if match.own:
            current.own.update(match.words)
        current.view = current.view or match.view
    if current is not None:
        yield current


def _judge(stretch: Stretch, operator: OperatorText, known: Collection[int], cues: Sequence[int]) -> bool:
    """Weigh a stretch; tell whether anything counts."""
    cue = bisect_left(cues, stretch.start - 2 * NEAR)
    announced = cue < len(cues) and cues[cue] < stretch.end
    told: dict[int, float] = {}
    for number in stretch.words:
        if number not in known:
            index = operator.unit_of[number]
            told[index] = told.get(index, 0.0) + operator.weights[number]
    covered = whole = 0.0
    for index, heavy in told.items():
        unit = operator.units[index]
        total = sum(operator.weights[n] for n in range(unit.first, unit.last) if n not in known)
        if heavy <= 0.0 or heavy < LEAST_SHARE * total:
            continue
        covered, whole = covered + heavy, whole + total
        stretch.evidence += heavy * _weight(unit, stretch, announced)
    stretch.share = covered / whole if whole else 0.0
    return stretch.evidence > 0.0


def _weight(unit: Unit, stretch: Stretch, announced: bool) -> float:
    if stretch.view:
        return 1.0
    if announced:
        return _ANNOUNCED[unit.kind]
    quoted = _has_head(unit, stretch)
    if not quoted and unit.kind in (Kind.HUSHED, Kind.ORDER):
        quoted = _longest(unit, stretch.words) >= _VERBATIM
    return (_QUOTED if quoted else _TOLD)[unit.kind]


def _has_head(unit: Unit, stretch: Stretch) -> bool:
    """Tell whether the unit's first words were told, and not of the assistant itself."""
    head = range(unit.first, min(unit.last, unit.first + _HEAD))
    return sum(number in stretch.words and number not in stretch.own for number in head) >= min(2, len(head))


def _longest(unit: Unit, words: Collection[int]) -> int:
    """Return how many words of the unit stand in a row."""
    longest = row = 0
    for number in range(unit.first, unit.last):
        row = row + 1 if number in words else 0
        longest = max(longest, row)
    return longest
