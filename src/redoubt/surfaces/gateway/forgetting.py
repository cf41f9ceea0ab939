"""What a gateway forgets by itself: texts that are past their time, and keys in memory that were destroyed elsewhere."""

import asyncio
import secrets
import time
from collections.abc import Callable

from redoubt.domain.evidence import Entry
from redoubt.services.audit.forgetting import Forgetting
from redoubt.services.audit.ids import RANDOM_BYTES, exchange_id
from redoubt.services.audit.interface import AuditLog
from redoubt.services.fingerprints.interface import Fingerprints

LOOK_SECONDS = 1.0
"""Between two looks whether somebody was erased through another gateway or the command line."""
RETIRE_SECONDS = 3600.0
"""Between two looks for texts past their time."""
DAY = 86_400.0
BY = "gateway"
"""Principal of what nobody asked for."""


async def follow(
    forgetting: Forgetting, log: AuditLog, fingerprints: Fingerprints, *, every: float = LOOK_SECONDS
) -> None:
    """Let go of what is in memory whenever data keys or fingerprints were destroyed, until cancelled. Raises ServiceError."""
    known = -1  # what was destroyed while nobody followed is not known: memory may be older
    while True:
        if (now := await forgetting.generation()) != known:
            log.forget_keys()
            await fingerprints.look_again()
            known = now
        await asyncio.sleep(every)


async def retire(
    forgetting: Forgetting,
    log: AuditLog,
    days: int,
    *,
    every: float = RETIRE_SECONDS,
    clock: Callable[[], float] = time.time,
) -> None:
    """Destroy the keys of texts older than ``days``, at once and again and again, and put it on record. Raises ServiceError."""
    while True:
        done = await forgetting.retire(clock() - days * DAY, BY)
        if done.keys:
            note = f"texts of whole months older than {days} days: {done.keys} data keys were destroyed"
            try:
                await log.append(_entry(note, clock()))
            finally:  # nobody would come back for it: the keys are gone, and the next look finds none
                await forgetting.scrub()
        await asyncio.sleep(every)


def _entry(note: str, at: float) -> Entry:
    return Entry(
        exchange=exchange_id(at, secrets.token_bytes(RANDOM_BYTES)),
        kind="admin",
        at=at,
        principal=BY,
        app="",
        tenant="default",
        subject=BY,
        decision="allow",
        api="audit.retention",
        note=note,
    )
