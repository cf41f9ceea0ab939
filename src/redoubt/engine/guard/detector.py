"""The guard models as a detector."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from redoubt.domain.exchange import Role, Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.detect.views import View, columns
from redoubt.engine.guard.calibration import Curve, Metadata
from redoubt.engine.guard.embedding import ReadingEmbedder
from redoubt.engine.guard.questions import Questions, questions
from redoubt.engine.guard.reading import MAX_LENGTH, Reader, Reading
from redoubt.engine.guard.scores import Passage, attacks, harms, orders
from redoubt.engine.guard.tags import names

VERSION = "2"
"""Raise it when the same weights could give other findings."""
REPORTED = 0.01
"""What more ordinary texts than this score as high as is no finding: no policy asks for it."""
MAX_VIEWS = 8
"""Hidden forms of one text that are judged besides the text itself, in the order in which they are undone."""
MAX_GROWTH = 2
"""They are judged as far as they hold together no more than this many times the text's code points, or `MIN_BUDGET`."""
MIN_BUDGET = 16_384

_SAYING = 2
"""Words in a value from which on it may say something, and is read."""
_WORD = re.compile(r"(?<![\w+/=@.:-])[a-z]{2,}(?![\w+/=@.:-])")

_LABEL, _WORDS = 24, 3
"""An order has three words, or characters enough to be encoded."""

ATTACK, ORDER, HARM, NAMES = "guard-attack", "guard-order", "guard-harm", "guard-names"
"""What stands as a finding's rule, by head."""
INJECTION = "attack.injection"
"""What an order in a text from outside is, whatever it asks for."""


class GuardDetector:
    """Judges what a text wants and whether it hurts, hidden or not, and reads the names in it. Safe to use from many threads."""

    id = "guard"
    unit = Unit.SENTENCE
    slow = True

    def __init__(
        self,
        reader: Reader,
        metadata: Metadata,
        views: Callable[[str], Iterable[View]],
        values: Callable[[str], Iterable[tuple[int, int]]] = lambda _text: (),
    ) -> None:
        """Take the reader, what is known of its weights, and what gives the hidden forms of a text, and the spans of values in it."""
        self._reader = reader
        self._views = views
        self._values = values
        self.metadata = metadata
        self.version = f"{VERSION}-{metadata.version}-{metadata.digest[:16]}"

    @property
    def embedder(self) -> ReadingEmbedder:
        """What tells the topics of texts, by the same network."""
        return ReadingEmbedder(self._reader, self.version)

    def detect(
        self, segment: Segment, look: Callable[[Reading], object] = lambda _reading: None
    ) -> tuple[Finding, ...]:
        """Return what is found, in order of start. ``look`` is shown every form of the text that was judged, the text itself first.

        Raises InputError for a text beyond `redoubt.engine.guard.reading.MAX_LENGTH` or with too many hidden forms, and ServiceError where
        the network cannot answer in time.
        """
        asked = questions(segment)
        if segment.role is Role.TOOL_DEFINITION and _is_label(segment.text):
            return ()
        reading = self._read(segment.text, asked)
        look(reading)
        windows = len(reading.rows)
        found = list(self._judgements(reading, asked, windows))
        if asked.judges:
            for view in self._hidden(segment.text):
                read = self._read(view.text, asked)
                look(read)
                windows += len(read.rows)
                for judged in self._judgements(read, asked, windows):
                    start, end = view.origin(judged.start, judged.end)
                    found.append(replace(judged, start=start, end=end, view=view.name))
        kept = [*_clearest(found), *(self._names(reading) if asked.names else ())]
        return tuple(sorted(kept, key=lambda f: f.start))

    def _read(self, text: str, asked: Questions) -> Reading:
        """Read what a user says. Keys, cards and addresses say nothing, and look like attacks in code: blanks stand in their place."""
        if not asked.attack or len(text) > MAX_LENGTH:  # too long: refused before anybody looks for values
            return self._reader.read(text)
        pieces, at = [], 0
        for start, end in self._values(text):
            if len(_WORD.findall(text, start, end)) < _SAYING:
                pieces += [text[at:start], " " * (end - start)]
                at = end
        return self._reader.read("".join((*pieces, text[at:])))

    def _hidden(self, text: str) -> Iterator[View]:
        budget, left = max(MAX_GROWTH * len(text), MIN_BUDGET), MAX_VIEWS
        for view in self._views(text):
            if columns.NAME in view.name or not view.text.strip():
                continue  # a column's name beside its cells is no text of anybody's
            budget -= len(view.text)
            left -= 1
            if budget < 0 or left < 0:
                return
            yield view

    def _judgements(self, reading: Reading, asked: Questions, windows: int) -> Iterator[Finding]:
        """Yield what is reported of one form of a text; ``windows`` is how many were read of it in all its forms so far."""
        curves = self.metadata.curves
        if asked.attack:
            curve = curves["attack", asked.zone, ""]
            for worst, alarm in _reported(attacks(reading), curve, windows):
                kind = max(reading.rows, key=lambda row: row.attack).kind.argmax()
                yield _finding(f"attack.{self.metadata.kinds[kind]}", ATTACK, worst, curve, alarm)
        if asked.order:
            curve = curves["order", asked.zone, ""]
            for order, alarm in _joined(orders(reading), curve, windows):
                yield _finding(INJECTION, ORDER, order, curve, alarm)
        if asked.harm:
            for number, label in enumerate(self.metadata.harms):
                curve = curves["harm", asked.zone, label]
                passages = harms(reading, number, answer=asked.zone == "answer")
                for worst, alarm in _reported(passages, curve, windows):
                    yield _finding(f"harm.{label}", HARM, worst, curve, alarm)

    def _names(self, reading: Reading) -> Iterator[Finding]:
        for name in names(reading, self.metadata.tags, self.metadata.least):
            yield Finding(
                f"pii.{name.type.lower()}", NAMES, name.start, name.end, name.probability, inferred=True
            )


