"""Whose value this is, without keeping it: keyed fingerprints of what detectors found."""

import hmac
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from hashlib import sha256

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import PLAIN, Finding, under
from redoubt.engine.redact.canonical import canonical

CATEGORY = "leak.other_person"
SIZE = 16
"""Bytes of a fingerprint."""
_SURE = 0.5
_SHORTEST = 7
"""Letters and digits; what is shorter is many people's."""
_WHOSE = ("pii", "finance", "secret", "health")
_KINDS = ("secret.", "finance.", "pii.phone", "pii.", "health.")
"""Stand for all categories whose values have fingerprints: a family, and how `canonical` reads its values."""
_EVERYBODYS = ("pii.person", "pii.date_of_birth", "pii.ip")
"""Kinds of values that different people share."""


def fingerprint(key: bytes, tenant: str, category: str, value: str) -> bytes:
    """Return the fingerprint of a value: the same for all its writings, whatever rule found it, and for no other tenant."""
    family = category.partition(".")[0]
    said = "\0".join((tenant, family, canonical(category, value))).encode("utf-8", "surrogatepass")
    return hmac.digest(key, said, sha256)[:SIZE]


def possible(key: bytes, tenant: str, value: str) -> tuple[bytes, ...]:
    """Return the fingerprints that a value may have, one for each kind of value whose writings are told apart in another way."""
    return tuple(fingerprint(key, tenant, category, value) for category in _KINDS)


def telling(text: str, findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Yield the findings whose value points to one person, with the value.

    What a model inferred does not: most of it are names, and in answers nobody looks for them.
    """
    for found in findings:
        category = found.category
        if found.inferred or found.view != PLAIN or found.confidence < _SURE:
            continue
        if any(under(category, shared) for shared in _EVERYBODYS):
            continue
        value = text[found.start : found.end]
        if any(under(category, c) for c in _WHOSE) and sum(map(str.isalnum, value)) >= _SHORTEST:
            yield found, value


class OtherPeople:
    """Finds the values of other callers in the answer of one exchange (`redoubt.engine.leak.interface.Beside`)."""

    id = "other_person"

    def __init__(
        self,
        mark: Callable[[str, str], bytes],
        own: Container[bytes],
        foreign: Callable[[bytes], bool],
        texts: Sequence[str],
    ) -> None:
        """``mark`` gives the fingerprint of a category and a value; ``own`` are those that the prompt holds, found in ``texts``.

        ``foreign`` tells whether a fingerprint is known from other callers only; it may raise ServiceError, which is a failure.
        """
        self._mark, self._own, self._foreign, self._texts = mark, own, foreign, texts

    def detect(self, segment: Segment, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Yield a finding for each value that is somebody else's."""
        for found, value in telling(segment.text, findings):
            mark = self._mark(found.category, value)
            if mark in self._own or not self._foreign(mark):
                continue
            if not any(value in text for text in self._texts):
                yield Finding(CATEGORY, found.rule, found.start, found.end, found.confidence, found.view)
