import asyncio
import logging

import pytest

from redoubt.services.identity.interface import Outsider
from redoubt.surfaces.gateway.fresh_keys import keep_fresh


class Issuers:
    """Fail as they are told, one look after the other."""

    every = 0.001

    def __init__(self, *looks: tuple[str, ...]) -> None:
        self.looks = list(looks)

    async def verify(self, token: str) -> Outsider:
        raise NotImplementedError

    async def refresh(self) -> tuple[str, ...]:
        if not self.looks:
            raise asyncio.CancelledError
        return self.looks.pop(0)


def test_trouble_is_said_when_it_begins_and_not_at_every_look(caplog: pytest.LogCaptureFixture) -> None:
    issuers = Issuers(("a: down",), ("a: down", "b: down"), (), ("a: down",))
    with caplog.at_level(logging.WARNING, "redoubt.gateway"), pytest.raises(asyncio.CancelledError):
        asyncio.run(keep_fresh(issuers))
    said = [record.getMessage().rpartition("fetched: ")[2] for record in caplog.records]
    assert said == ["a: down", "b: down", "a: down"]
