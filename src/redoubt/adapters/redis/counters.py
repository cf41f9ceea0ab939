"""Counters of limits in Redis: one script for each job, those that come together in one round trip.

A Redis that keeps nothing on disk forgets its counters when it restarts. It then has lost the name of its epoch too, and the first gateway
that asks for a counter of the old one says so in the new one: from then on every counter that is missing is taken to have been full at
that moment, and gains its amount back as its period goes by. Nothing is let through twice; the price is that limits refuse for up to one
period. What is lost while no gateway runs is not noticed.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError, ResponseError

from redoubt.adapters.redis.connection import answering
from redoubt.adapters.redis.scripts import EPOCH, FIELDS, KEEP, LOOK, MANNERS, SETTLE, TAKE
from redoubt.domain.errors import ServiceError
from redoubt.domain.limits import Period
from redoubt.services.limits.calendar import length
from redoubt.services.limits.counters import (
    Draw,
    Gauge,
    Job,
    Keep,
    Look,
    Manner,
    Settle,
    Standing,
    Take,
    Taken,
)

WHAT = "the counters of limits"
PREFIX = "redoubt:{limits}:"
"""The braces keep all counters in one slot of a cluster, which a script needs."""
ASKED = 2
"""Times that a job is tried: again where a script or the epoch was not there."""


class RedisCounters:
    """Implements `Backend` over redis-py."""

    def __init__(self, client: Redis, *, clock: Callable[[], float] | None = None) -> None:
        """``clock``: seconds since the epoch; None: Redis's own, so that all gateways agree. The client is closed with this."""
        self._client = client
        self._clock = clock
        self._epoch = ""
        self._scripts: dict[type[Job], str] = {}

    def run(self, jobs: Sequence[Job]) -> Sequence[Taken | Exception]:
        """See `Backend.run`."""
        results: dict[int, Taken | Exception] = {}
        with answering(WHAT):
            for _ in range(1 + ASKED):
                left = [i for i in range(len(jobs)) if i not in results]
                if not left:
                    break
                self._prepare()
                for i, reply in zip(left, self._send([jobs[i] for i in left]), strict=True):
                    if isinstance(reply, NoScriptError):
                        self._scripts.clear()
                    elif isinstance(reply, ResponseError):
                        results[i] = ServiceError(f"{WHAT}: Redis refused a script ({type(reply).__name__})")
                    elif isinstance(reply, Exception):
                        raise reply
                    elif reply[0] == b"epoch":
                        self._new_epoch()
                    else:
                        results[i] = _taken(jobs[i], reply)
        gone = ServiceError(f"{WHAT}: Redis forgets faster than it is asked; check its memory and eviction")
        return [results.get(i, gone) for i in range(len(jobs))]

    def purge(self) -> int:
        """Redis forgets by itself."""
        return 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, jobs: Sequence[Job]) -> list[Any]:
        with self._client.pipeline(transaction=False) as pipe:
            for job in jobs:
                keys, numbers = _arguments(job)
                holder = "" if isinstance(job, Look) else job.holder
                arguments: list[str | int] = [self._epoch, self._now(), holder, *numbers]
                pipe.evalsha(self._scripts[type(job)], 1 + len(keys), f"{PREFIX}epoch", *keys, *arguments)
            return pipe.execute(raise_on_error=False)

    def _prepare(self) -> None:
        if not self._scripts:
            scripts: dict[type[Job], str] = {Take: TAKE, Settle: SETTLE, Look: LOOK, Keep: KEEP}
            self._scripts = {kind: str(self._client.script_load(script)) for kind, script in scripts.items()}
        if not self._epoch:
            self._new_epoch()

    def _new_epoch(self) -> None:
        fresh = secrets.token_hex(8)
        found: Any = self._client.eval(EPOCH, 1, f"{PREFIX}epoch", fresh, self._epoch, self._now())
        self._epoch = found.decode()

    def _now(self) -> str:
        return "" if self._clock is None else str(int(self._clock() * 1000))


def keeps_on_disk(client: Redis) -> bool:
    """Tell whether a Redis writes all it is told to disk (``appendonly``); closes ``client``. Raises ServiceError."""
    with answering("Redis"), client:
        said: Any = client.info("persistence")
        return bool(said.get("aof_enabled"))


def _arguments(job: Job) -> tuple[list[str], list[int]]:
    keys: list[str] = []
    numbers: list[int] = []
    if isinstance(job, Settle):
        for each in job.settlements:
            keys.append(PREFIX + each.draw.counter)
            numbers += [*_numbers(each.draw.gauge), each.used - each.draw.units, each.mark]
    else:
        for draw in job.draws:
            keys.append(PREFIX + draw.counter)
            numbers += [*_numbers(draw.gauge), draw.units, int(_shadow(job, draw))]
    if len(numbers) != FIELDS * len(keys):
        raise ServiceError(f"{WHAT}: a job was written down wrongly")
    return keys, numbers


def _numbers(gauge: Gauge) -> tuple[int, int, int, int]:
    """Return manner, amount, length and burst."""
    if gauge.manner is Manner.CALENDAR:
        name = "month" if gauge.period is Period.MONTH else "day"
        return MANNERS[name], gauge.amount, 0, 0
    size = 0 if gauge.manner is Manner.PLACES else length(gauge)
    return MANNERS[gauge.manner], gauge.amount, size, gauge.burst


def _shadow(job: Job, draw: Draw) -> bool:
    return isinstance(job, Take) and draw.shadow


def _taken(job: Job, reply: Any) -> Taken:
    _, refused, over, found = reply
    standings = tuple(Standing(left, wait, reset) for left, wait, reset, _ in found)
    marks = tuple(mark for *_, mark in found) if isinstance(job, Take) and refused < 0 else ()
    return Taken(standings, marks, refused, tuple(over))