def _is_label(text: str) -> bool:
    """Tell whether ``text`` is too short for an order, as most texts in the definition of a tool are: names of types and members."""
    return text.isascii() and len(text) < _LABEL and len(text.split(None, _WORDS)) < _WORDS


def _reported(passages: list[Passage], curve: Curve, windows: int) -> Iterator[tuple[Passage, float]]:
    """Yield the worst passage, where it is rare enough among ordinary texts, with how rare it is."""
    worst = max(passages, key=lambda passage: passage.score, default=None)
    if worst is not None and (alarm := curve.false_alarm(worst.score, windows)) <= REPORTED:
        yield worst, alarm


def _joined(passages: list[Passage], curve: Curve, windows: int) -> Iterator[tuple[Passage, float]]:
    """Yield every passage that is rare enough; neighbours become one."""
    rated = [(passage, curve.false_alarm(passage.score, windows)) for passage in passages]
    for rare, group in groupby(rated, key=lambda pair: pair[1] <= REPORTED):
        if rare:
            some = list(group)
            score = max(passage.score for passage, _ in some)
            yield Passage(some[0][0].start, some[-1][0].end, score), min(alarm for _, alarm in some)


def _finding(category: str, rule: str, passage: Passage, curve: Curve, alarm: float) -> Finding:
    return Finding(
        category, rule, passage.start, passage.end, curve.probability(passage.score), false_alarm=alarm
    )


def _clearest(found: list[Finding]) -> Iterator[Finding]:
    """Yield, of all forms of a text, the clearest attack and the clearest harm of each label; orders that overlap become one."""
    clearest: dict[str, Finding] = {}
    for finding in found:
        what = finding.category if finding.rule == HARM else finding.rule
        if finding.rule != ORDER and (what not in clearest or _rank(finding) < _rank(clearest[what])):
            clearest[what] = finding
    yield from clearest.values()
    yield from _union(sorted((f for f in found if f.rule == ORDER), key=lambda f: f.start))


def _union(ordered: list[Finding]) -> Iterator[Finding]:
    held: Finding | None = None
    for finding in ordered:
        if held is None or finding.start >= held.end:
            if held is not None:
                yield held
            held = finding
        else:
            held = replace(min(held, finding, key=_rank), start=held.start, end=max(held.end, finding.end))
    if held is not None:
        yield held


def _rank(finding: Finding) -> tuple[float, float]:
    """Sort key: the clearer the smaller."""
    return finding.false_alarm or 0.0, -finding.confidence
