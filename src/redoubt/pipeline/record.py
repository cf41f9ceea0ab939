"""Writes the entries of one exchange. An entry holds the text as it crossed: what policy masks is masked in the log too."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from redoubt.domain.decision import Decision
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.exchange import Segment, Uninspectable, Usage
from redoubt.domain.finding import Finding
from redoubt.domain.pointer import shown
from redoubt.domain.principal import Principal
from redoubt.engine.leak.fingerprints import fingerprint, telling

Decided = Sequence[tuple[str, Decision]]
"""Decisions by the path of their segment."""

NOT_TRUSTED = "an end user was named by who may not name one"
"""Stands as note in the entry of such a prompt, whose subject is then the principal."""
MAX_FINDINGS = 1000
"""An entry names so many findings; where there were more it says how many it leaves out."""

_SHORT = 64
"""Characters of a path that is worth remembering: the same few occur in every exchange."""

_encode = msgspec.json.Encoder().encode
_UNKNOWN = Usage()


@dataclass(frozen=True, slots=True)
class Ledger:
    """What all entries of one exchange have in common."""

    exchange: str
    principal: Principal
    api: str
    upstream: str
    model: str
    policy: str
    value_key: bytes = b""
    """Key of the fingerprints by which the log is searched for a value; empty: it cannot be."""

    def entry(
        self,
        kind: str,
        decision: str,
        decided: Decided,
        safe: Sequence[Segment],
        *,
        at: float,
        opaque: Sequence[Uninspectable] = (),
        usage: Usage = _UNKNOWN,
        note: str = "",
        since: float | None = None,
        written: Sequence[Segment] = (),
    ) -> Entry:
        """Return one entry.

        ``safe`` are the segments as they may be kept, ``opaque`` the parts that hold no text, ``since`` is when the request came,
        ``written`` are the segments as they were written, whose values get fingerprints.
        """
        marks = self._marks(decided, written) if written and self.value_key else {}
        findings = [
            FindingRecord(
                duty.finding, _place(path), duty.action.name.lower(), marks.get((path, duty.finding), b"")
            )
            for path, verdict in decided
            for duty in verdict.obligations
        ]
        notes = [note] if note else []
        if len(findings) > MAX_FINDINGS:
            notes.append(f"{len(findings) - MAX_FINDINGS} more findings")
        if opaque:
            notes.extend(f"uninspectable {part.kind} at {_place(part.path)}" for part in opaque[:16])
        who = self.principal
        if kind == "prompt" and who.end_user and not who.trusted:
            notes.append(NOT_TRUSTED)
        return Entry(
            exchange=self.exchange,
            kind=kind,
            at=at,
            principal=who.id,
            app=who.app,
            tenant=who.tenant,
            subject=who.subject,
            decision=decision,
            upstream=self.upstream,
            model=self.model,
            api=self.api,
            policy=self.policy,
            findings=tuple(findings[:MAX_FINDINGS]),
            reasons=tuple(dict.fromkeys(reason for _, d in decided for reason in d.reasons))
            if decided
            else (),
            errors=tuple(dict.fromkeys(error for _, d in decided for error in d.errors)) if decided else (),
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            latency_ms=None if since is None else max(0.0, (at - since) * 1000.0),
            note="; ".join(notes),
            text=_document(safe),
        )

    def _marks(self, decided: Decided, written: Sequence[Segment]) -> dict[tuple[str, Finding], bytes]:
        """Return the fingerprints of the values that tell one person, or one secret, from others."""
        texts = {segment.path: segment.text for segment in written}
        return {
            (path, found): fingerprint(self.value_key, self.principal.tenant, found.category, value)
            for path, verdict in decided
            if verdict.obligations and path in texts
            for found, value in telling(texts[path], (duty.finding for duty in verdict.obligations))
        }


def _document(segments: Sequence[Segment]) -> str:
    """Return the segments as one JSON document; lone surrogates, which UTF-8 cannot carry, become question marks."""
    rows = [{"path": _place(s.path), "role": s.role, "text": s.text} for s in segments]
    try:
        return _encode(rows).decode()
    except UnicodeEncodeError:
        for row in rows:
            row["text"] = row["text"].encode("utf-8", "replace").decode()
        return _encode(rows).decode()


def _place(path: str) -> str:
    return _short_place(path) if len(path) <= _SHORT else shown(path)


@lru_cache(maxsize=1024)
def _short_place(path: str) -> str:
    return shown(path)
