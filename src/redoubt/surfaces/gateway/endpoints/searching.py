"""Finding entries. A value that is looked for comes in a body, never in a URL, and is on no record."""

import asyncio
from datetime import UTC, datetime
from hashlib import blake2b

from redoubt.domain.errors import InputError
from redoubt.engine.leak.fingerprints import possible
from redoubt.services.audit.interface import StoredEntry
from redoubt.services.audit.search import Query
from redoubt.surfaces.gateway.audit_bodies import SearchReply, SearchRequest
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach, whole_number
from redoubt.surfaces.gateway.endpoints.audit import MAX_ENTRIES, MAX_PAGES, entry_body, sees
from redoubt.surfaces.gateway.records import managed
from redoubt.surfaces.gateway.subjects import candidates_of, tenants_of

_WORDS = ("principal", "app", "subject", "category", "decision", "kind", "exchange", "upstream", "model")
_LONGEST = 300


async def search(asked: Asked) -> SearchReply:
    """Find entries by what the query of the URL says."""
    said = asked.query
    limit, before = whole_number(said, "limit", 100), whole_number(said, "before", None)
    if limit is None or not 1 <= limit <= MAX_ENTRIES:
        raise InputError(f"the query parameter limit must be 1 to {MAX_ENTRIES}")
    words = {name: said.get(name, "") for name in _WORDS}
    if any(len(word) > _LONGEST for word in words.values()):
        raise InputError(f"a query parameter is longer than {_LONGEST} characters")
    since, until = _moment(asked, "since"), _moment(asked, "until")
    wanted = SearchRequest(since=since, until=until, limit=limit, before=before, **words)  # type: ignore[arg-type]
    return await _found(asked, wanted)


async def search_value(asked: Asked) -> SearchReply:
    """Find entries by what the body says, which may be a value."""
    return await _found(asked, asked.body)


async def _found(asked: Asked, wanted: SearchRequest) -> SearchReply:
    query = await _query(asked, wanted)
    seen: list[StoredEntry] = []
    before, more = wanted.before, True
    for _ in range(MAX_PAGES):
        page = [item async for item in asked.gateway.audit.search(query, limit=wanted.limit, before=before)]
        seen.extend(item for item in page if sees(asked.principal, item.entry, "audit.read"))
        more = len(page) > 0
        if not more or len(seen) >= wanted.limit:
            break
        before = page[-1].receipt.index
    await _record(asked, query)
    shown = seen[: wanted.limit]
    if len(seen) > wanted.limit:
        before = shown[-1].receipt.index
    elif seen and more:
        before = min(before or seen[-1].receipt.index, seen[-1].receipt.index)
    return SearchReply([entry_body(item) for item in shown], before if more else None)


async def _query(asked: Asked, wanted: SearchRequest) -> Query:
    subjects: tuple[str, ...] = ()
    if wanted.subject:
        found = await asyncio.to_thread(candidates_of, asked, wanted.subject, wanted.app)
        subjects = tuple({name for _, name in found})
    tenants = await asyncio.to_thread(tenants_of, asked)
    marks: tuple[bytes, ...] = ()
    if wanted.value:
        key = asked.gateway.desk.value_key
        if not key or not (value := wanted.value.strip()):
            raise InputError("there is no value to look for", pointer="/value")
        marks = tuple(mark for tenant in tenants for mark in possible(key, tenant, value))
    words = {name: getattr(wanted, name) for name in _WORDS if name != "subject"}
    who = asked.principal
    return Query(
        since=wanted.since,
        until=wanted.until,
        subjects=subjects,
        marks=marks,
        tenants=None if who.sees_all_tenants else tuple(tenants),
        apps=who.rights.apps("audit.read"),
        **words,
    )


async def _record(asked: Asked, query: Query) -> None:
    """Put on record what was looked for, before anything of it is shown, unless it is already."""
    gateway, who = asked.gateway, asked.principal
    what = blake2b(repr(query).encode(), digest_size=16).digest()
    if gateway.readings.is_new(who.id, what, gateway.clock):
        entry = managed(
            who, asked.exchange, "audit.search", "allow", query.said(), at=gateway.clock(), address=""
        )
        await gateway.audit.append(entry)
        gateway.readings.note(who.id, what, gateway.clock)


def _moment(asked: Asked, name: str) -> float | None:
    text = asked.query.get(name)
    if not text:
        return None
    try:
        said = datetime.fromisoformat(text)
        return max(0.0, (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        pass
    seconds = whole_number(asked.query, name, None)
    return None if seconds is None else float(seconds)


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/audit/search", search, "audit.read", None, SearchReply,
        "Find entries, newest first. Times are ISO 8601 (UTC) or seconds since the epoch.",
        ("since", "until", *_WORDS, "limit", "before"), reach=Reach.NARROWED,
    ),
    Endpoint(
        "POST", "/redoubt/v1/audit/search", search_value, "audit.read", SearchRequest, SearchReply,
        "Find entries, also by a value: who else sent this? The value is kept nowhere.", reach=Reach.NARROWED,
    ),
)  # fmt: skip
