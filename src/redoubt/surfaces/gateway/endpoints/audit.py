"""The audit log, read. What a caller may not see is not there for it: entries of other tenants, and of apps its right is not for."""

from redoubt.domain.errors import InputError, RightsError
from redoubt.domain.evidence import Entry
from redoubt.domain.principal import Principal
from redoubt.services.audit.interface import StoredEntry
from redoubt.surfaces.gateway import bodies
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach, shown, whole_number

MAX_ENTRIES = 1000
_PAGES = ("limit", "before")
MAX_PAGES = 100
"""Pages that are looked through for what a caller may see; beyond, it asks again with ``before``."""


async def list_entries(asked: Asked) -> bodies.EntryList:
    """Read the log, newest first, as far as the caller may see it; that it was read is on record by now."""
    limit = whole_number(asked.query, "limit", 100)
    before = whole_number(asked.query, "before", None)
    reveal = asked.query.get("reveal", "false")
    if reveal not in ("true", "false"):
        raise InputError("the query parameter reveal must be true or false")
    exchange = asked.query.get("exchange", "")
    if limit is None or not 1 <= limit <= MAX_ENTRIES:
        raise InputError(f"the query parameter limit must be 1 to {MAX_ENTRIES}")
    if reveal == "true" and asked.gateway.settings.audit.reveal_needs > 1:
        raise RightsError("texts are shown to two persons only here; ask at /redoubt/v1/audit/reveals")
    action = "audit.reveal" if reveal == "true" else "audit.read"
    seen: list[StoredEntry] = []
    for _ in range(MAX_PAGES):
        stored = asked.gateway.audit.read(
            exchange=exchange, limit=limit, before=before, reveal=reveal == "true"
        )
        page = [item async for item in stored]
        seen.extend(item for item in page if sees(asked.principal, item.entry, action))
        if len(page) < limit or len(seen) >= limit:
            break
        before = page[-1].receipt.index
    return bodies.EntryList([entry_body(item) for item in seen[:limit]])


async def head(asked: Asked) -> bodies.HeadBody:
    """Return the state of the whole log."""
    state = await asked.gateway.audit.head()
    return bodies.HeadBody(state.size, state.root.hex())


def sees(who: Principal, entry: Entry, action: str) -> bool:
    """Tell whether ``who`` may do ``action`` to an entry."""
    return who.sees(entry.tenant) and who.rights.allow(action, app=entry.app)


def _extent(asked: Asked) -> str:
    """Note what was read of the log: which page alone where each is an event of its own, since texts were shown."""
    passed = ("reveal",) if asked.query.get("reveal") == "true" else ("reveal", *_PAGES)
    return " ".join(
        f"{name}={shown(value)}" for name, value in sorted(asked.query.items()) if name not in passed
    )


def entry_body(stored: StoredEntry) -> bodies.EntryBody:
    """Return an entry as the API says it."""
    entry = stored.entry
    records = [
        bodies.RecordBody(f.category, f.rule, r.path, f.start, f.end, f.confidence, f.view, r.action)
        for r in entry.findings
        for f in (r.finding,)
    ]
    return bodies.EntryBody(
        index=stored.receipt.index,
        leaf=stored.receipt.leaf.hex(),
        exchange=entry.exchange,
        kind=entry.kind,
        at=entry.at,
        principal=entry.principal,
        app=entry.app,
        tenant=entry.tenant,
        subject=entry.subject,
        decision=entry.decision,
        upstream=entry.upstream,
        model=entry.model,
        api=entry.api,
        policy=entry.policy,
        findings=records,
        reasons=list(entry.reasons),
        errors=list(entry.errors),
        input_tokens=entry.input_tokens,
        output_tokens=entry.output_tokens,
        latency_ms=entry.latency_ms,
        note=entry.note,
        text=entry.text,
    )


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/audit", list_entries, "audit.read", None, bodies.EntryList,
        "Read the audit log, newest first.", ("exchange", "limit", "before", "reveal"), reach=Reach.NARROWED,
        event="audit.read", note=_extent, step_up={("reveal", "true"): "audit.reveal"}, pages=_PAGES,
    ),
    Endpoint(
        "GET", "/redoubt/v1/audit/head", head, "audit.read", None, bodies.HeadBody,
        "Size and root hash of the audit log.", reach=Reach.NARROWED,
    ),
)  # fmt: skip
