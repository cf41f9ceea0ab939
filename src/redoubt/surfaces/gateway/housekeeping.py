"""What a gateway does now and then, with nobody waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.lengths import Measuring
from redoubt.services.identity.interface import Identity
from redoubt.surfaces.gateway.metrics import Metrics
from redoubt.surfaces.gateway.problems import complain

PURGE_SECONDS = 600.0
"""Between two looks for sessions that have expired: so long their ciphertext may outlive them."""

MEASURE_SECONDS = 15.0
"""Between two looks at how much the audit log holds."""

Clock = Callable[[], float]


USE_SECONDS = 60.0
"""Between two notes of when keys were last used: no request waits for one."""


async def regularly(work: Callable[[], Awaitable[object]], every: float, trouble: str) -> None:
    """Do ``work`` again and again after ``every`` so many seconds, until cancelled; say ``trouble`` where a store was out."""
    while True:
        await asyncio.sleep(every)
        try:
            await work()
        except (
            ServiceError
        ) as error:  # the next time may succeed; requests say for themselves that a store is gone
            complain(trouble, error)


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


async def measure(log: Measuring, metrics: Metrics, clock: Clock, every: float = MEASURE_SECONDS) -> None:
    """Show how much the audit log holds, until cancelled. Raises ServiceError where it cannot be read."""
    while True:
        found = await log.lengths()
        lag = max(0.0, clock() - found.waiting_since) if found.waiting_since else 0.0
        metrics.set("redoubt_audit_entries", found.entries)
        metrics.set("redoubt_audit_unsequenced_entries", found.unsequenced)
        metrics.set("redoubt_audit_sequencing_lag_seconds", lag)
        metrics.set("redoubt_data_keys", found.data_keys)
        metrics.set("redoubt_audit_checkpoint_entries", found.checkpoint_entries)
        if found.checkpoint_at:
            metrics.set("redoubt_audit_checkpoint_timestamp_seconds", found.checkpoint_at)
        await asyncio.sleep(every)


_UNNOTED = "when keys were last used could not be written down"


async def note_use(identity: Identity, every: float = USE_SECONDS) -> None:
    """Write down ``every`` so many seconds when keys were last used, until cancelled."""
    await regularly(lambda: asyncio.to_thread(identity.note_use), every, _UNNOTED)


async def note_use_once(identity: Identity) -> None:
    """Write down when keys were last used."""
    try:
        await asyncio.to_thread(identity.note_use)
    except ServiceError as error:
        complain(_UNNOTED, error)
