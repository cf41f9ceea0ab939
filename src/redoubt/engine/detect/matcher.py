"""The one pass: a compiled matcher that finds where each rule could match, and the exact test there."""

from collections.abc import Iterator, Sequence

import msgspec

from redoubt.domain.errors import ConfigError, InputError
from redoubt.engine.detect.anchors import Plan, exact_expression, plan
from redoubt.engine.detect.context import Context
from redoubt.engine.detect.database import Database
from redoubt.engine.detect.exact import Exact
from redoubt.engine.detect.rules import Rule

MAX_MATCHES = 200_000
"""More matches than this in one text are an error: nobody's text, and a way to exhaust memory."""
_RUN = 5 + 4 * 3 * 4 + 1
"""The most bytes from the left end of a run of digits to the end of its anchor, and one."""

Match = tuple[int, int, int]
"""(index of the rule, start, end): byte offsets of a span that passed its rule's pattern, checksum and entropy."""


class _Compiled(msgspec.Struct, array_like=True):
    """What `Matcher.dump` writes."""

    plan: Plan
    anchors: bytes
    free: bytes
    bound: bytes
    context: bytes


class Matcher:
    """All rules, compiled for one pass. Safe to share between threads."""

    def __init__(
        self,
        rules: Sequence[Rule],
        chosen: Plan,
        databases: tuple[Database | None, Database | None, Database | None],
        context: Context,
    ) -> None:
        """Take what `build` or `load` has made."""
        self.rules = tuple(rules)
        self.context = context
        self._plan = chosen
        self._uses = chosen.uses
        self._anchors, self._free, self._bound = databases
        self._exact = tuple(Exact(rule) for rule in self.rules)

    @classmethod
    def build(cls, rules: Sequence[Rule]) -> "Matcher":
        """Compile the rules: some seconds for some hundred of them, which is why there are `dump` and `load`.

        Raises ConfigError where they cannot be compiled together.
        """
        chosen = plan(rules)
        return cls(
            rules,
            chosen,
            (
                Database.compile(chosen.expressions),
                Database.compile([exact_expression(rules[index]) for index in chosen.free]),
                Database.compile([exact_expression(rules[index]) for index in chosen.bound]),
            ),
            Context(rules),
        )

    def dump(self) -> bytes:
        """Return the compiled form, for `load` with the same rules, library versions and kind of machine."""
        anchors, free, bound = (
            base.dump() if base else b"" for base in (self._anchors, self._free, self._bound)
        )
        return msgspec.msgpack.encode(_Compiled(self._plan, anchors, free, bound, self.context.dump()))

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
        anchors, free, bound = (
            Database.load(base) if base else None for base in (kept.anchors, kept.free, kept.bound)
        )
        return cls(rules, chosen, (anchors, free, bound), Context.load(rules, kept.context))

    def find(self, data: bytes) -> list[Match]:
        """Return the matches of every rule in UTF-8 text; those of one rule are in order and do not overlap.

        Linear in the text: a rule looks only as far around a hit as its matches can reach, and what lies inside a match
        is not looked at again. Raises InputError beyond `MAX_MATCHES` matches.
        """
        found: list[Match] = []
        done: dict[int, int] = {}
        wide = 1 if data.isascii() else 4
        uses = self._uses
        digits = len(uses)
        runs: list[int] = []
        if self._anchors is not None:
            for end, number in self._anchors.scan(data):
                if number == digits:
                    runs.append(end)
                    continue
                for index, before, after in uses[number]:
                    if after < 0:
                        low, high = end - before * wide, end - after * wide
                        self._look(data, index, high, (high - low, 0), done, found)
                    elif end > done.get(index, 0):
                        self._look(data, index, end, (before * wide, after * wide), done, found)
        if runs:
            self._numbers(data, runs, done, found)
        for index in self._plan.unanchored:
            step = self.rules[index].max_length
            for end in range(step, len(data) + step, step):
                self._look(data, index, min(end, len(data)), (2 * step, step), done, found)
        return found

    def _look(
        self,
        data: bytes,
        index: int,
        end: int,
        reach: tuple[int, int],
        done: dict[int, int],
        found: list[Match],
    ) -> None:
        """Apply one rule around a place where its anchor ends."""
        exact = self._exact[index]
        low = max(done.get(index, 0), end - reach[0])
        high = min(len(data), end + reach[1])
        if reach[1] and not exact.rule.multiline:
            low = max(low, data.rfind(b"\n", low, end) + 1)
            stop = data.find(b"\n", end, high)
            if stop >= 0:
                high = stop
        while low < high and (match := exact.search(data, low, high)):
            start, stop, low = match
            if len(found) >= MAX_MATCHES:
                raise InputError(
                    f"the text holds more than {MAX_MATCHES} things that could be findings; cut it into parts",
                    too_large=True,
                )
            found.append((index, start, stop))
            done[index] = low
            if low >= end:
                break

    def _numbers(self, data: bytes, runs: list[int], done: dict[int, int], found: list[Match]) -> None:
        """Apply the rules for bare numbers around runs of digits."""
        reach = self._plan.reach
        both = (reach, reach)
        for low, high in _windows(runs, reach + _RUN, len(data)):
            window = data[low:high]
            if self._free is not None:
                for end, number in self._free.scan(window):
                    index = self._plan.free[number]
                    if end + low > done.get(index, 0):
                        self._look(data, index, end + low, both, done, found)
            if self._bound is None:
                continue
            words = self.context.words(data, low, high)
            if not words:
                continue
            for end, number in self._bound.scan(window):
                index = self._plan.bound[number]
                if end + low > done.get(index, 0) and self.context.concerns(index, words):
                    self._look(data, index, end + low, both, done, found)


def _windows(ends: list[int], reach: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (low, high) around the ends, merged where they overlap."""
    low, high = max(0, ends[0] - reach), ends[0] + reach
    for end in ends:
        if end - reach > high:
            yield low, min(high, size)
            low = end - reach
        high = end + reach
    yield low, min(high, size)
