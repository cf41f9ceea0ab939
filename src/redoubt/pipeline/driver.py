"""Runs an exchange against the real world: the only loop."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from redoubt.domain.decision import Decision
from redoubt.domain.evidence import Entry
from redoubt.domain.pseudonym import Alias
from redoubt.pipeline.commands import (
    AskApproval,
    Command,
    Forward,
    Load,
    Recall,
    Record,
    Relay,
    RelayEnd,
    Release,
    Remember,
    Save,
    StreamStarted,
    WholeAnswer,
)
from redoubt.pipeline.lanes import AnswerLanes
from redoubt.pipeline.phases import Outcome, Steps
from redoubt.services.vault.interface import Scope


class World(Protocol):
    """Everything an exchange needs that is not thought: stores, the provider, the caller. One instance per exchange."""

    async def think(self, step: Callable[[], Command | Outcome]) -> Command | Outcome:
        """Return what ``step`` does: it computes, and takes as long as there is text to inspect."""

    async def load(self, scope: Scope) -> tuple[Alias, ...]:
        """Answer `Load`; raises ServiceError."""

    async def save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        """Answer `Save`; raises ServiceError."""

    async def remember(self, owner: bytes, marks: Collection[bytes], person: bytes) -> None:
        """Answer `Remember`; raises ServiceError."""

    async def recall(self, owner: bytes, marks: Collection[bytes]) -> frozenset[bytes]:
        """Answer `Recall`; raises ServiceError."""

    async def record(self, entry: Entry) -> None:
        """Answer `Record`; raises ServiceError."""

    async def approve(self, decision: Decision) -> bool:
        """Answer `AskApproval`."""

    async def forward(self, changes: Mapping[str, str]) -> WholeAnswer | StreamStarted:
        """Answer `Forward`; raises UpstreamError."""

    async def relay(self, lanes: AnswerLanes) -> RelayEnd:
        """Answer `Relay`."""

    async def release(self) -> None:
        """Answer `Release`."""


async def drive(steps: Steps, world: World) -> Outcome:
    """Answer each command until the exchange is over.

    An error that a port raises is thrown into the exchange at the command that caused it, so that the exchange itself says what follows.
    """
    reply: object = None
    error: Exception | None = None

    def step() -> Command | Outcome:
        try:
            return steps.send(reply) if error is None else steps.throw(error)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    while True:
        command = await world.think(step)
        if isinstance(command, Outcome):
            return command
        reply, error = None, None
        try:
            match command:
                case Load(scope):
                    reply = await world.load(scope)
                case Save(scope, aliases):
                    await world.save(scope, aliases)
                case Remember(owner, marks, about):
                    await world.remember(owner, marks, about)
                case Recall(owner, marks):
                    reply = await world.recall(owner, marks)
                case Record(entry):
                    await world.record(entry)
                case AskApproval(decision):
                    reply = await world.approve(decision)
                case Forward(changes):
                    reply = await world.forward(changes)
                case Relay(lanes):
                    reply = await world.relay(lanes)
                case Release():
                    await world.release()
        except Exception as raised:  # noqa: BLE001 - handed to the exchange, which re-raises what it does not expect
            error = raised
