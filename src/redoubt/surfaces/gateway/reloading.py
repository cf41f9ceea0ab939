"""A new policy for a gateway that runs: compiled beside the old one, tested by its own tests, put on record, and only then in force.

An exchange under way keeps the policy it began with. A policy that is no good changes nothing and is said to be: to who asked, in the log
of the process, and in the audit log. Each gateway, and each worker of one, reads its own file; ``redoubt_policy_info`` shows who has which.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from redoubt.compose import Ruling
from redoubt.domain.errors import ConfigError, InputError, ServiceError
from redoubt.domain.evidence import Entry
from redoubt.domain.principal import LOCAL_TENANT, Principal
from redoubt.pipeline.phases import Desk
from redoubt.pipeline.rehearse import rehearse
from redoubt.services.audit.interface import AuditLog
from redoubt.surfaces.gateway.metrics import Metrics

ACTION = "policy.change"
"""Stands in the entry of what became of it, whoever asked; that somebody asked by a request is an entry of its own (``policy.reload``)."""
MAX_NAMED = 8
"""Tests that failed, as a message names them."""
ITSELF = Principal(id="gateway", name="gateway", app="gateway", tenant=LOCAL_TENANT)
"""Who acts where a signal or a changed file asks."""

_log = logging.getLogger("redoubt.gateway")


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What became of it."""

    before: str
    """Name and digest of the policy that was in force."""
    now: str
    changed: bool
    tests: int
    """Tests of the policy's file that were run; all passed."""


class Reloader:
    """Replaces the policy of one gateway; one reload at a time."""

    def __init__(
        self,
        ruling: Ruling,
        make: Callable[[Ruling], Ruling],
        put: Callable[[Desk], None],
        *,
        audit: AuditLog,
        metrics: Metrics,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        """``make`` reads and compiles what is there now, given what is in force, which is ``ruling``; ``put`` puts it in force."""
        self._ruling = ruling
        self._make = make
        self._put = put
        self._audit = audit
        self._metrics = metrics
        self._clock = clock
        self._new_id = new_id
        self._turn = asyncio.Lock()
        self._show(ruling, 1)

    async def reload(self, who: Principal = ITSELF, exchange: str = "") -> Reloaded:
        """Put the policy that is in the files in force.

        Raises InputError where it is no good, naming file and place; ServiceError where that it changes cannot be put on record. Then
        nothing has changed.
        """
        async with self._turn:
            try:
                made = await asyncio.to_thread(self._tested)
            except ConfigError as error:
                self._metrics.count("redoubt_policy_reloads", "refused")
                _log.error("the policy was not reloaded: %s", error)  # such a message holds no inspected text
                await self._record(
                    who, exchange, "deny", f"{self._ruling.desk.inspector.policy.version} stays"
                )
                raise InputError(f"{error}; the policy in force stays as it is") from None
            return await self._enforce(made, who, exchange)

    async def reload_quietly(self) -> None:
        """Reload for a signal or a changed file: nobody waits for the answer, and what is wrong is on record already."""
        try:
            await self.reload()
        except InputError:
            return
        except ServiceError as error:
            _log.error("the policy was not reloaded: %s", error)

    def _tested(self) -> Ruling:
        made = self._make(self._ruling)
        failed = [t.name for t in rehearse(made.desk.inspector, made.tests) if not t.passed]
        if failed:
            names = ", ".join(map(repr, failed[:MAX_NAMED]))
            raise ConfigError(
                f"{made.desk.inspector.policy.version}: {len(failed)} of its {len(made.tests)} own tests fail ({names}); "
                "`redoubt policy test` says why"
            )
        return made

    async def _enforce(self, made: Ruling, who: Principal, exchange: str) -> Reloaded:
        before, now = (r.desk.inspector.policy.version for r in (self._ruling, made))
        rules_before, rules = self._ruling.rules.version, made.rules.version
        result = Reloaded(before, now, (before, rules_before) != (now, rules), len(made.tests))
        self._metrics.count("redoubt_policy_reloads", "changed" if result.changed else "same")
        if not result.changed:
            return result
        note = f"{before} -> {now}" + (f"; rules {rules_before} -> {rules}" if rules != rules_before else "")
        await self._record(who, exchange, "allow", note)
        self._show(self._ruling, 0)
        self._ruling = made
        self._put(made.desk)
        self._show(made, 1)
        _log.warning("policy reloaded: %s", note)
        return result

    async def _record(self, who: Principal, exchange: str, decision: str, note: str) -> None:
        entry = Entry(
            exchange=exchange or self._new_id(),
            kind="admin",
            at=self._clock(),
            principal=who.id,
            app=who.app,
            tenant=who.tenant,
            subject=who.id,
            decision=decision,
            api=ACTION,
            policy=self._ruling.desk.inspector.policy.version,
            note=note,
        )
        await self._audit.append(entry)

    def _show(self, ruling: Ruling, value: float) -> None:
        digests = (ruling.desk.inspector.policy.version, ruling.rules.version)
        self._metrics.set("redoubt_policy_info", value, *digests)
        if value:
            self._metrics.set("redoubt_policy_loaded_timestamp_seconds", self._clock())
