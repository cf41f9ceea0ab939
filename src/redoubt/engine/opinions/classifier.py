"""Somebody else's classifier as a detector."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

import numpy as np

from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding, judges
from redoubt.domain.opinions import Task
from redoubt.domain.zone import Zone
from redoubt.engine.detect.interface import Unit
from redoubt.engine.guard.interface import Ids, Numbers, Tokens
from redoubt.engine.guard.reading import MAX_LENGTH, spelled
from redoubt.engine.guard.windows import Stretch, breaks, cut, sentences
from redoubt.engine.opinions.labels import Label
from redoubt.engine.opinions.probabilities import Chances
from redoubt.engine.opinions.spans import spans
from redoubt.engine.opinions.zones import zone_of

VERSION = "1"
"""Raise it when the same model could give other findings."""


class Classifier(Protocol):
    """The port behind which a network and its tokenizer stand."""

    @property
    def room(self) -> int:
        """Tokens of the text that one window holds, the marks not counted."""

    def tokens(self, text: str) -> Tokens:
        """Return the tokens of ``text``, without marks; their starts and ends ascend, and lie in the text. Linear."""

    def logits(self, ids: Ids) -> Numbers:
        """Return finite logits for one window, without marks: one row for a passage, or one for each token.

        May be called from many threads. Raises ServiceError where it cannot answer in time.
        """


class ClassifierDetector:
    """Asks a classifier about the texts of its zones. Its probabilities are its own: nobody measured how rare they are."""

    unit = Unit.SENTENCE
    slow = True

    def __init__(
        self,
        name: str,
        classifier: Classifier,
        *,
        task: Task,
        labels: Sequence[Label],
        chances: Chances,
        zones: Sequence[Zone],
        threshold: float,
        version: str,
    ) -> None:
        """Take the classifier and how it is to be read; ``version`` changes whenever either does."""
        self.id = f"classifier:{name}"
        self.version = f"{VERSION}-{version}"
        self._name = name
        self._classifier = classifier
        self._find = self._passages if task is Task.SEQUENCE else self._places
        self._labels = tuple(labels)
        self._chances = chances
        self._zones = frozenset(zones)
        self._threshold = threshold

    def detect(self, segment: Segment) -> tuple[Finding, ...]:
        """Return what it sees, in order of start. Raises InputError for a text beyond `MAX_LENGTH`, ServiceError without an answer."""
        if zone_of(segment) not in self._zones:
            return ()
        if len(segment.text) > MAX_LENGTH:
            raise InputError(
                f"the text is longer than the {MAX_LENGTH} characters that a classifier reads; send it in parts",
                too_large=True,
            )
        text = segment.text.encode("utf-8", "replace").decode()  # lone surrogates become "?", one for one
        ends = sentences(text)
        tokens = spelled(self._classifier.tokens, text, ends)
        begins = breaks(tokens.starts.tolist(), ends)
        stretches = tuple(cut(len(tokens), begins, room=self._classifier.room))
        return tuple(sorted(self._find(text, tokens, stretches), key=lambda f: f.start))

    def _passages(self, _text: str, tokens: Tokens, stretches: Sequence[Stretch]) -> Iterator[Finding]:
        """Yield a finding for each label and each run of windows that have it."""
        rows = [
            self._chances(self._classifier.logits(tokens.ids[s.first : s.last])[None])[0] for s in stretches
        ]
        for label in self._labels:
            (output,) = label.outputs
            scored = [(s, float(row[output])) for s, row in zip(stretches, rows, strict=True)]
            for high, group in groupby(scored, key=lambda pair: pair[1] >= self._threshold):
                if high:
                    run = list(group)
                    start = int(tokens.starts[run[0][0].first])
                    end = int(tokens.ends[run[-1][0].last - 1])
                    yield self._finding(label, start, end, max(score for _, score in run))

    def _places(self, text: str, tokens: Tokens, stretches: Sequence[Stretch]) -> Iterator[Finding]:
        """Yield a finding for each thing in the text; every token is judged in the window whose own it is."""
        rows = [
            self._chances(self._classifier.logits(tokens.ids[s.first : s.last]))[
                s.own - s.first : s.own_end - s.first
            ]
            for s in stretches
        ]
        if rows:
            for span in spans(text, tokens, np.concatenate(rows), self._labels, self._threshold):
                yield self._finding(span.label, span.start, span.end, span.probability)

    def _finding(self, label: Label, start: int, end: int, confidence: float) -> Finding:
        rule = f"{self._name}:{label.name}"
        return Finding(label.category, rule, start, end, confidence, inferred=not judges(label.category))
