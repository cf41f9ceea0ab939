"""One lane of a streamed answer: text goes in as the provider sends it, and comes out inspected, redacted and restored."""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace as changed

from redoubt.domain.decision import Action, Decision, Effect, Obligation
from redoubt.domain.exchange import Syntax
from redoubt.engine.detect.interface import Unit
from redoubt.engine.effects.fences import lead
from redoubt.engine.redact.apply import Edit, Replace, edits, write
from redoubt.engine.redact.notation import JsonText
from redoubt.engine.redact.restore import Restorer
from redoubt.engine.stream.cuts import BOUNDARY, HARD, Cutter
from redoubt.engine.stream.sentences import LONGEST, TAIL, SentenceCutter, ends_sentence

LEFT = 96
"""Characters in front of a piece that are shown to the detectors again, for the words that say what a value is."""
SENTENCES_LEFT = 512
"""The same where sentences are judged: as many whole ones as fit in."""
OVERLAP = 4096
"""Where a piece is cut at the hard bound, so much of what was inspected is kept back and inspected again with what follows."""

_SPACE = re.compile(r"\s")
_UNENCODED = re.compile(r"[^A-Za-z0-9+/=_-]")


class LaneStream:
    """Feed it chunks, then close it; the same text gives the same released text and the same decision, however it was cut into chunks.

    Each piece of the text is inspected once, together with up to `LEFT` characters (of sentences: `SENTENCES_LEFT`) in front of it,
    before any of it is released. Once a piece is denied or must be held, nothing of it or of what follows is released.
    """

    def __init__(
        self,
        inspect: Callable[[str], Decision],
        restorer: Restorer,
        replace: Replace,
        syntax: Syntax = Syntax.PLAIN,
        unit: Unit = Unit.WORD,
    ) -> None:
        """Take what judges a text (bound to role, trust and direction), what turns pseudonyms back, and what replaces a finding.

        ``unit`` says what the pieces are. Obligations within a pseudonym of this exchange are dropped, so ``inspect`` need not know
        about pseudonyms.
        """
        self._inspect = inspect
        self._restorer = restorer
        self._replace = replace
        self._syntax = syntax
        self._sentences = unit is Unit.SENTENCE
        self._cutter = SentenceCutter(restorer.opening) if self._sentences else Cutter(restorer.opening)
        self._starts: list[int] = []  # of the sentences in what is shown again
        self._held = ""
        self._waiting: list[str] = []
        self._length = 0
        self._tail = ""
        self._taken = 0
        self._left = ""
        self._left_inside = False
        self._offset = 0
        self._effect = Effect.ALLOW
        self._obligations: list[Obligation] = []
        self._reasons: dict[str, None] = {}
        self._errors: dict[str, None] = {}

    @property
    def effect(self) -> Effect:
        """ALLOW until a piece was denied or must be held for a person."""
        return self._effect

    @property
    def decision(self) -> Decision:
        """All that was decided so far; offsets count in the answer as the model wrote it."""
        return Decision(self._effect, tuple(self._obligations), tuple(self._reasons), tuple(self._errors))

    def may_complete(self, characters: int) -> bool:
        """Tell whether so many more could complete a piece, taken that no sentence and no line ends among them."""
        if not self._sentences:
            return True
        return self._length + characters > LONGEST or ends_sentence(self._tail)

    def feed(self, chunk: str) -> str:
        """Take the next chunk; return what may be released now."""
        if self._effect is not Effect.ALLOW or not chunk:
            return ""
        self._waiting.append(chunk)
        self._length += len(chunk)
        reason = BOUNDARY.search(self._tail[-1:] + chunk)
        self._tail = (self._tail + chunk)[-TAIL:]
        if reason is None and self._length <= HARD:
            return ""
        return self._advance()

    def close(self) -> str:
        """Say that the text is complete; return the rest."""
        if self._effect is not Effect.ALLOW:
            return ""
        released = self._advance() if self._length else ""
        if self._effect is Effect.ALLOW and self._held:
            released += self._piece(0, len(self._held), len(self._held))
        self._held = ""
        self._length = 0
        return released

    def _advance(self) -> str:
        """Release every piece that is complete."""
        text = self._held + "".join(self._waiting)
        self._waiting.clear()
        self._held = text
        released: list[str] = []
        start = 0
        while self._effect is Effect.ALLOW:
            cut = self._cutter.next_cut(text, start)
            if cut:
                released.append(self._piece(start, cut, cut))
            elif len(text) - start > HARD:
                cut = start + HARD - OVERLAP
                released.append(self._piece(start, cut, start + HARD))
                cut = start + self._taken
                self._cutter.restart()
            else:
                break
            start = cut
        self._held = text[start:]
        self._length = len(self._held)
        return "".join(released)

    def _piece(self, start: int, end: int, seen: int) -> str:
        """Judge the piece ``[start, end)`` of what is held, having shown the detectors all up to ``seen``; return what it becomes.

        Where ``seen`` lies behind ``end``, the piece was cut by force: its end is moved off findings and pseudonyms.
        """
        window = self._left + self._held[start:seen]
        base = len(self._left)
        stop = base + end - start
        json = JsonText(window, inside=self._left_inside) if self._syntax is Syntax.JSON else None
        matches = list(self._restorer.matches(window, base))
        self._effect = Effect.DENY  # should `inspect` raise, nothing more is released
        decision = self._inspect(window)
        self._effect = Effect.ALLOW
        due = [o for o in decision.obligations if o.finding.end > base and not _within(o, matches)]
        if seen > end:
            spans = [(o.finding.start, o.finding.end) for o in due] + matches
            stop = _off(_aligned(window, stop, json), spans, base)
            due = [o for o in due if o.finding.start < stop]
        self._note(decision, due)
        self._taken = stop - base
        if self._effect is not Effect.ALLOW:
            self._held = ""
            return ""
        new = self._changed(window, due, base, stop, json) if due or matches else window[base:stop]
        self._keep(window, stop, json)
        return new

    def _changed(
        self, window: str, due: list[Obligation], base: int, stop: int, json: JsonText | None
    ) -> str:
        clipped = [_clipped(o, base, stop) for o in due]
        redactions = edits(window, clipped, syntax=self._syntax, replace=self._replace, json=json)
        turned = self._restorer.edits(window, self._syntax, base, json)
        new = write(window[:stop], _merged(redactions, turned, base, stop)).text
        return new[base:]

    def _note(self, decision: Decision, due: list[Obligation]) -> None:
        """Add what was decided about one piece. What concerns its left context alone was decided before."""
        strictest = max((o.action for o in due), default=Action.FLAG)
        if decision.effect is not Effect.ALLOW:
            if strictest >= Action.HOLD:
                self._effect = Effect.DENY if strictest is Action.DENY else Effect.HOLD
            elif decision.errors or not any(o.action >= Action.HOLD for o in decision.obligations):
                self._effect = decision.effect  # not for a finding
        self._obligations += (_moved(o, self._offset) for o in due)
        if due or decision.errors or self._effect is not Effect.ALLOW:
            self._reasons.update(dict.fromkeys(decision.reasons))
        self._errors.update(dict.fromkeys(decision.errors))

    def _keep(self, window: str, stop: int, json: JsonText | None) -> None:
        """Keep the end of what was released as left context, and what tells whether it stands in a block of code."""
        first = self._first_left(window, stop)
        before = lead(window[:stop], first) if self._syntax is Syntax.PLAIN else ""
        self._left = before + window[first:stop]
        self._left_inside = json.inside_at(first) if json else False
        self._starts = [len(before) + start for start in self._starts]
        self._offset += first - len(before)

    def _first_left(self, window: str, stop: int) -> int:
        """Return where what is kept begins: at a word, or at the first sentence that fits in."""
        first = max(0, stop - (SENTENCES_LEFT if self._sentences else LEFT))
        whole = [s for s in (*self._starts, len(self._left)) if s >= first] if self._sentences else []
        if whole and stop - whole[0] >= LEFT:
            first = whole[0]
        elif first:
            blank = _SPACE.search(window, first, stop)
            first = blank.end() if blank else first
        self._starts = [s - first for s in whole if s >= first]
        return first


