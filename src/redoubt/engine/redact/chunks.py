"""A text with redactions, as a list of chunks.

A rule that comes later sees `Text` chunks only, so it can never touch the mask an earlier one left.

>>> chunks = split("card [X]!", (Remark(5, 8, "cards", Action.REDACT, "finance.card"),))
>>> chunks[1]
Redacted(text='[X]', rule='cards', action=<Action.REDACT: 4>, category='finance.card')
>>> join(chunks) == Redaction("card [X]!", (Remark(5, 8, "cards", Action.REDACT, "finance.card"),))
True
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redoubt.domain.decision import Action


@dataclass(frozen=True, slots=True)
class Text:
    """Text as it was written."""

    text: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """What was put in place of something."""

    text: str
    rule: str
    action: Action
    category: str


Chunk = Text | Redacted


@dataclass(frozen=True, slots=True)
class Remark:
    """Note of one change: where it stands in the new text, and why. It never carries what was there."""

    start: int
    end: int
    rule: str
    """Id of the policy rule that asked for it."""
    action: Action
    category: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text after its obligations were honoured."""

    text: str
    remarks: tuple[Remark, ...] = ()
    """In order of start; no two overlap."""


def split(text: str, remarks: Sequence[Remark]) -> tuple[Chunk, ...]:
    """Cut ``text`` at its remarks, which are sorted and do not overlap. ``join(split(t, r)) == Redaction(t, r)``."""
    chunks: list[Chunk] = []
    done = 0
    for remark in remarks:
        if remark.start > done:
            chunks.append(Text(text[done : remark.start]))
        chunks.append(Redacted(text[remark.start : remark.end], remark.rule, remark.action, remark.category))
        done = remark.end
    if done < len(text):
        chunks.append(Text(text[done:]))
    return tuple(chunks)


def join(chunks: Iterable[Chunk]) -> Redaction:
    """Put chunks together again; the inverse of `split`."""
    texts: list[str] = []
    remarks: list[Remark] = []
    done = 0
    for chunk in chunks:
        end = done + len(chunk.text)
        if isinstance(chunk, Redacted):
            remarks.append(Remark(done, end, chunk.rule, chunk.action, chunk.category))
        texts.append(chunk.text)
        done = end
    return Redaction("".join(texts), tuple(remarks))
