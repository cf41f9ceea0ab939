"""What the answers of a gateway are compared with: the operator's text of the same exchange, and values that only other callers wrote."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from hashlib import blake2b, sha256

from redoubt.domain.decision import Decision
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.leak import canary, fingerprints
from redoubt.engine.leak.detector import OperatorLeak
from redoubt.engine.leak.interface import Beside
from redoubt.engine.leak.operator import OperatorText
from redoubt.engine.policy.model import Policy, Spotlight
from redoubt.engine.redact.spotlight import spotlight
from redoubt.services.vault.interface import Scope

KEPT_CHARACTERS = 4 << 20
"""Of operators' texts that stay indexed in memory, some 100 bytes each; the same few come with every request."""
_CALLERS = 4096
"""Callers and persons whose stand-ins are remembered."""
_NONCE = 12


def person(key: bytes, tenant: str, subject: str) -> bytes:
    """Return what stands for a person among the fingerprints."""
    return _stands_for(key, "person", tenant, subject)


def _stands_for(key: bytes, what: str, tenant: str, name: str) -> bytes:
    said = f"{what}\0{tenant}\0{name}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, said, sha256)[: fingerprints.SIZE]


class Leaks:
    """Shared by all exchanges of a gateway."""

    def __init__(
        self,
        reasons: Reasons,
        *,
        key: bytes,
        recent: Callable[[bytes, bytes], bool],
        kept: int = KEPT_CHARACTERS,
    ) -> None:
        """``recent`` tells whether a fingerprint is, as far as this process remembers, known from others than an owner only.

        ``kept`` are the characters of operators' texts that stay indexed.
        """
        self.reasons, self.recent = reasons, recent
        self._key, self._kept = key, kept
        self._texts: dict[bytes, OperatorText] = {}
        # The same few callers come again and again.
        self._stand_in = lru_cache(maxsize=_CALLERS)(partial(_stands_for, key))

    def operator(self, segments: Sequence[Segment], shareable: Sequence[str]) -> OperatorText:
        """Return the operator's text of a request, read once for all requests that carry the same."""
        texts = tuple(s.text for s in segments if s.role is not Role.TOOL_DEFINITION)
        tools = tuple(s.text for s in segments if s.role is Role.TOOL_DEFINITION)
        said = "\0".join((*texts, "\0", *tools, "\0", *shareable)).encode("utf-8", "surrogatepass")
        digest = blake2b(said, key=self._key[:64], digest_size=16).digest()
        known = self._texts.get(digest)
        if known is None:
            known = OperatorText(texts, tools, shareable)
            with suppress(RuntimeError, KeyError, StopIteration):  # another thread was there first
                while self._texts and sum(t.size for t in self._texts.values()) + known.size > self._kept:
                    del self._texts[next(iter(self._texts))]
            self._texts[digest] = known
        return known

    def drawn(self, purpose: str, exchange: str) -> bytes:
        """Return 32 bytes that nobody without the key can guess, others for each exchange and purpose.

        Derived, not drawn: an id is used for one exchange only, and so nothing but the clock need be handed in to play one again.
        """
        return hmac.digest(self._key, f"{purpose}\0{exchange}".encode("utf-8", "surrogatepass"), sha256)

    def owner(self, scope: Scope) -> bytes:
        """Return what stands for a caller among the fingerprints."""
        return self._stand_in("owner", scope.tenant, scope.principal)

    def person(self, scope: Scope) -> bytes:
        """Return what stands among the fingerprints for whom a caller's values are about."""
        return self._stand_in("person", scope.tenant, scope.subject or scope.principal)

    def mark(self, tenant: str, category: str, value: str) -> bytes:
        """Return the fingerprint of a value."""
        return fingerprints.fingerprint(self._key, tenant, category, value)


class Watch:
    """What one exchange is watched for."""

    def __init__(
        self,
        leaks: Leaks,
        policy: Policy,
        scope: Scope,
        exchange: str,
        segments: Sequence[Segment],
        standing: str = "",
    ) -> None:
        """``segments`` are the request's, as the caller sent them; ``standing`` are instructions that the provider's side adds."""
        self._leaks, self._policy = leaks, policy
        self._segments = segments
        added = (Segment(standing, Role.SYSTEM, Trust.OPERATOR),) if standing else ()
        self._operator = (*(s for s in segments if s.trust is Trust.OPERATOR), *added)
        self._mark = partial(leaks.mark, scope.tenant)
        self._own: set[bytes] = set()
        self._exchange = exchange
        self._marker = ""
        self.owner = leaks.owner(scope)
        """Whose values these are."""
        self.person = leaks.person(scope)
        """Whom they are about."""

    def values(self, decisions: Sequence[tuple[str, Decision]]) -> frozenset[bytes]:
        """Take note of the values in the prompt; return the fingerprints of those that the caller brought."""
        by_path = {segment.path: segment for segment in self._segments}
        brought: set[bytes] = set()
        for path, decision in decisions:
            segment = by_path.get(path)
            if segment is None:
                continue
            marks = self._marks(segment, tuple(duty.finding for duty in decision.obligations))
            self._own |= marks
            if segment.trust in (Trust.USER, Trust.EXTERNAL):
                brought |= marks
        return frozenset(brought)

    def strangers(self, found: Sequence[tuple[Segment, Sequence[Finding]]]) -> frozenset[bytes]:
        """Return the fingerprints of the values in an answer that the prompt does not hold."""
        marks: set[bytes] = set()
        for segment, findings in found:
            marks |= self._marks(segment, findings)
        return frozenset(marks - self._own)

    def changes(self, safe: Sequence[Segment]) -> Mapping[str, str]:
        """Return what is written into the request besides what was redacted: marks around foreign text, the canary."""
        policy = self._policy
        changes: dict[str, str] = {}
        if policy.spotlight is not Spotlight.OFF:
            nonce = self._leaks.drawn("spotlight", self._exchange).hex()[:_NONCE]
            changes.update(spotlight(safe, policy.spotlight, policy.spotlight_style, nonce))
        if policy.canary and (place := canary.place(safe)) is not None:
            self._marker = canary.marker(self._leaks.drawn("canary", self._exchange))
            changes[place.path] = changes.get(place.path, place.text) + canary.line(self._marker)
        return changes

    def beside(self, foreign: Callable[[bytes], bool] | None) -> tuple[Beside, ...]:
        """Return what looks at the answer; ``foreign`` tells whose a value is, None: as far as this process remembers."""
        watching: list[Beside] = []
        if self._operator:
            text = self._leaks.operator(self._operator, self._policy.shareable)
            watching.append(OperatorLeak(text, self._known, self._leaks.reasons))
        if self._marker:
            watching.append(canary.Canary(self._marker, self._leaks.reasons))
        of = foreign or partial(self._leaks.recent, self.owner)
        texts = [segment.text for segment in self._segments]
        watching.append(fingerprints.OtherPeople(self._mark, self._own, of, texts))
        return tuple(watching)

    def without_marker(self, segments: Sequence[Segment]) -> tuple[Segment, ...]:
        """Return the segments as they may be kept: the canary is in no log."""
        return canary.without(self._marker, segments) if self._marker else tuple(segments)

    def _marks(self, segment: Segment, findings: Sequence[Finding]) -> set[bytes]:
        return {
            self._mark(found.category, value) for found, value in fingerprints.telling(segment.text, findings)
        }

    def _known(self) -> Sequence[str]:
        return [segment.text for segment in self._segments if segment.trust is not Trust.OPERATOR]
