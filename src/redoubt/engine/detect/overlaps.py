"""The one rule by which overlapping findings are settled.

Of two findings that overlap, the one with the higher confidence stays; of equally sure ones the longer; of equally
long ones the earlier; and then the one that was reported first (detectors report in the order of their rules). What
overlaps nothing that stays, stays.

What a model inferred gives way to what was recognised: of an inferred value only the pieces stay that no recognised one holds, so that a
model can neither hide a key behind a "name" nor tear an address in two. Of two inferred values the stronger stays, and of the weaker
what the stronger does not hold: several models may read one name, and a second opinion takes nothing away.

What judges a passage (an attack, malicious code, a leak) takes no part in this: it stays whatever stands in it, or a word in the passage
that looks like a value could unsay the judgement; nor does it hide the values, or a key in a script would leave with it.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import heappop, heappush
from itertools import pairwise

from redoubt.domain.finding import Finding, judges

_SHORTEST = 3
"""A shorter piece of an inferred value says nothing."""


def settle(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stay, sorted by start; no two values overlap. Findings of no length are dropped."""
    ordered = sorted((f for f in findings if f.start < f.end), key=lambda f: f.start)
    if len(ordered) < 2:
        return tuple(ordered)
    aside = [f for f in ordered if f.inferred or judges(f.category)]
    if not aside:
        return tuple(_strongest(ordered))
    recognised = list(_strongest([f for f in ordered if not (f.inferred or judges(f.category))]))
    inferred = _layered([f for f in aside if f.inferred])
    judgements = [f for f in aside if not f.inferred]
    return tuple(sorted((*judgements, *recognised, *_left(inferred, recognised)), key=lambda f: f.start))


def _strongest(ordered: list[Finding]) -> Iterator[Finding]:
    """Yield the values that stay, of a list that is sorted by start."""
    for group in _overlapping(ordered):
        yield from group if len(group) == 1 else _choose(group)


def _left(inferred: Iterable[Finding], recognised: list[Finding]) -> Iterator[Finding]:
    """Yield what no recognised value holds of the inferred ones; both are sorted and free of overlaps."""
    place = 0
    for finding in inferred:
        while place < len(recognised) and recognised[place].end <= finding.start:
            place += 1
        at, ahead = finding.start, place
        while ahead < len(recognised) and (other := recognised[ahead]).start < finding.end:
            if other.start - at >= _SHORTEST:
                yield replace(finding, start=at, end=other.start)
            at = other.end
            ahead += 1
        if ahead == place or finding.end - at >= _SHORTEST:
            yield replace(finding, start=at)


def _layered(ordered: list[Finding]) -> Iterator[Finding]:
    """Yield, of inferred values sorted by start, each as far as no stronger one covers it; in order."""
    runs: list[tuple[int, int, int]] = []
    at_hand: list[tuple[tuple[float, int, int], int]] = []
    following = 0
    for start, end in pairwise(sorted({place for f in ordered for place in (f.start, f.end)})):
        while following < len(ordered) and ordered[following].start == start:
            heappush(at_hand, (_strength(ordered[following]), following))
            following += 1
        while at_hand and ordered[at_hand[0][1]].end <= start:
            heappop(at_hand)
        if at_hand:
            index = at_hand[0][1]
            goes_on = runs and runs[-1][0] == index and runs[-1][2] == start
            first = runs.pop()[1] if goes_on else start
            runs.append((index, first, end))
    for index, start, end in runs:
        finding = ordered[index]
        if end - start >= _SHORTEST or (start, end) == (finding.start, finding.end):
            yield replace(finding, start=start, end=end)


def _overlapping(ordered: list[Finding]) -> Iterator[list[Finding]]:
    """Cut a list that is sorted by start where nothing overlaps."""
    group: list[Finding] = []
    end = 0
    for finding in ordered:
        if group and finding.start >= end:
            yield group
            group = []
        end = max(end, finding.end) if group else finding.end
        group.append(finding)
    if group:
        yield group


def _choose(group: list[Finding]) -> list[Finding]:
    """Take the strongest first, then whatever still has room."""
    taken: list[tuple[int, int, int]] = []
    for index in sorted(range(len(group)), key=lambda i: _strength(group[i])):
        finding = group[index]
        place = bisect_left(taken, (finding.end,))
        if not place or taken[place - 1][1] <= finding.start:
            insort(taken, (finding.start, finding.end, index))
    return [group[index] for _, _, index in taken]


def _strength(finding: Finding) -> tuple[float, int, int]:
    """Sort key: the stronger the smaller."""
    return -finding.confidence, finding.start - finding.end, finding.start
