"""A quick look whether a text may hold what a slower pattern would find."""

from redoubt.engine.detect.views.family import Runs

_CASED = (("\u0130", "i"), ("\u0131", "i"), ("\u017f", "s"), ("\u212a", "k"))
"""The letters beyond ASCII that `re` takes for one of ASCII where case counts for nothing."""


class Hint:
    """Tells whether a text holds a pattern anywhere. What is not ASCII reads as ``?``, so a pattern takes that for what may stand there."""

    __slots__ = ("_runs",)

    def __init__(self, pattern: str) -> None:
        """``pattern`` is RE2's, ASCII characters only."""
        self._runs = Runs(pattern)

    def __call__(self, text: str) -> bool:
        """Tell whether the text holds the pattern. Linear."""
        if not text.isascii():
            for letter, plain in _CASED:
                text = text.replace(letter, plain)
        return next(self._runs(text), None) is not None
