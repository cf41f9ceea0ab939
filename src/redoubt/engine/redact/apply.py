"""Honours obligations: puts something else in place of what was found."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from redoubt.domain.decision import CHANGES, Obligation
from redoubt.domain.exchange import Syntax
from redoubt.engine.redact.chunks import Redaction, Remark
from redoubt.engine.redact.notation import JsonText, escape, unescape

Replace = Callable[[Obligation, str], str]
"""Says what to write in place of a text; both are plain, whatever the notation around them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: what is written in place of ``[start, end)``, already in the notation of its surroundings."""

    start: int
    end: int
    text: str
    obligation: Obligation | None = None
    """None: a pseudonym that is turned back."""


def apply(
    text: str, obligations: Sequence[Obligation], *, syntax: Syntax = Syntax.PLAIN, replace: Replace
) -> Redaction:
    """Return ``text`` with every obligation that changes text honoured, and a remark for each change.

    Every span is replaced where it stands, so a value that occurs three times is replaced three times, each time it was found.
    In JSON, a replacement inside a string is escaped and one outside of any string is quoted: what parsed before parses after.
    Spans that overlap are replaced as one, by the strictest of their obligations. Spans beyond the text are cut to it.
    """
    changes = edits(text, obligations, syntax=syntax, replace=replace)
    return write(text, changes)


def edits(
    text: str,
    obligations: Sequence[Obligation],
    *,
    syntax: Syntax,
    replace: Replace,
    json: JsonText | None = None,
) -> list[Edit]:
    """Return the changes that honour ``obligations``, sorted, none overlapping another. ``json``: the text as already read."""
    spans = _settle(obligations, len(text))
    if not spans:
        return []
    if syntax is not Syntax.JSON:
        return [Edit(start, end, replace(o, text[start:end]), o) for start, end, o in spans]
    return list(_json_edits(text, spans, json or JsonText(text), replace))


def write(text: str, changes: Iterable[Edit]) -> Redaction:
    """Carry out ``changes``, which are sorted and do not overlap."""
    parts: list[str] = []
    remarks: list[Remark] = []
    done = length = 0
    for edit in changes:
        length += edit.start - done + len(edit.text)
        parts += (text[done : edit.start], edit.text)
        done = edit.end
        if edit.obligation is not None:
            finding = edit.obligation.finding
            start = length - len(edit.text)
            remarks.append(
                Remark(start, length, edit.obligation.rule, edit.obligation.action, finding.category)
            )
    if not parts:
        return Redaction(text)
    parts.append(text[done:])
    return Redaction("".join(parts), tuple(remarks))


def _settle(obligations: Iterable[Obligation], length: int) -> list[tuple[int, int, Obligation]]:
    """Return the spans to change, sorted and without overlap; where some overlap, their union under the strictest."""
    spans: list[tuple[int, int, Obligation]] = []
    for o in sorted((o for o in obligations if o.action in CHANGES), key=lambda o: o.finding.start):
        start, end = max(0, o.finding.start), min(length, o.finding.end)
        if start >= end:
            continue
        if spans and start < spans[-1][1]:
            first, last, other = spans[-1]
            spans[-1] = (first, max(last, end), o if o.action > other.action else other)
        else:
            spans.append((start, end, o))
    return spans


def _json_edits(
    text: str, spans: Iterable[tuple[int, int, Obligation]], json: JsonText, replace: Replace
) -> Iterator[Edit]:
    done = 0
    for first, last, obligation in spans:
        # What is behind `done` was replaced already: a whole literal, or escape, for a span before this one.
        for widened, end, inside in json.parts(max(first, done), last):
            start = max(widened, done)
            if inside:
                new = escape(replace(obligation, unescape(text[start:end])))
            else:
                old = text[start:end]
                changed = replace(obligation, old)
                new = old if changed == old else f'"{escape(changed)}"'
            yield Edit(start, end, new, obligation)
            done = end
