"""The rules as a detector: the pass over the text as written and over its views, mapped back and settled."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import PLAIN, Finding, judges
from redoubt.engine.detect.context import Words
from redoubt.engine.detect.interface import Unit
from redoubt.engine.detect.matcher import Matcher
from redoubt.engine.detect.overlaps import settle
from redoubt.engine.detect.rules import Rule
from redoubt.engine.detect.validators import is_checksum
from redoubt.engine.detect.views.expand import encoded, expand
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.detect.views.view import View

LIKELY = 0.5
"""The confidence from which on a match is more likely a value than not."""
DISTINCTIVE = 0.8
"""From this confidence on a rule with a keyword, or a word nearby, may report in a view that is only a guess."""


Sight = tuple[Rule, int, int, float]
"""(rule, start, end, confidence): a match with its context weighed, in code points."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """One matcher, and what is known of its rules by their index."""

    matcher: Matcher
    proving: tuple[bool, ...]
    off: frozenset[int]


class RuleDetector:
    """Finds what the rules describe, hidden or not."""

    id = "rules"
    unit = Unit.WORD
    slow = False

    def __init__(
        self, matcher: Matcher, version: str, own: Matcher | None = None, off: Collection[str] = ()
    ) -> None:
        """Take the built-in rules and the operator's ``own``; ``off`` names those of the first that are not in force."""
        self._passes = tuple(
            _Pass(one, tuple(map(_proves, one.rules)), without)
            for one, without in (
                (matcher, frozenset(n for n, rule in enumerate(matcher.rules) if rule.id in off)),
                (own, frozenset()),
            )
            if one is not None
        )
        self.reasons: Reasons = matcher.reasons
        """What tells which hidden forms a text may have."""
        self.version = version

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force."""
        return tuple(
            rule for one in self._passes for n, rule in enumerate(one.matcher.rules) if n not in one.off
        )

    def views(self, text: str) -> Iterator[View]:
        """Yield the hidden forms of ``text``, as `redoubt.engine.detect.views.views` does, with what is compiled already."""
        return expand(text, self.reasons.found(encoded(text)), self.reasons)

    def values(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where values stand in ``text`` that are more likely than not what a rule says. Raises InputError as `detect` does."""
        for found in self.detect(Segment(text)):
            if found.confidence >= LIKELY and not judges(found.category):
                yield found.start, found.end

    def detect(self, segment: Segment) -> tuple[Finding, ...]:
        """Return what is found in the text and in its views, settled, in order of start.

        Raises InputError where the text holds more matches than `redoubt.engine.detect.matcher.MAX_MATCHES`.
        """
        text = segment.text
        data = encoded(text)
        written = [
            Finding(rule.category, rule.id, start, end, confidence, PLAIN)
            for rule, start, end, confidence in self._inspect(text, data)
        ]
        plain = settle(written)
        reasons = self.reasons
        found = reasons.found(data)
        if not found:
            return plain
        layers = _layers(plain)
        hidden: dict[tuple[str, int, int], Finding] = {}
        for view in expand(text, found, reasons):
            for rule, first, last, confidence in self._inspect(view.text, encoded(view.text), view):
                start, end = view.origin(first, last)
                # What is as sure in the text as written stays; a guess takes the place of nothing.
                least = 0.0 if view.speculative else confidence
                if not _covered(layers.get(_layer(rule.id, rule.category), ()), start, end, least):
                    seen = hidden.get((rule.id, start, end))
                    if seen is None or seen.confidence < confidence:
                        finding = Finding(rule.category, rule.id, start, end, confidence, view.name)
                        hidden[rule.id, start, end] = finding
        # Of what the view did not change, nothing was asked again: where it lost against a value that loses now, it stays.
        return settle((*written, *hidden.values())) if hidden else plain

    def _inspect(self, text: str, data: bytes, view: View | None = None) -> Iterator[Sight]:
        """Yield what the rules find in one form of the text, whose UTF-8 is ``data``, in that form's code points.

        Of a ``view``, all that holds what it changed; the rest was found in the text that it was made from.
        """
        speculative = view is not None and view.speculative
        changes = view.changes() if view else None
        for one in self._passes:
            rules = one.matcher.rules
            words = Words(one.matcher.context, data)
            matches = one.matcher.find(data, changes=changes, words=words)
            offsets = None if len(data) == len(text) else _CodePoints(data)
            for index, start, end in sorted(matches, key=_start):
                rule = rules[index]
                confidence = rule.confidence
                if rule.context:
                    if words.near(index, start, end, rule.context_window):
                        confidence = rule.confidence_near
                    elif rule.context_required:
                        continue
                if index in one.off or (speculative and not _proven(one, index, confidence)):
                    continue
                if offsets is not None:
                    start, end = offsets.at(start), offsets.at(end)
                yield rule, start, end, confidence


_start = itemgetter(1)


def _proven(one: _Pass, index: int, confidence: float) -> bool:
    """Tell whether a match in a guess is believed: the rule proves itself, or a word nearby speaks for it."""
    rule = one.matcher.rules[index]
    return one.proving[index] or (confidence > rule.confidence and confidence >= DISTINCTIVE)


def _proves(rule: Rule) -> bool:
    """Tell whether what the rule accepts is no accident: a checksum, or a literal that says what it is."""
    checksum = any(is_checksum(name) for name in rule.validator)
    return checksum or bool(rule.keywords and rule.confidence >= DISTINCTIVE)


def _layer(rule: str, category: str) -> str:
    """Return what of a finding says which others can cover it: values cover values, a judgement of a rule those of the same rule."""
    return rule if judges(category) else ""


def _layers(settled: tuple[Finding, ...]) -> dict[str, list[Finding]]:
    layers: dict[str, list[Finding]] = {}
    for finding in settled:
        layers.setdefault(_layer(finding.rule, finding.category), []).append(finding)
    return layers


def _covered(layer: Sequence[Finding], start: int, end: int, confidence: float) -> bool:
    """Tell whether a finding of ``layer``, sorted by start, that is no less sure than ``confidence`` holds all of ``start:end``."""
    place = bisect_right(layer, start, key=lambda finding: finding.start)
    return place > 0 and layer[place - 1].end >= end and layer[place - 1].confidence >= confidence


class _CodePoints:
    """Turns byte offsets into code points; asked in nearly ascending order, so that the whole stays linear."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._marks = [0]

    def at(self, offset: int) -> int:
        """Return how many code points begin before the byte offset."""
        size = 1024
        marks = self._marks
        while len(marks) <= offset // size:
            begin = (len(marks) - 1) * size
            marks.append(marks[-1] + _starts(self._data[begin : begin + size]))
        block = offset // size
        return marks[block] + _starts(self._data[block * size : offset])


_CONTINUATION = bytes(range(0x80, 0xC0))


def _starts(data: bytes) -> int:
    """Count the bytes that begin a code point."""
    return len(data.translate(None, _CONTINUATION))
