"""Scans one file or part of a file: in this process, or in as many as there are cores."""

import signal
from dataclasses import dataclass, field
from pathlib import Path

from redoubt import compose
from redoubt.domain.document import Piece, ReadLimits, Unread
from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Trust
from redoubt.domain.finding import under
from redoubt.domain.settings import ModelSettings
from redoubt.pipeline.survey import Sighting, Survey
from redoubt.surfaces.cli.records import Record, record_of
from redoubt.surfaces.cli.rules import load

MOST_RECORDS = 20_000
"""Findings that are reported of one task; beyond, they are counted."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a scan was asked to do; handed to every worker."""

    profile: str = "balanced"
    policy: str = ""
    rules: tuple[str, ...] = ()
    least: float = 0.5
    categories: tuple[str, ...] = ()
    limits: ReadLimits = field(default_factory=ReadLimits)
    key: bytes = field(default=b"", repr=False)
    show: bool = False
    models: ModelSettings = field(default_factory=ModelSettings)
    trust: Trust = Trust.EXTERNAL
    """Whose words the texts are: a document's, or a user's to a model."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file, or a range of bytes of a large one."""

    path: str
    name: str
    size: int
    part: tuple[int, int] | None = None


@dataclass(slots=True)
class Result:
    """What came of a task."""

    records: list[Record] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    size: int = 0
    left_out: int = 0
    characters: int = 0
    lines: int = 0
    """Characters and line breaks of the part, by which the places in the next part are told."""
    texts: int = 0
    """Documents in which text was read."""


class Worker:
    """Holds the compiled rules and scans one task after the other."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        rules = load(terms.rules)
        policy, _ = compose.policy(terms.profile, terms.policy, rules)
        guard = compose.guard(terms.models, rules)
        self._survey = Survey(
            (rules,), policy, least=terms.least, prose=(guard,) if guard else (), trust=terms.trust
        )
        self._name, self._seen_to = "", 0

    def scan(self, task: Task) -> Result:
        """Scan a task."""
        result = Result()
        for part in compose.read_file(Path(task.path), task.name, self.terms.limits, task.part):
            self.take(part, result)
        return result

    def take(self, part: Piece | Unread, result: Result) -> None:
        """Scan one piece, or note what could not be read."""
        if isinstance(part, Unread):
            result.unread.append(part)
            return
        result.size += part.size
        if part.name != self._name or not part.lead:
            self._name, self._seen_to = part.name, 0
            result.texts += 1
        own = part.text[part.lead : len(part.text) - part.tail]
        result.characters += len(own)
        result.lines += own.count("\n")
        try:
            for sighting in self._survey.sightings(part, self._seen_to):
                self._seen_to = sighting.seen_to(self._seen_to)
                self._keep(sighting, result)
        except InputError as error:
            result.unread.append(Unread(part.name, str(error)))

    def _keep(self, sighting: Sighting, result: Result) -> None:
        terms = self.terms
        if terms.categories and not any(under(sighting.finding.category, c) for c in terms.categories):
            return
        if len(result.records) >= MOST_RECORDS:
            result.left_out += 1
        else:
            result.records.append(record_of(sighting, terms.key, show=terms.show))


_worker: list[Worker] = []


def start(terms: Terms) -> None:
    """Make the worker of a process of the pool. Ctrl-C is its parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker[:] = [Worker(terms)]


def run(task: Task) -> Result:
    """Scan a task in a process of the pool."""
    return _worker[0].scan(task)
