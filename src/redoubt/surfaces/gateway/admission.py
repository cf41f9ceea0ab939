"""Who comes in: the credential, the address it comes from, and the record of whom was turned away."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from redoubt.domain.errors import IdentityError, RedoubtError
from redoubt.domain.principal import KEY, Principal
from redoubt.services.audit.interface import AuditLog
from redoubt.services.identity.addresses import caller
from redoubt.services.identity.compact import MARK
from redoubt.surfaces.gateway.asgi import Scope
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.intake import Head, credential
from redoubt.surfaces.gateway.problems import complain
from redoubt.surfaces.gateway.records import not_let_in
from redoubt.surfaces.gateway.visits import Visit, Visits

SPAN = 1.0
"""Seconds in which at most one entry is written for one cause: who has no key cannot fill the disk."""
MOST_ADDRESSES = 16
"""Addresses that one entry names."""
_NO_KEY = "no API key was sent; send one as 'Authorization: Bearer rdt_...' (or x-api-key, x-goog-api-key)"


@dataclass(slots=True)
class _Burst:
    """Refusals of one cause since the last entry about it."""

    error: IdentityError
    event: str
    count: int = 0
    addresses: dict[str, None] = field(default_factory=dict)


class Admission:
    """Lets callers in, and puts on record whom it does not."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._refusals = Refusals(gateway.audit, gateway.clock, gateway.new_id)
        self._visits = Visits.of(gateway)

    async def principal(self, scope: Scope, head: Head, exchange: str, query_key: str = "") -> Principal:
        """Return who asks. Raises IdentityError, which is on record then; ServiceError."""
        address = self.address(scope, head)
        try:
            key = credential(head) or query_key
            if not key:
                raise IdentityError(_NO_KEY, cause="missing")
            principal = await self._whose(key, address, in_head=bool(head.credentials))
        except IdentityError as error:
            await self._refusals.note(error, exchange, address)
            raise
        return principal

    async def visit(self, scope: Scope, head: Head, exchange: str) -> Visit:
        """Return who asks for a page or for the management API: as `principal`, or by the session that its browser keeps."""
        visits = self._visits
        if visits is None or head.credentials or not visits.bears(scope):
            return Visit(await self.principal(scope, head, exchange))
        try:
            visit = await visits.find(scope)
        except IdentityError as error:
            await self._refusals.note(error, exchange, self.address(scope, head))
            raise
        return visit

    def check_page(self, scope: Scope, visit: Visit) -> None:
        """Let a request with a session through that a page of ours sent. Raises RightsError."""
        if self._visits is not None and visit.secret:
            self._visits.check(scope)

    async def refused(
        self, error: IdentityError, scope: Scope, head: Head, exchange: str, event: str
    ) -> None:
        """Put on record whom another door did not let in. Raises ServiceError."""
        await self._refusals.note(error, exchange, self.address(scope, head), event)

    async def _whose(self, key: str, address: str, *, in_head: bool) -> Principal:
        gateway = self._gateway
        # A token has no place in a URL, where every proxy writes it down (RFC 9700 section 4.3.2).
        if gateway.tokens is not None and in_head and key.startswith(MARK):
            return gateway.identity.resolve(await gateway.tokens.verify(key))
        return gateway.identity.authenticate(key, address)

    def address(self, scope: Scope, head: Head) -> str:
        """Return the address of who asks; empty where the server does not say."""
        peer = scope.get("client") or ("",)
        return caller(str(peer[0]), head.forwarded_for, self._gateway.settings.server.trusted_proxies)

    async def aclose(self) -> None:
        """Put on record what has been counted only."""
        await self._refusals.aclose()


class Refusals:
    """The record of whom nobody knows: the first of each cause at once, then one entry a second with a count."""

    def __init__(self, audit: AuditLog, clock: Callable[[], float], new_id: Callable[[], str]) -> None:
        self._audit = audit
        self._clock = clock
        self._new_id = new_id
        self._bursts: dict[tuple[str, str, str], _Burst] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def note(
        self, error: IdentityError, exchange: str, address: str, event: str = "identity.refused"
    ) -> None:
        """Put a refusal on record, or count it where one of its cause was recorded less than a second ago. Raises ServiceError."""
        # A key is one of few; of tokens somebody may have any number.
        whose = error.credential if error.credential.startswith(KEY) else error.principal
        cause = (event, error.cause, whose)
        burst = self._bursts.get(cause)
        if burst is not None:
            burst.count += 1
            if len(burst.addresses) < MOST_ADDRESSES:
                burst.addresses[address] = None
            return
        self._bursts[cause] = _Burst(error, event)
        task = asyncio.get_running_loop().create_task(self._count(cause))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await self._audit.append(
            not_let_in(error, exchange, 1, at=self._clock(), addresses=(address,), event=event)
        )

    async def aclose(self) -> None:
        """Stop counting; record what was counted."""
        for task in self._tasks:
            task.cancel()
        for burst in self._bursts.values():
            await self._write(burst)
        self._bursts.clear()

    async def _count(self, cause: tuple[str, str, str]) -> None:
        """Write one entry a second until a second passes without a refusal."""
        while True:
            await asyncio.sleep(SPAN)
            burst = self._bursts[cause]
            if not burst.count:
                del self._bursts[cause]
                return
            self._bursts[cause] = _Burst(burst.error, burst.event)
            await self._write(burst)

    async def _write(self, burst: _Burst) -> None:
        if not burst.count:
            return
        entry = not_let_in(
            burst.error,
            self._new_id(),
            burst.count,
            at=self._clock(),
            addresses=burst.addresses,
            event=burst.event,
        )
        try:
            await self._audit.append(entry)
        except RedoubtError as error:
            complain(f"{burst.count} refusals could not be recorded", error)
