"""A model that is asked as a judge, as a detector."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from redoubt.domain.decision import Action, Obligation
from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding, judges
from redoubt.domain.opinions import JudgeFormat
from redoubt.domain.zone import Zone
from redoubt.engine.detect.interface import Detector, Unit
from redoubt.engine.guard.reading import blocks
from redoubt.engine.guard.windows import sentences
from redoubt.engine.opinions.formats import Format, Matter, Question, defused
from redoubt.engine.opinions.granite_guardian import GRANITE_GUARDIAN
from redoubt.engine.opinions.llama_guard import LLAMA_GUARD
from redoubt.engine.opinions.plain import PLAIN
from redoubt.engine.opinions.shield_gemma import SHIELD_GEMMA
from redoubt.engine.opinions.zones import zone_of
from redoubt.engine.redact.apply import apply
from redoubt.engine.redact.methods import redact

FORMATS: Mapping[JudgeFormat, Format] = {
    JudgeFormat.PLAIN: PLAIN,
    JudgeFormat.LLAMA_GUARD: LLAMA_GUARD,
    JudgeFormat.GRANITE_GUARDIAN: GRANITE_GUARDIAN,
    JudgeFormat.SHIELD_GEMMA: SHIELD_GEMMA,
}
MAX_PIECES = 16
"""Pieces that one text is asked about in; more would be a bill, not a question."""
VERSION = "1"


class Judge(Protocol):
    """The port behind which a model stands."""

    def hear(self) -> Callable[[Question], str]:
        """Begin with one text: return what answers the questions about it.

        All of them share the time there is for one text. It raises ServiceError where there is no answer in that time.
        """


class JudgeDetector:
    """Asks a model about the texts of its zones. What it says is said of the whole text."""

    unit = Unit.SENTENCE
    slow = True

    def __init__(
        self,
        name: str,
        judge: Judge,
        format_: Format,
        *,
        categories: Mapping[str, str],
        zones: Sequence[Zone],
        threshold: float,
        max_chars: int,
        masking: Detector | None,
        nonce: Callable[[], str],
        version: str,
    ) -> None:
        """Take the judge and how it is spoken to.

        ``masking`` finds what it must not see; None where it may see all. ``nonce`` gives a word nobody can guess, another at each call.
        ``version`` changes whenever the judge or its settings do; what the model behind the address is, only the operator knows.
        """
        self.id = f"judge:{name}"
        seen = "raw" if masking is None else masking.version
        self.version = f"{VERSION}.{format_.version}-{version}-{seen}"
        self._name = name
        self._judge = judge
        self._format = format_
        self._categories = dict(categories)
        self._zones = frozenset(zones)
        self._threshold = threshold
        self._max_chars = max_chars
        self._masking = masking
        self._nonce = nonce

    def detect(self, segment: Segment) -> tuple[Finding, ...]:
        """Return what the judge says of the text. Raises InputError for a text of too many pieces, ServiceError without an answer."""
        zone = zone_of(segment)
        if zone is None or zone not in self._zones or not segment.text.strip():
            return ()
        scores = dict.fromkeys(self._categories, 0.0)
        answer = self._judge.hear()
        for piece in self._pieces(self._shown(segment)):
            matter = Matter(defused(piece), zone, tuple(self._categories), self._nonce())
            for question in self._format.ask(matter):
                for said, score in question.read(answer(question)).items():
                    if said in scores:
                        scores[said] = max(scores[said], score)
        return tuple(
            Finding(self._categories[said], f"{self._name}:{said}", 0, len(segment.text), score)
            for said, score in scores.items()
            if score >= self._threshold
        )

    def _shown(self, segment: Segment) -> str:
        """Return what the judge is shown of ``segment``."""
        text = segment.text
        if self._masking is not None:
            values = [
                Obligation(found, Action.REDACT, "")
                for found in self._masking.detect(segment)
                if not judges(found.category)  # that is what it is asked about
            ]
            text = apply(text, values, syntax=segment.syntax, replace=_label).text
        return text.encode("utf-8", "replace").decode()

    def _pieces(self, text: str) -> Iterator[str]:
        parts = list(blocks(text, sentences(text), self._max_chars))
        if len(parts) > MAX_PIECES:
            raise InputError(
                f"the text is longer than the {MAX_PIECES} pieces of {self._max_chars} characters that a judge is asked about; "
                "send it in parts, or raise its max_chars",
                too_large=True,
            )
        for start, end in parts:
            if piece := text[start:end].strip():
                yield piece


def _label(obligation: Obligation, _value: str) -> str:
    return redact(obligation.finding.category)
