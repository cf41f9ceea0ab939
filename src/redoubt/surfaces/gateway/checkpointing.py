"""Signs checkpoints of the log while the gateway runs, and one when it stops."""

import asyncio
import logging

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.evidence import TamperedError
from redoubt.services.audit.publishing import Publishing
from redoubt.surfaces.gateway.metrics import Metrics

LAST_SECONDS = 10.0
"""That a gateway which stops waits for those it tells."""

_log = logging.getLogger("redoubt.gateway")


async def checkpoint_regularly(publishing: Publishing, metrics: Metrics, every: float) -> None:
    """Look at once and then again ``every`` so many seconds whether the log has grown, until cancelled."""
    while True:
        await _round(publishing, metrics, last=False)
        await asyncio.sleep(every)


async def checkpoint_last(publishing: Publishing, metrics: Metrics) -> None:
    """Sign what was recorded last; whoever cannot be told in time hears of it at the next start."""
    try:
        async with asyncio.timeout(LAST_SECONDS):
            await _round(publishing, metrics, last=True)
    except TimeoutError:
        _log.error("not everybody who is told of checkpoints could be told of the last one")


async def _round(publishing: Publishing, metrics: Metrics, *, last: bool) -> None:
    # What these errors say are sizes and names out of the configuration; nothing that was inspected.
    try:
        done = await publishing.round(last=last)
    except TamperedError as error:
        metrics.count("redoubt_audit_checkpoint_failures", "tampered")
        _log.critical("THE AUDIT LOG WAS TAMPERED WITH: %s", error)
    except ServiceError as error:
        metrics.count("redoubt_audit_checkpoint_failures", "store")
        _log.error("no checkpoint of the audit log could be signed: %s", error)
    else:
        for failure in done.failures:
            metrics.count("redoubt_audit_checkpoint_failures", failure.outlet)
            _log.error("a checkpoint of the audit log was not delivered: %s", failure.said)
        for name in done.dropped:
            metrics.count("redoubt_audit_checkpoint_failures", f"{name} dropped")
