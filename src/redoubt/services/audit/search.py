"""How entries are found again: what is asked, and what of an entry stands in the search tables.

The tables hold hashes of 64 bits, so that a row is narrow and its words cost nothing to compare; whoever reads the entry then compares the
words themselves. What many entries have in common, their traits, is written down once for all of them. All of it but the fingerprints of
values can be made again from the entries. Those stand in no entry, whose bytes are for ever: they must go when a person is forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from redoubt.domain.evidence import Entry
from redoubt.domain.finding import under

Row = tuple[int, int, int, int, int, int]
"""``at_us, tenant, subject, principal, app, traits``."""
MARK_BYTES = 8
"""So much of a value's fingerprint is kept."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which entries are wanted; what is empty or None is not asked. All that is asked must be true of an entry."""

    since: float | None = None
    """Seconds since the epoch, UTC; the first that is wanted."""
    until: float | None = None
    """The first that is not wanted any more."""
    principal: str = ""
    app: str = ""
    subjects: tuple[str, ...] = ()
    """Any of them, as entries name them."""
    category: str = ""
    """Of a finding, or what it begins with before a dot."""
    decision: str = ""
    kind: str = ""
    exchange: str = ""
    upstream: str = ""
    model: str = ""
    marks: tuple[bytes, ...] = ()
    """Fingerprints of one value (`redoubt.engine.leak.fingerprints`), in each of the forms in which it may be kept."""

    tenants: tuple[str, ...] | None = None
    """Of these alone; None: of all. It is asked of the tables, so that how many there are of others shows in no answer."""
    apps: tuple[str, ...] | None = None
    """The same of applications."""

    def said(self) -> str:
        """Return what is asked, for the record: never a value, nor what stands for one."""
        words = [
            f"{name}={asked}"
            for name in ("principal", "app", "category", "decision", "kind", "exchange", "upstream", "model")
            if (asked := getattr(self, name))
        ]
        words.extend(
            f"{name}={at:.0f}" for name in ("since", "until") if (at := getattr(self, name)) is not None
        )
        if self.subjects:
            words.append("a subject")
        if self.marks:
            words.append("a value")
        return "entries by " + ", ".join(words) if words else "all entries"

    def matches(self, entry: Entry) -> bool:
        """Tell whether the words of ``entry`` are those that are asked for; times and values the tables know."""
        return (
            self.principal in ("", entry.principal)
            and self.app in ("", entry.app)
            and (not self.subjects or entry.subject in self.subjects)
            and self.decision in ("", entry.decision)
            and self.kind in ("", entry.kind)
            and self.exchange in ("", entry.exchange)
            and self.upstream in ("", entry.upstream)
            and self.model in ("", entry.model)
            and (self.tenants is None or entry.tenant in self.tenants)
            and (self.apps is None or entry.app in self.apps)
            and (not self.category or any(under(r.finding.category, self.category) for r in entry.findings))
        )


@lru_cache(maxsize=16_384)
def hashed(text: str) -> int:
    """Return 64 bits that stand for ``text``, as a signed number."""
    return _signed(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class Traits(NamedTuple):
    """What many entries have in common: where they went, what they are, what became of them, which categories were found."""

    number: int
    """Stands for all of them together."""
    terms: tuple[int, ...]
    """One stands for each, and for all that a category begins with."""


def traits(entry: Entry, key: bytes) -> Traits:
    """Return the traits of an entry; the same ``key`` gives the same ones the same number.

    It is a secret: whoever can make two sets of traits of one number can have an entry found as what it is not.
    """
    found = tuple(sorted({each.finding.category for each in entry.findings})) if entry.findings else ()
    return _traits(key, entry.upstream, entry.model, entry.decision, entry.kind, found)


def row(entry: Entry, traits: int) -> Row:
    """Return what stands for ``entry`` in the search table; ``traits`` is the number of its own."""
    return (
        round(entry.at * 1_000_000),
        hashed(entry.tenant),
        hashed(entry.subject),
        hashed(entry.principal),
        hashed(entry.app),
        traits,
    )


def marks(entry: Entry) -> set[int]:
    """Return what stands for the values whose fingerprints an entry brings."""
    return {mark_number(record.mark) for record in entry.findings if record.mark}


def term(name: str, word: str) -> int:
    """Return what stands for one trait: its ``name`` (as in `Query`) and its ``word``."""
    return hashed(f"{name}\0{word}")


def mark_number(mark: bytes) -> int:
    """Return what stands for a value, by its fingerprint."""
    return int.from_bytes(mark[:MARK_BYTES], "big", signed=True)


@lru_cache(maxsize=1024)
def _traits(
    key: bytes, upstream: str, model: str, decision: str, kind: str, categories: tuple[str, ...]
) -> Traits:
    named = (("upstream", upstream), ("model", model), ("decision", decision), ("kind", kind))
    found = {prefix for category in categories for prefix in _prefixes(category)}
    terms = sorted({term(*each) for each in named} | {term("category", prefix) for prefix in found})
    said = b"".join(each.to_bytes(8, "big", signed=True) for each in terms)
    return Traits(_signed(blake2b(said, digest_size=8, key=key).digest()), tuple(terms))


def _signed(digest: bytes) -> int:
    return int.from_bytes(digest, "big", signed=True)


def _prefixes(category: str) -> Iterator[str]:
    parts = category.split(".")
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count])
