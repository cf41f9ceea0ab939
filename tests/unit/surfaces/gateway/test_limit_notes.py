import asyncio
from pathlib import Path

import pytest

from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.database import open_database
from redoubt.domain.errors import ServiceError
from redoubt.domain.principal import Principal
from redoubt.domain.settings import Durability
from redoubt.services.audit.kek import KekRing, LocalKek
from redoubt.surfaces.gateway.limit_notes import REFUSED, SHADOW, LimitNotes

ANN, BOB = Principal("svc_ann", "ann", "shop"), Principal("svc_bob", "bob", "shop")


def log_in(folder: Path) -> SqlAuditLog:
    engine = open_database("", folder, Durability.PROCESS)
    return SqlAuditLog(engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32)


def test_what_cannot_be_written_is_counted_on_until_it_can(tmp_path: Path) -> None:
    async def scenario() -> None:
        notes = LimitNotes()
        notes.add(REFUSED, "two", ANN)
        notes.add(REFUSED, "two", ANN)
        notes.add(SHADOW, "new", BOB)
        closed = log_in(tmp_path)
        await closed.close()
        with pytest.raises(ServiceError):
            await notes.write(closed, "ex_1", 5.0)
        notes.add(REFUSED, "two", ANN)
        log = log_in(tmp_path)
        await notes.write(log, "ex_2", 6.0)
        await notes.write(log, "ex_3", 7.0)
        found = [(each.entry.exchange, each.entry.note) async for each in log.read()]
        assert sorted(found) == [
            ("ex_2", "limit 'new': 1 request would have been refused; the limit is in shadow mode"),
            ("ex_2", "limit 'two': 3 requests refused"),
        ]
        await log.close()

    asyncio.run(scenario())
