"""One text on its way through the matcher: which rule has looked where, and what was found."""

from redoubt.domain.errors import InputError
from redoubt.engine.detect.exact import Exact
from redoubt.engine.detect.views.origin import Changes

Match = tuple[int, int, int]
"""(index of the rule, start, end): byte offsets of a span that passed its rule's pattern, checksum and entropy."""


class Run:
    """One text on its way through the matcher."""

    __slots__ = ("_changes", "_done", "_exact", "_limit", "_widths", "data", "found", "wide")

    def __init__(
        self,
        data: bytes,
        exact: tuple[Exact, ...],
        widths: tuple[int, ...],
        limit: int,
        changes: Changes | None = None,
    ) -> None:
        """Take a text and the rules.

        ``changes``: a rule does not look where what it could find, and what counts for it, is away from all of them.
        """
        self.data = data
        self.found: list[Match] = []
        self.wide = 1 if data.isascii() else 4
        """The most bytes that a character takes."""
        self._exact = exact
        self._widths = widths
        self._limit = limit
        self._changes = changes
        self._done: dict[int, int] = {}

    def changed(self, low: int, high: int, before: int, after: int) -> bool:
        """Tell whether ``data[low:high]``, or so many characters before or after it, are to be looked at."""
        changes = self._changes
        return changes is None or changes.near(low - before * self.wide, high + after * self.wide)

    def number(self, index: int, end: int) -> None:
        """Apply a rule where a match of it ends, or can end a little later."""
        width = self._widths[index] * self.wide
        self.look(index, end, width, width)

    def look(self, index: int, end: int, before: int, after: int) -> None:
        """Apply one rule from ``before`` bytes before ``end`` to ``after`` bytes behind it, where it has not been."""
        done = self._done.get(index, 0)
        if end <= done:
            return
        data, exact, size = self.data, self._exact[index], len(self.data)
        low, high = end - before, end + after
        low = low if low > done else done
        high = high if high < size else size
        if self._changes is not None and not self.changed(low, high, *exact.around):
            return
        whole = high == size
        if after and not exact.rule.multiline:
            line = data.rfind(b"\n", low, end) + 1
            low = line if line > low else low
            stop = data.find(b"\n", end, high)
            if stop >= 0:
                high, whole = stop, True
        while low < high:
            start, stop, low = exact.search(data, low, high, end)
            if start < 0:
                if low < high:  # it stopped at the anchor: what begins behind it is another anchor's
                    self._done[index] = max(done, end)
                    return
                break
            if len(self.found) >= self._limit:
                raise InputError(
                    f"the text holds more than {self._limit} things that could be findings; cut it into parts",
                    too_large=True,
                )
            self.found.append((index, start, stop))
            if low >= end:
                self._done[index] = low
                return
        # All that begins so early that the window held it whole has been tried.
        self._done[index] = max(done, high if whole else high - self._widths[index] * self.wide)
