"""Plays an exchange by hand: `<<` is the command that must come, `>>` the reply it gets."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.domain.principal import Principal
from redoubt.engine.detect.interface import Unit
from redoubt.engine.policy.model import Policy
from redoubt.pipeline.commands import Command
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.leaks import Leaks
from redoubt.pipeline.phases import Call, Desk, Outcome, Steps, exchange
from redoubt.services.vault.interface import Scope

C = TypeVar("C", bound=Command)


class Play:
    """An exchange under way."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._reply: object = None
        self.commands: list[Command] = []

    def expect(self, kind: type[C]) -> C:
        """Require that the next command is of ``kind`` and return it."""
        got = self._steps.send(self._reply)
        self._reply = None
        self.commands.append(got)
        assert isinstance(got, kind), f"expected {kind.__name__}, got {got}"
        return got

    def __lshift__(self, kind: type[Command]) -> "Play":
        self.expect(kind)
        return self

    def __rshift__(self, reply: object) -> "Play":
        self._reply = reply
        return self

    def fail(self, error: Exception, then: type[C]) -> C:
        """Let the last command fail with ``error``; require what follows."""
        got = self._steps.throw(error)
        self.commands.append(got)
        assert isinstance(got, then), f"expected {then.__name__}, got {got}"
        return got

    def end(self) -> Outcome:
        """Require that the exchange is over and return how it ended."""
        try:
            got = self._steps.send(self._reply)
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome
        raise AssertionError(f"expected the end, got {got}")


class Words:
    """A detector that finds given words: the plainest implementation of the port."""

    id = "words"
    version = "1"
    unit = Unit.WORD
    slow = False

    def __init__(self, **categories: str) -> None:
        self._words = {word: category.replace("_", ".", 1) for word, category in categories.items()}

    def detect(self, segment: Segment) -> Iterable[Finding]:
        """Find every place where one of the words stands."""
        found = []
        for word, category in self._words.items():
            start = segment.text.find(word)
            while start >= 0:
                found.append(Finding(category, "word", start, start + len(word)))
                start = segment.text.find(word, start + 1)
        return sorted(found, key=lambda f: f.start)


class Broken:
    """A detector that never answers."""

    id = "broken"
    version = "1"
    unit = Unit.WORD
    slow = False

    def detect(self, segment: Segment) -> Iterable[Finding]:
        """Fail, and be so careless as to quote the text."""
        raise RuntimeError(segment.text)


WORDS = Words(ada="pii_email", bob="pii_email", key="secret_x")


def key_of(scope: Scope) -> bytes:
    return repr(scope).encode().ljust(32)[:64]


def begin(
    policy: Policy,
    *texts: str,
    detector: Words | Broken = WORDS,
    check: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = lambda: 1000.0,
    leaks: Leaks | None = None,
    **call: object,
) -> Play:
    """Begin an exchange over ``texts`` under ``policy``."""
    desk = Desk(Inspector((detector,), policy, key=b"k").within(check), key_of, b"h" * 32, clock, leaks)
    segments = tuple(Segment(text, path=f"/messages/{i}/content") for i, text in enumerate(texts))
    plain: dict[str, object] = {
        "exchange": "ex_1",
        "received_at": 999.0,
        "principal": Principal(id="key_a", name="a"),
        "api": "openai.chat",
        "upstream": "main",
        "model": "m",
        "segments": segments,
    }
    return Play(exchange(desk, Call(**(plain | call))))  # type: ignore[arg-type]
