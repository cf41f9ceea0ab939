"""Erasing persons, and holding them against it."""

import asyncio

from redoubt.domain.errors import InputError, ServiceError
from redoubt.pipeline.forgetting import Eraser
from redoubt.services.audit.forgetting import Forgetting, Hold
from redoubt.surfaces.gateway.audit_bodies import (
    ErasedBody,
    ErasureReply,
    HoldBody,
    HoldList,
    HoldRequest,
    ReleaseReply,
)
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach
from redoubt.surfaces.gateway.records import managed
from redoubt.surfaces.gateway.subjects import candidates_of, known


async def erase(asked: Asked) -> ErasureReply:
    """Erase a person from all stores."""
    log, eraser = _log(asked), _eraser(asked)
    found = await asyncio.to_thread(candidates_of, asked, asked.name, asked.query.get("app", ""))
    erased = []
    persons = await known(log, found)
    await eraser.refuse_held(persons)
    for tenant, subject in persons:
        gone = await eraser.erase(tenant, subject, asked.principal.id)
        await _record(asked, "audit.erased", f"{subject}: {gone}")
        numbers = (gone.keys, gone.entries, gone.aliases, gone.fingerprints)
        erased.append(ErasedBody(tenant, subject, *numbers, list(gone.remains)))
    return ErasureReply(erased)


async def hold(asked: Asked) -> HoldList:
    """Place a hold on a person, or one on each who bears the name."""
    body: HoldRequest = asked.body
    log, now = _log(asked), asked.gateway.clock()
    if body.until is not None and body.until <= now:
        raise InputError("the hold would be over already", pointer="/until")
    found = await asyncio.to_thread(candidates_of, asked, body.subject, body.app or "")
    placed = []
    for i, (tenant, subject) in enumerate(await known(log, found)):
        one = Hold(
            f"hold_{asked.number}{i or ''}", tenant, subject, body.reason, asked.principal.id, now, body.until
        )
        await _record(asked, "audit.held", f"{subject} {one.id}: {one.reason}")
        await log.hold(one)
        placed.append(one)
    return _listed(placed)


async def release(asked: Asked) -> ReleaseReply:
    """Release the holds of a person."""
    log = _log(asked)
    found = await asyncio.to_thread(candidates_of, asked, asked.name, asked.query.get("app", ""))
    released = 0
    for tenant, subject in await known(log, found):
        number = await log.release(tenant, subject, asked.principal.id)
        await _record(asked, "audit.released", f"{subject}: {number} holds")
        released += number
    return ReleaseReply(released)


async def list_holds(asked: Asked) -> HoldList:
    """Return the holds in force."""
    return _listed([each for each in await _log(asked).holds() if asked.principal.sees(each.tenant)])


def _listed(holds: list[Hold]) -> HoldList:
    return HoldList([HoldBody(h.id, h.tenant, h.subject, h.reason, h.by, h.at, h.until) for h in holds])


async def _record(asked: Asked, event: str, note: str) -> None:
    at = asked.gateway.clock()
    await asked.gateway.audit.append(
        managed(asked.principal, asked.exchange, event, "allow", note, at=at, address="")
    )


def _log(asked: Asked) -> Forgetting:
    if asked.gateway.forgetting is None:
        raise ServiceError("this gateway was started without what makes the log forget")
    return asked.gateway.forgetting


def _eraser(asked: Asked) -> Eraser:
    if asked.gateway.eraser is None:
        raise ServiceError("this gateway was started without what erases persons")
    return asked.gateway.eraser


ENDPOINTS = (
    Endpoint(
        "POST", "/redoubt/v1/audit/subjects/{id}/erase", erase, "audit.erase", None, ErasureReply,
        "Erase a person: a principal, a subject of the log, or a name as an application sends it. A hold wins.",
        ("app",), reach=Reach.TENANT, event="audit.erase", fails={"409": "The person is held."},
    ),
    Endpoint(
        "POST", "/redoubt/v1/audit/subjects/{id}/release", release, "audit.hold", None, ReleaseReply,
        "Release the holds of a person.", ("app",), reach=Reach.TENANT, event="audit.release",
    ),
    Endpoint(
        "POST", "/redoubt/v1/audit/holds", hold, "audit.hold", HoldRequest, HoldList,
        "Hold a person's texts against erasure and retention.", status=201, reach=Reach.TENANT, event="audit.hold",
        fails={"404": "Nobody of that name is known."},
    ),
    Endpoint(
        "GET", "/redoubt/v1/audit/holds", list_holds, "audit.hold", None, HoldList,
        "List the holds in force.", reach=Reach.TENANT, event="audit.holds",
    ),
)  # fmt: skip
