"""Whether the process lives, and whether it could answer a request now."""

import asyncio

from redoubt.domain.errors import RedoubtError
from redoubt.domain.principal import Principal
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.json_body import encode

NOBODY = Principal("", "")


def alive() -> tuple[int, bytes]:
    """Say that the process answers."""
    return 200, encode({"status": "ok"})


async def ready(gateway: Gateway) -> tuple[int, bytes]:
    """Say whether the audit log, the keys, the limits and the upstreams stand; 503 names what does not, or says that the gateway stops."""
    if gateway.closing.draining:
        return 503, encode({"status": "draining"})
    failing = []
    try:
        await gateway.audit.head()
    except (RedoubtError, OSError):
        failing.append("audit")
    try:
        await asyncio.to_thread(gateway.identity.check)
    except (RedoubtError, OSError):
        failing.append("identity")
    try:
        await gateway.limits.uses(NOBODY, "")
    except (RedoubtError, OSError):
        failing.append("limits")
    if not gateway.upstreams.all():
        failing.append("upstreams")
    if failing:
        return 503, encode({"status": "unavailable", "failing": failing})
    return 200, encode({"status": "ready"})
