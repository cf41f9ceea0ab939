"""Where a growing text may be cut so that each piece is a sentence, for detectors that judge sentences.

These cuts are some of the word cuts of `redoubt.engine.stream.cuts`: those behind the end of a sentence. So all that holds for word cuts
holds here, and whether there is a cut still depends on the text alone, never on how it arrived.
"""

from collections.abc import Set

from redoubt.engine.stream.cuts import LOOKAHEAD, Cutter

SHORTEST = 32
"""Characters; a shorter sentence ("Sure!", a closing brace) goes with the next one, so that many small lines cost little."""
LONGEST = 600
"""Characters; a text without a sentence's end so long is cut at the last word cut within them, or else at the first one behind."""
TAIL = 80
"""So many characters tell whether a text ends a sentence."""

_ENDERS = frozenset(".!?…。！？．؟۔।॥")
_CLOSERS = "\"'`”’»)]}*_」』）】\\"
"""What may stand between a sentence's end and the blank; the backslash is of an escaped quote."""


def ends_sentence(tail: str) -> bool:
    """Tell whether a text ends a sentence, a line or an item of a list; ``tail`` is its last `TAIL` characters."""
    body = tail.rstrip()
    if "\n" in tail[len(body) :]:
        return True
    return body.rstrip(_CLOSERS)[-1:] in _ENDERS if body else False


class SentenceCutter:
    """As `Cutter`, with fewer cuts."""

    def __init__(self, opening: Set[str] = frozenset()) -> None:
        self._words = Cutter(opening)
        self._last = 0
        """The last word cut in the piece, from its start; 0: none."""
        self._ahead = 0
        """A word cut that was found already, from the start of the piece; 0: none."""

    def next_cut(self, text: str, start: int = 0) -> int:
        """See `Cutter.next_cut`."""
        while cut := self._word_cut(text, start):
            length = cut - start
            if self._last and length > LONGEST:
                return self._cut_at_last(start, length)
            self._last = length
            if length > LONGEST or (length >= SHORTEST and ends_sentence(text[max(start, cut - TAIL) : cut])):
                self._last = 0
                return cut
        if self._last and len(text) - start > LONGEST + LOOKAHEAD:
            return self._cut_at_last(start, self._last)  # no word cut can turn up any more within the bound
        return 0

    def restart(self) -> None:
        """Forget the piece: it was cut by somebody else."""
        self._words.restart()
        self._last = self._ahead = 0

    def _word_cut(self, text: str, start: int) -> int:
        if self._ahead:
            found, self._ahead = start + self._ahead, 0
            return found
        return self._words.next_cut(text, start + self._last)

    def _cut_at_last(self, start: int, found: int) -> int:
        """Return the last word cut; ``found``, from the start, is the one that was found behind it, or the same."""
        cut, self._ahead = start + self._last, found - self._last
        self._last = 0
        return cut
