"""The one pass: a compiled matcher that finds where each rule could match, and the exact test there."""

import struct
from collections.abc import Sequence

from redoubt.domain.errors import ConfigError, InputError
from redoubt.engine.detect.anchors import anchors
from redoubt.engine.detect.database import Database
from redoubt.engine.detect.exact import Exact
from redoubt.engine.detect.rules import Rule

MAX_MATCHES = 200_000
"""More matches than this in one text are an error: nobody's text, and a way to exhaust memory."""

Match = tuple[int, int, int]
"""(index of the rule, start, end): byte offsets of a span that passed its rule's pattern, checksum and entropy."""


class Matcher:
    """All rules, compiled for one pass."""

    def __init__(
        self,
        rules: Sequence[Rule],
        database: Database | None,
        table: tuple[tuple[int, ...], ...],
        unanchored: tuple[int, ...],
    ) -> None:
        self.rules = tuple(rules)
        self._database = database
        self._table = table
        self._unanchored = unanchored
        self._exact = tuple(Exact(rule) for rule in self.rules)

    @classmethod
    def build(cls, rules: Sequence[Rule]) -> "Matcher":
        """Compile the rules (some tenths of a second for some hundred rules).

        Raises ConfigError where they cannot be compiled together.
        """
        found, unanchored = anchors(rules)
        database = Database.compile([(a.expression, a.flags) for a in found]) if found else None
        return cls(rules, database, tuple(a.rules for a in found), unanchored)

    def dump(self) -> bytes:
        """Return the compiled form, for `load` with the same rules, library versions and kind of machine."""
        import msgspec

        tables = msgspec.msgpack.encode((self._table, self._unanchored))
        return struct.pack(">I", len(tables)) + tables + (self._database.dump() if self._database else b"")

    @classmethod
    def load(cls, rules: Sequence[Rule], data: bytes) -> "Matcher":
        """Take up what `dump` gave, in well under a millisecond. Raises ConfigError where it does not fit."""
        import msgspec

        try:
            (size,) = struct.unpack_from(">I", data)
            table, unanchored = msgspec.msgpack.decode(
                data[4 : 4 + size], type=tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]
            )
        except (struct.error, msgspec.MsgspecError) as error:
            raise ConfigError("the compiled matcher is damaged; compile it again") from error
        rest = data[4 + size :]
        if any(not 0 <= index < len(rules) for row in (*table, unanchored) for index in row):
            raise ConfigError("the compiled matcher belongs to other rules; compile it again")
        return cls(rules, Database.load(rest) if rest else None, table, unanchored)

    def find(self, data: bytes) -> list[Match]:
        """Return the matches of every rule in UTF-8 text, rule by rule, each rule's in order and without overlaps.

        Linear in the text: every hit of the pass is looked at within the rule's `max_length`, and what lies inside a
        match is not looked at again. Raises InputError beyond `MAX_MATCHES` matches.
        """
        hits: dict[int, list[int]] = {}
        if self._database is not None:
            for end, number in self._database.scan(data):
                for index in self._table[number]:
                    hits.setdefault(index, []).append(end)
        found: list[Match] = []
        for index, ends in hits.items():
            self._look(data, index, ends, found)
        for index in self._unanchored:
            self._look(data, index, range(0, len(data) + 1, self.rules[index].max_length), found)
        return found

    def _look(self, data: bytes, index: int, ends: Sequence[int], found: list[Match]) -> None:
        """Apply one rule around the places where the pass hit."""
        exact = self._exact[index]
        rule = exact.rule
        reach = rule.max_length
        done = 0
        size = len(data)
        for end in ends:
            if end <= done:
                continue
            low, high = max(done, end - reach), min(size, end + reach)
            if not rule.multiline:
                low = max(low, data.rfind(b"\n", low, max(low, end - 1)) + 1)
                stop = data.find(b"\n", end, high)
                high = high if stop < 0 else stop
            while low < high and (match := exact.search(data, low, high)):
                start, stop, low = match
                if len(found) >= MAX_MATCHES:
                    raise InputError(
                        f"the text holds more than {MAX_MATCHES} things that could be findings; cut it into parts",
                        too_large=True,
                    )
                found.append((index, start, stop))
                done = low
                if low >= end:
                    break
