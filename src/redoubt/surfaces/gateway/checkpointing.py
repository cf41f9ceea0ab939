"""Signs checkpoints of the log while the gateway runs, and one when it stops."""

import asyncio
import logging

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.evidence import TamperedError
from redoubt.services.audit.publishing import Publishing
from redoubt.surfaces.gateway.metrics import Metrics

_FAILURES = "redoubt_audit_checkpoint_failures"

_log = logging.getLogger("redoubt.gateway")


async def checkpoint_regularly(publishing: Publishing, metrics: Metrics, every: float) -> None:
    """Look at once and then again ``every`` so many seconds whether the log has grown, until cancelled."""
    while True:
        await checkpoint(publishing, metrics)
        await asyncio.sleep(every)


async def checkpoint(publishing: Publishing, metrics: Metrics, *, last: bool = False) -> None:
    """Sign and deliver what is due. With ``last``, whoever failed before is tried again at once; who then fails hears of a later one."""
    # What these errors say are sizes and names out of the configuration; nothing that was inspected.
    try:
        done = await publishing.round(last=last)
    except TamperedError as error:
        metrics.count(_FAILURES, "tampered")
        _log.critical("THE AUDIT LOG WAS TAMPERED WITH: %s", error)
    except ServiceError as error:
        metrics.count(_FAILURES, "store")
        _log.error("no checkpoint of the audit log could be signed: %s", error)
    else:
        metrics.set("redoubt_audit_checkpoint_entries", done.kept.size)
        metrics.set("redoubt_audit_checkpoint_timestamp_seconds", done.kept.at)
        for failure in done.failures:
            metrics.count(_FAILURES, failure.outlet)
            _log.error("a checkpoint of the audit log was not delivered: %s", failure.said)
        for name in done.dropped:
            metrics.count(_FAILURES, f"{name} dropped")
