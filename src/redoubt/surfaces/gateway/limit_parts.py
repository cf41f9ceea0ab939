"""What a gateway does about limits beside answering."""

from redoubt.services.limits.counters import LEASE_MS
from redoubt.services.limits.interface import Limits
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.housekeeping import regularly

WRITTEN_EVERY = 1.0
"""Seconds between two entries about the same limit and principal."""
KEPT_EVERY = LEASE_MS / 4000
"""Seconds between two signs that exchanges are still under way: three may fail before a place is lost."""


async def record_refusals(gateway: Gateway) -> None:
    """Put on record what limits refused, once a second, until cancelled."""
    await regularly(lambda: write_refusals(gateway), WRITTEN_EVERY, "refusals could not be put on record")


async def write_refusals(gateway: Gateway) -> None:
    """Put on record what limits refused and is not there yet. Raises ServiceError; what was not written waits on."""
    await gateway.limit_notes.write(gateway.audit, gateway.new_id(), gateway.clock())


async def keep_places(limits: Limits) -> None:
    """Keep the places of the exchanges under way, until cancelled."""
    await regularly(limits.keep, KEPT_EVERY, "places among concurrent exchanges could not be kept")
