"""The one pass: a compiled matcher that finds where each rule could match, and the exact test there."""

from collections.abc import Iterator, Sequence

import msgspec

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.anchors import Plan, exact_expression, plan
from redoubt.engine.detect.context import Context, Words
from redoubt.engine.detect.database import Database
from redoubt.engine.detect.exact import Exact
from redoubt.engine.detect.rules import Rule
from redoubt.engine.detect.run import Match, Run
from redoubt.engine.detect.views.expand import FAMILIES, reasons
from redoubt.engine.detect.views.origin import Changes
from redoubt.engine.detect.views.reasons import Reasons

MAX_MATCHES = 200_000
"""More matches than this in one text are an error: nobody's text, and a way to exhaust memory."""
_RUN = 5 + 4 * 3 * 4 + 1
"""The most bytes from the left end of a run of digits to the end of its anchor, and one."""


class _Compiled(msgspec.Struct, array_like=True):
    """What `Matcher.dump` writes."""

    plan: Plan
    databases: tuple[bytes, ...]
    context: bytes
    reasons: bytes


class Matcher:
    """All rules, compiled for one pass. Safe to share between threads."""

    def __init__(
        self,
        rules: Sequence[Rule],
        chosen: Plan,
        databases: Sequence[Database | None],
        context: Context,
        reasons: Reasons,
    ) -> None:
        """Take what `build` or `load` has made."""
        self.rules = tuple(rules)
        self.context = context
        self.reasons = reasons
        self._plan = chosen
        self._uses = tuple(tuple(_reach(*use) for use in uses) for uses in chosen.uses)
        self._words, self._shapes, self._free, self._bound = databases
        self._exact = tuple(Exact(rule) for rule in self.rules)

    @classmethod
    def build(cls, rules: Sequence[Rule]) -> "Matcher":
        """Compile the rules: some seconds for some hundred of them, which is why there are `dump` and `load`.

        Raises ConfigError where they cannot be compiled together.
        """
        chosen = plan(rules)
        try:
            words, shapes = _anchors(chosen)
        except ConfigError:
            chosen = plan(rules, careful=True)
            words, shapes = _anchors(chosen)
        free = Database.compile([exact_expression(rules[index]) for index in chosen.free])
        bound = Database.compile([exact_expression(rules[index]) for index in chosen.bound])
        return cls(rules, chosen, (words, shapes, free, bound), Context(rules), reasons())

    def dump(self) -> bytes:
        """Return the compiled form, for `load` with the same rules, library versions and kind of machine."""
        databases = tuple(
            base.dump() if base else b"" for base in (self._words, self._shapes, self._free, self._bound)
        )
        return msgspec.msgpack.encode(
            _Compiled(self._plan, databases, self.context.dump(), self.reasons.dump())
        )

    @classmethod
    def load(cls, rules: Sequence[Rule], data: bytes) -> "Matcher":
        """Take up what `dump` gave, in milliseconds. Raises ConfigError where it does not fit.

        The bytes must be the very ones `dump` gave: whoever stores them checks their digest.
        """
        try:
            kept = msgspec.msgpack.decode(data, type=_Compiled)
        except msgspec.MsgspecError as error:
            raise ConfigError("the compiled matcher is damaged; compile it again") from error
        chosen = kept.plan
        used = [
            *(use[0] for uses in chosen.uses for use in uses),
            *chosen.free,
            *chosen.bound,
            *chosen.unanchored,
        ]
        if sorted(set(used)) != list(range(len(rules))):
            raise ConfigError("the compiled matcher belongs to other rules; compile it again")
        if len(kept.databases) != 4:
            raise ConfigError("the compiled matcher is damaged; compile it again")
        databases = [Database.load(base) if base else None for base in kept.databases]
        context, hidden = Context.load(rules, kept.context), Reasons.load(FAMILIES, kept.reasons)
        return cls(rules, chosen, databases, context, hidden)

    def find(
        self,
        data: bytes,
        limit: int = MAX_MATCHES,
        changes: Changes | None = None,
        words: Words | None = None,
    ) -> list[Match]:
        """Return the matches of every rule in UTF-8 text; those of one rule are in order and do not overlap.

        ``changes``: return all that hold or touch one of them, or have one in their context, and none or any of the others.
        ``words``: the context words of ``data``, where the caller needs them too.

        Linear in the text: a rule looks only as far around a hit as its matches can reach, and where it has looked, it
        does not look again. Raises InputError beyond ``limit`` matches.
        """
        run = Run(data, self._exact, self._plan.widths, limit, changes)
        uses = self._uses
        digits = len(uses)
        runs: list[int] = []
        for end, number in self._hits(data):
            if number == digits:
                runs.append(end)
                continue
            for index, behind, before, after in uses[number]:
                run.look(index, end + behind * run.wide, before * run.wide, after * run.wide)
        if runs:
            self._numbers(run, runs, words or Words(self.context, data))
        for index in self._plan.unanchored:
            step = self.rules[index].max_length
            for end in range(step, len(data) + step, step):
                run.look(index, min(end, len(data)), 2 * step, step)
        return run.found

    def _hits(self, data: bytes) -> list[tuple[int, int]]:
        """Return (end, number of the expression) wherever an anchor is, ascending."""
        words = self._words.scan(data) if self._words else []
        shapes = self._shapes.scan(data) if self._shapes else []
        return sorted(words + shapes) if words and shapes else words or shapes

    def _numbers(self, run: Run, runs: list[int], words: Words) -> None:
        """Apply the rules for bare numbers around runs of digits."""
        data = run.data
        reach = self._plan.reach * run.wide
        for low, high in _windows(runs, reach + _RUN, len(data)):
            if not run.changed(low, high, *self.context.widest):
                continue
            if run.wide > 1:  # Hyperscan asks for whole characters
                while data[low] & 0xC0 == 0x80:
                    low += 1
                while high < len(data) and data[high] & 0xC0 == 0x80:
                    high += 1
            window = data[low:high]
            for end, number in self._free.scan(window) if self._free else ():
                run.number(self._plan.free[number], end + low)
            around = words.around(low, high) if self._bound else frozenset()
            for end, number in self._bound.scan(window) if self._bound and around else ():
                index = self._plan.bound[number]
                if self.context.concerns(index, around):
                    run.number(index, end + low)


def _reach(index: int, before: int, after: int) -> tuple[int, int, int, int]:
    """Return (rule, characters from the anchor's end to where it looks, before there, behind there)."""
    if after < 0:  # a context word: the matches are anywhere around it
        return index, -after, before - after, 0
    return index, 0, before, after


def _anchors(chosen: Plan) -> tuple[Database | None, Database | None]:
    """Compile the expressions of the pass: those that begin with letters, and the others."""
    words, numbers = chosen.words, range(len(chosen.expressions))
    return (
        Database.compile(chosen.expressions[:words]),
        Database.compile(chosen.expressions[words:], numbers[words:]),
    )


def _windows(ends: list[int], reach: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (low, high) around the ends, merged where they overlap."""
    low, high = max(0, ends[0] - reach), ends[0] + reach
    for end in ends:
        if end - reach > high:
            yield low, min(high, size)
            low = end - reach
        high = end + reach
    yield low, min(high, size)
