"""Detectors and the policy over them: what every surface asks of a text."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import blake2b
from operator import itemgetter

from redoubt.domain.decision import Decision
from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Detector, Scan, Unit
from redoubt.engine.detect.scan import scan
from redoubt.engine.leak.interface import Beside
from redoubt.engine.leak.watch import beside
from redoubt.engine.policy.decide import decide
from redoubt.engine.policy.model import Policy, Situation

CACHED_SCANS = 65_536
"""Segments whose scan is remembered; chat clients resend the whole history at each turn."""
CACHED_FINDINGS = 64
"""A scan with more findings than this is not worth its memory."""

NOTHING = Decision()
"""The decision about a text in which nothing was found."""


class Inspector:
    """Scans a segment and decides about it. What was scanned before is not scanned again.

    The memory holds keyed digests and positions, never text. The key is the caller's secret, so that a dump of memory does not tell
    whether a guessed text was seen.
    """

    __slots__ = ("_beside", "_cache", "_check", "_detectors", "_key", "judges_sentences", "policy", "slow")

    def __init__(self, detectors: Sequence[Detector], policy: Policy, *, key: bytes) -> None:
        self._detectors = tuple(detectors)
        self._key = blake2b(
            key + "\n".join(f"{d.id} {d.version}" for d in self._detectors).encode(), digest_size=32
        ).digest()
        self._cache: dict[bytes, Scan] = {}
        self._beside: tuple[Beside, ...] = ()
        self._check: Callable[[], None] | None = None
        self.judges_sentences = any(d.unit is Unit.SENTENCE for d in self._detectors)
        """Whether any detector does: a stream is cut for it."""
        self.slow = any(d.slow for d in self._detectors)
        """Whether any detector is: texts are inspected beside the event loop."""
        self.policy = policy

    def within(self, check: Callable[[], None]) -> "Inspector":
        """Return this inspector for one exchange: ``check`` is called after each inspection and raises where there is no time for more."""
        bounded = self._twin()
        bounded._check = check
        return bounded

    def beside(self, watching: Sequence[Beside]) -> "Inspector":
        """Return this inspector, its memory included, with what watches one exchange beside its detectors."""
        other = self._twin()
        other._beside = tuple(watching)
        return other

    def _twin(self) -> "Inspector":
        # `copy.copy` takes ten times as long, and every exchange has two.
        twin = Inspector.__new__(Inspector)
        for name in Inspector.__slots__:
            setattr(twin, name, getattr(self, name))
        return twin

    def remembers(self, segment: Segment) -> bool:
        """Tell whether ``segment`` was scanned before, so that to inspect it takes no time worth mentioning."""
        return self._digest(segment) in self._cache

    def scan(self, segment: Segment) -> Scan:
        """Return what the detectors say about ``segment``."""
        digest = self._digest(segment)
        known = self._cache.get(digest)
        if known is not None:
            return known
        result = scan(self._detectors, segment)
        if not result.failed and len(result.findings) <= CACHED_FINDINGS:
            if len(self._cache) >= CACHED_SCANS:
                with suppress(RuntimeError):  # another thread was there first
                    self._cache.pop(next(iter(self._cache)), None)
            self._cache[digest] = result
        return result

    def _digest(self, segment: Segment) -> bytes:
        return blake2b(
            "\0".join((segment.role, segment.trust, segment.text)).encode("utf-8", "surrogatepass"),
            key=self._key,
            digest_size=16,
        ).digest()

    def inspect(
        self,
        segment: Segment,
        where: Situation,
        *,
        known: Sequence[tuple[int, int]] = (),
        remember: bool = True,
    ) -> Decision:
        """Decide about ``segment``.

        ``where`` is narrowed to the segment's own role and trust. ``known`` are spans that hold our own pseudonyms, in order of start:
        what lies in them is ours and not a finding. ``remember`` is for texts that will come again; pieces of a stream will not. Raises
        what the check of `within` raises.
        """
        result = self.scan(segment) if remember else scan(self._detectors, segment)
        if self._check is not None:
            self._check()
        if result.findings and (known or self.policy.allowed):
            result = replace(result, findings=self._not_ours(segment.text, result.findings, known))
        if self._beside:
            result = beside(result, self._beside, segment)
        if not result.findings and not result.failed:
            return NOTHING
        where = replace(where, role=segment.role, trust=segment.trust)
        return decide(self.policy, result, where)

    def _not_ours(
        self, text: str, findings: tuple[Finding, ...], known: Sequence[tuple[int, int]]
    ) -> tuple[Finding, ...]:
        return tuple(
            finding
            for finding in findings
            if not _within(finding, known)
            and not self.policy.excuses(finding.category, text[finding.start : finding.end])
        )


def _within(finding: Finding, spans: Sequence[tuple[int, int]]) -> bool:
    place = bisect_right(spans, finding.start, key=itemgetter(0)) - 1
    return place >= 0 and finding.end <= spans[place][1]
