import asyncio
from contextlib import suppress
from typing import Any

import pytest

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.forgetting import Destroyed
from redoubt.surfaces.gateway.forgetting import DAY, follow, retire
from redoubt.surfaces.gateway.readings import PAUSE, REMEMBERED, Readings
from tests.unit.surfaces.gateway.rig import Audit

NOW = 1795600000.0


class Log:
    """Counts what is asked of it."""

    def __init__(self, keys: int = 0) -> None:
        self.number, self.keys, self.before, self.scrubbed, self.looked = 0, keys, 0.0, 0, 0

    async def generation(self) -> int:
        return self.number

    async def retire(self, before: float, by: str) -> Destroyed:
        self.before = before
        done, self.keys = Destroyed(self.keys, -1), 0
        return done

    async def scrub(self) -> tuple[str, ...]:
        self.scrubbed += 1
        return ()

    async def look_again(self) -> None:
        self.looked += 1


def for_a_while(work: Any) -> None:
    async def run() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(work, 0.1)

    asyncio.run(run())


def test_memory_is_let_go_of_when_somebody_was_erased_elsewhere() -> None:
    log, audit = Log(), Audit()

    async def scenario() -> None:
        following = asyncio.ensure_future(follow(log, audit, log, every=0.001))  # type: ignore[arg-type]
        await asyncio.sleep(0.02)
        assert log.looked == 1, "memory may be older than the first look"
        audit.forgot = False
        await asyncio.sleep(0.02)
        assert (audit.forgot, log.looked) == (False, 1)
        log.number = 7
        await asyncio.sleep(0.05)
        assert (audit.forgot, log.looked) == (True, 2)
        following.cancel()

    asyncio.run(scenario())


def test_old_texts_go_and_that_is_on_record_once() -> None:
    log, audit = Log(keys=3), Audit()
    for_a_while(retire(log, audit, 365, every=0.001, clock=lambda: NOW))  # type: ignore[arg-type]
    assert log.before == NOW - 365 * DAY
    assert log.scrubbed == 1
    [entry] = audit.entries
    assert (entry.kind, entry.api) == ("admin", "audit.retention")
    assert "3 data keys" in entry.note


def test_what_was_destroyed_is_overwritten_also_where_it_cannot_be_put_on_record() -> None:
    class Out(Audit):
        async def append(self, *_: Any, **__: Any) -> None:
            raise ServiceError("the store is out")

    log = Log(keys=3)
    with pytest.raises(ServiceError):
        asyncio.run(retire(log, Out(), 365, clock=lambda: NOW))  # type: ignore[arg-type]
    assert log.scrubbed == 1


def test_the_same_reading_is_one_event_for_a_while() -> None:
    readings, now = Readings(), [0.0]
    clock = lambda: now[0]  # noqa: E731
    assert readings.is_new("ann", b"what", clock)
    readings.note("ann", b"what", clock)
    assert not readings.is_new("ann", b"what", clock)
    assert readings.is_new("ann", b"else", clock)
    assert readings.is_new("bob", b"what", clock)
    now[0] = -1.0
    assert readings.is_new("ann", b"what", clock), "a clock that was set back hides nothing"
    now[0] = PAUSE
    assert readings.is_new("ann", b"what", clock)
    for n in range(REMEMBERED + 5):
        readings.note("ann", n.to_bytes(4, "big"), clock)
    assert len(readings._seen) <= REMEMBERED
