"""How entries are found again: what is asked, and what of an entry stands in the search tables.

The tables hold hashes of 64 bits, so that a row is narrow and its words cost nothing to compare; whoever reads the entry then compares the
words themselves. All of it but the fingerprints of values can be made again from the entries. Those stand in no entry, whose bytes are for
ever: they must go when a person is forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from redoubt.domain.evidence import Entry
from redoubt.domain.finding import under

Row = tuple[int, int, int, int, int, int, int, int, int]
"""``at_us, tenant, subject, principal, app, upstream, model, decision, kind``."""
MARK_BYTES = 8
"""So much of a value's fingerprint is kept as its term."""


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
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=1024)
def short(word: str) -> int:
    """Return 15 bits that stand for one of few words."""
    return hashed(word) & 0x7FFF


def row(entry: Entry) -> Row:
    """Return what stands for ``entry`` in the search table."""
    return (
        round(entry.at * 1_000_000),
        hashed(entry.tenant),
        hashed(entry.subject),
        hashed(entry.principal),
        hashed(entry.app),
        hashed(entry.upstream),
        hashed(entry.model),
        short(entry.decision),
        short(entry.kind),
    )


def terms(entry: Entry) -> set[int]:
    """Return the terms of an entry: its categories, all that they begin with, and the values whose fingerprints it brings."""
    found: set[int] = set()
    for record in entry.findings:
        found.update(_category_terms(record.finding.category))
        if record.mark:
            found.add(mark_term(record.mark))
    return found


def category_term(prefix: str) -> int:
    """Return the term of a category or of what it begins with: an even number."""
    return hashed(f"category\0{prefix}") & ~1


def mark_term(mark: bytes) -> int:
    """Return the term of a value's fingerprint: an odd number, for those alone must go when a person is forgotten."""
    return int.from_bytes(mark[:MARK_BYTES], "big", signed=True) | 1


@lru_cache(maxsize=1024)
def _category_terms(category: str) -> tuple[int, ...]:
    return tuple(category_term(prefix) for prefix in _prefixes(category))


def _prefixes(category: str) -> Iterator[str]:
    parts = category.split(".")
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count])
