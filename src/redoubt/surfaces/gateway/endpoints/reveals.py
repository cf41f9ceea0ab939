"""Seeing recorded texts: one asks, and where the operator wants it, another approves."""

import asyncio
from dataclasses import replace

from redoubt.domain.errors import InputError, RightsError, ServiceError
from redoubt.services.audit.interface import StoredEntry
from redoubt.services.audit.reveals import REQUEST_SECONDS, Reveal, Reveals
from redoubt.surfaces.gateway.audit_bodies import RevealBody, RevealList, RevealRequest
from redoubt.surfaces.gateway.bodies import EntryList
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach, shown
from redoubt.surfaces.gateway.endpoints.audit import MAX_ENTRIES, entry_body, sees
from redoubt.surfaces.gateway.problems import NotServedError
from redoubt.surfaces.gateway.records import managed
from redoubt.surfaces.gateway.subjects import tenants_of

ACTION = "audit.reveal"


async def ask(asked: Asked) -> RevealBody:
    """Ask to see the texts that an exchange has now."""
    body: RevealRequest = asked.body
    now, who = asked.gateway.clock(), asked.principal
    below = (await asked.gateway.audit.head()).size
    await _entries(asked, body.exchange, below, reveal=False)
    request = Reveal(
        f"rv_{asked.number}",
        body.exchange,
        below,
        body.reason,
        who.tenant,
        who.id,
        now,
        now + REQUEST_SECONDS,
    )
    await _reveals(asked).ask(request)
    return _body(request, now)


async def approve(asked: Asked) -> RevealBody:
    """Approve what another one asked."""
    request = await _seen(asked)
    await _entries(asked, request.exchange, request.below, reveal=False)
    approved = await _reveals(asked).approve(request.id, asked.principal.id)
    return _body(approved, asked.gateway.clock())


async def open_(asked: Asked) -> EntryList:
    """Show the texts to who asked, once."""
    request = await _seen(asked)
    if asked.gateway.settings.audit.reveal_needs == 1 and request.approved_by is None:
        raise InputError("one person is enough here: read /redoubt/v1/audit with reveal=true")
    request = await _reveals(asked).open(request.id, asked.principal.id)
    there = await _entries(asked, request.exchange, request.below, reveal=False)
    await _record(asked, ACTION, f"{request.exchange}: {len(there)} entries: {request.reason}")
    texts = await _entries(asked, request.exchange, request.below, reveal=True)
    return EntryList([entry_body(item) for item in texts])


async def list_reveals(asked: Asked) -> RevealList:
    """Return the latest requests."""
    now = asked.gateway.clock()
    tenants = () if asked.principal.sees_all_tenants else await asyncio.to_thread(tenants_of, asked)
    return RevealList([_body(each, now) for each in await _reveals(asked).recent(tenants=tenants)])


async def _seen(asked: Asked) -> Reveal:
    """Return the request that is meant. Raises NotServedError where there is none, RightsError where it is another tenant's."""
    request = await _reveals(asked).find(asked.name)
    if request is None:
        raise NotServedError(
            404, "not_found", "there is no such request; the latest are listed at /redoubt/v1/audit/reveals"
        )
    if not asked.principal.sees(request.tenant):
        raise RightsError("that request belongs to another tenant")
    return request


async def _entries(asked: Asked, exchange: str, below: int, *, reveal: bool) -> list[StoredEntry]:
    """Return the entries of an exchange whose texts the caller may see.

    Raises NotServedError where there is no such exchange, RightsError where it is another tenant's or of an application not for the caller.
    """
    stored = asked.gateway.audit.read(exchange=exchange, before=below, limit=MAX_ENTRIES, reveal=reveal)
    entries = [item async for item in stored]
    found = [item for item in entries if sees(asked.principal, item.entry, ACTION)]
    if found:
        return found
    if entries:
        raise RightsError(
            "that exchange belongs to another tenant, or to an application whose texts are not for you"
        )
    raise NotServedError(404, "not_found", "there is no such exchange")


async def _record(asked: Asked, event: str, note: str) -> None:
    entry = managed(asked.principal, asked.exchange, event, "allow", "", at=asked.gateway.clock(), address="")
    await asked.gateway.audit.append(replace(entry, note=note))


def _wish(asked: Asked) -> str:
    """Note what is asked, and why."""
    return f"{shown(asked.body.exchange)} rv_{asked.number}: {asked.body.reason}"


def _body(request: Reveal, now: float) -> RevealBody:
    return RevealBody(
        request.id,
        request.exchange,
        request.reason,
        request.by,
        request.at,
        request.expires_at,
        request.approved_by,
        request.state(now),
    )


def _reveals(asked: Asked) -> Reveals:
    if asked.gateway.reveals is None:
        raise ServiceError("this gateway was started without what keeps requests to see texts")
    return asked.gateway.reveals


ENDPOINTS = (
    Endpoint(
        "POST", "/redoubt/v1/audit/reveals", ask, ACTION, RevealRequest, RevealBody,
        "Ask to see the texts of an exchange, where it takes two persons.", status=201, reach=Reach.NARROWED,
        event="audit.ask-reveal", note=_wish,
        fails={"404": "There is no such exchange."},
    ),
    Endpoint(
        "GET", "/redoubt/v1/audit/reveals", list_reveals, ACTION, None, RevealList,
        "List the latest requests to see texts.", reach=Reach.NARROWED, event="audit.reveals",
    ),
    Endpoint(
        "POST", "/redoubt/v1/audit/reveals/{id}/approve", approve, ACTION, None, RevealBody,
        "Approve what another principal asked; nobody approves their own.", reach=Reach.NARROWED,
        event="audit.approve-reveal",
    ),
    Endpoint(
        "POST", "/redoubt/v1/audit/reveals/{id}/open", open_, ACTION, None, EntryList,
        "See the texts that one asked for and another approved, once.", reach=Reach.NARROWED, event="audit.open-reveal",
    ),
)  # fmt: skip