def _within(obligation: Obligation, matches: list[tuple[int, int]]) -> bool:
    i = bisect_right(matches, obligation.finding.start, key=lambda m: m[0]) - 1
    return i >= 0 and obligation.finding.end <= matches[i][1]


def _clipped(obligation: Obligation, start: int, end: int) -> Obligation:
    finding = obligation.finding
    if finding.start >= start and finding.end <= end:
        return obligation
    return changed(
        obligation, finding=changed(finding, start=max(start, finding.start), end=min(end, finding.end))
    )


def _moved(obligation: Obligation, by: int) -> Obligation:
    finding = obligation.finding
    return changed(obligation, finding=changed(finding, start=finding.start + by, end=finding.end + by))


def _merged(redactions: list[Edit], turned: list[Edit], base: int, stop: int) -> list[Edit]:
    """Return both kinds of edits in order; what is redacted is not restored as well."""
    merged = [e if e.start >= base else changed(e, start=base) for e in redactions if e.end > base]
    bounds = iter([*merged, None])
    current = next(bounds)
    for edit in turned:
        while current is not None and current.end <= edit.start:
            current = next(bounds)
        if base <= edit.start and edit.end <= stop and (current is None or current.start >= edit.end):
            merged.append(edit)
    return sorted(merged, key=lambda e: e.start)


def _off(stop: int, spans: list[tuple[int, int]], base: int) -> int:
    """Move a forced cut to the start of the spans it runs through, or to their end where that start is far back."""
    first = last = 0
    for start, end in sorted(spans):
        if start >= last:
            if last > stop or start >= stop:
                break
            first = start
        last = max(last, end)
    if not first < stop < last:
        return stop
    return first if first - base >= HARD // 2 else last


def _aligned(window: str, stop: int, json: JsonText | None) -> int:
    """Move a forced cut to a place where base64 and hex read on, and JSON escapes are whole."""
    if json is not None:
        stop = json.boundary(stop)
    first = stop
    while first and not _UNENCODED.match(window[first - 1]):
        first -= 1
    return stop - (stop - first) % 4 if stop - first > 3 else stop
