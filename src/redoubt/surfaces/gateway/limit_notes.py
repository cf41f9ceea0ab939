"""What limits refuse (or would, in shadow) goes on record: at most one entry a second for each limit and principal, with a count."""

from dataclasses import dataclass, field

from redoubt.domain.evidence import Entry
from redoubt.domain.principal import Principal
from redoubt.services.audit.interface import AuditLog

MAX_WAITING = 10_000
"""Pairs of a limit and a principal; of what is beyond, only the number is recorded."""

REFUSED, UNPRICED = "limits.refused", "limits.unpriced"
"""Requests that were denied."""
SHADOW, UNCOUNTED = "limits.shadow", "limits.uncounted"
"""Requests that passed."""
_SAID = {
    REFUSED: "refused",
    SHADOW: "would have been refused; the limit is in shadow mode",
    UNPRICED: "refused: their model has no price",
    UNCOUNTED: "passed uncounted: their model has no price",
}


@dataclass(frozen=True, slots=True)
class _About:
    action: str
    limit: str
    principal: str
    app: str
    tenant: str


_OTHERS = _About(REFUSED, "", "", "", "")


@dataclass(slots=True)
class LimitNotes:
    """Counts what happened until it is written."""

    _waiting: dict[_About, int] = field(default_factory=dict)

    def add(self, action: str, limit: str, who: Principal) -> None:
        """Note that something happened to one request."""
        about = _About(action, limit, who.id, who.app, who.tenant)
        if about not in self._waiting and len(self._waiting) >= MAX_WAITING:
            about = _OTHERS
        self._waiting[about] = self._waiting.get(about, 0) + 1

    async def write(self, log: AuditLog, exchange: str, at: float) -> None:
        """Put what was counted on record. Raises ServiceError; what was not written waits on."""
        waiting, self._waiting = self._waiting, {}
        try:
            for about, count in tuple(waiting.items()):
                await log.append(_entry(about, count, exchange, at))
                del waiting[about]
        finally:
            for about, count in waiting.items():
                self._waiting[about] = self._waiting.get(about, 0) + count


def _entry(about: _About, count: int, exchange: str, at: float) -> Entry:
    requests = "1 request" if count == 1 else f"{count} requests"
    where = (
        f"limit '{about.limit}'" if about.limit else f"more than {MAX_WAITING} pairs of limits and callers"
    )
    return Entry(
        exchange=exchange,
        kind="admin",
        at=at,
        principal=about.principal,
        app=about.app,
        tenant=about.tenant,
        subject=about.principal,
        decision="allow" if about.action in (SHADOW, UNCOUNTED) else "deny",
        api=about.action,
        note=f"{where}: {requests} {_SAID[about.action]}",
    )
