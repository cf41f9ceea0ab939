"""The one rule by which overlapping findings are settled.

Of two findings that overlap, the one with the higher confidence stays; of equally sure ones the longer; of equally
long ones the earlier; and then the one that was reported first (detectors report in the order of their rules). What
overlaps nothing that stays, stays.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from redoubt.domain.finding import Finding


def settle(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stay, sorted by start; no two of them overlap. Findings of no length are dropped."""
    ordered = sorted((f for f in findings if f.start < f.end), key=lambda f: f.start)
    if len(ordered) < 2:
        return tuple(ordered)
    settled: list[Finding] = []
    for group in _overlapping(ordered):
        settled.extend(group if len(group) == 1 else _choose(group))
    return tuple(settled)


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
