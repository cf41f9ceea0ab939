"""What a gateway does now and then, with nobody waiting."""

import asyncio
from typing import Protocol

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.interface import AuditLog
from redoubt.services.identity.interface import Identity
from redoubt.surfaces.gateway.metrics import Metrics
from redoubt.surfaces.gateway.problems import complain

PURGE_SECONDS = 600.0
"""Between two looks for sessions that have expired: so long their ciphertext may outlive them."""

COUNT_SECONDS = 15.0
"""Between two looks at the length of the audit log."""


USE_SECONDS = 60.0
"""Between two notes of when keys were last used: no request waits for one."""


class Store(Protocol):
    """What holds things for a time."""

    async def purge(self) -> object:
        """Delete what has expired; raises ServiceError."""


async def forget_expired(*stores: Store, every: float = PURGE_SECONDS) -> None:
    """Delete what has expired from the stores, at once and then again ``every`` so many seconds, until cancelled."""
    while True:
        for store in stores:
            try:
                await store.purge()
            except (
                ServiceError
            ) as error:  # the store may be back the next time; requests say for themselves that it is gone
                complain("what has expired could not be deleted", error)
        await asyncio.sleep(every)


async def count_entries(audit: AuditLog, metrics: Metrics, every: float = COUNT_SECONDS) -> None:
    """Show how long the audit log is, until cancelled. Raises ServiceError where it cannot be read."""
    while True:
        metrics.set("redoubt_audit_entries", (await audit.head()).size)
        await asyncio.sleep(every)


async def note_use(identity: Identity, every: float = USE_SECONDS) -> None:
    """Write down ``every`` so many seconds when keys were last used, until cancelled."""
    while True:
        await asyncio.sleep(every)
        await note_use_once(identity)


async def note_use_once(identity: Identity) -> None:
    """Write down when keys were last used."""
    try:
        await asyncio.to_thread(identity.note_use)
    except ServiceError as error:
        complain("when keys were last used could not be written down", error)
