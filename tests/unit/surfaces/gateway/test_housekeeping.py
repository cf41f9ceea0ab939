import asyncio
import sqlite3
from pathlib import Path

import pytest

from redoubt import compose
from redoubt.domain.errors import ServiceError
from redoubt.domain.pseudonym import Alias
from redoubt.domain.settings import Settings, StoreSettings
from redoubt.services.audit.lengths import Lengths
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from redoubt.services.vault.interface import Scope
from redoubt.surfaces.gateway.housekeeping import forget_expired, measure, note_use
from redoubt.surfaces.gateway.metrics import Metrics

SCOPE = Scope("t", "a", "k", "s")


def test_what_has_expired_leaves_the_database(tmp_path: Path) -> None:
    settings = Settings(store=StoreSettings(data_dir=str(tmp_path), session_ttl=50.0))
    now = [0.0]
    stores = compose.stores(settings, compose.keyring(settings, {}), clock=lambda: now[0])

    def held() -> int:
        with sqlite3.connect(tmp_path / "redoubt.db") as connection:
            return int(connection.execute("SELECT count(*) FROM vault_aliases").fetchone()[0])

    async def scenario() -> None:
        await stores.vault.save(SCOPE, (Alias("EMAIL_1", "a@example.org", "pii.email"),))
        tidying = asyncio.create_task(forget_expired(stores.vault, every=0.001))
        assert held() == 1
        now[0] = 50.0
        async with asyncio.timeout(30):
            while held():
                await asyncio.sleep(0.01)
        tidying.cancel()
        await stores.audit.close()

    asyncio.run(scenario())
    stores.dispose()


class Log:
    """A log that grows as it is told to."""

    def __init__(self, *lengths: Lengths) -> None:
        self._lengths = list(lengths)

    async def lengths(self) -> Lengths:
        if len(self._lengths) == 1:
            raise ServiceError("it is over")
        return self._lengths.pop(0)


def test_what_the_log_holds_is_shown() -> None:
    metrics = Metrics()
    log = Log(Lengths(5, 0, 0.0, 3, 4, 60.5), Lengths(6, 1, 80.0, 3, 6, 90.5), Lengths(0, 0, 0.0, 0, 0, 0.0))
    with pytest.raises(ServiceError):
        asyncio.run(measure(log, metrics, lambda: 100.0, every=0.0))
    said = metrics.render().decode().splitlines()
    assert "redoubt_audit_entries 6.0" in said
    assert "redoubt_audit_unsequenced_entries 1.0" in said
    assert "redoubt_audit_sequencing_lag_seconds 20.0" in said
    assert "redoubt_data_keys 3.0" in said
    assert "redoubt_audit_checkpoint_entries 6.0" in said
    assert "redoubt_audit_checkpoint_timestamp_seconds 90.5" in said


def test_when_keys_were_used_is_written_down_now_and_then(tmp_path: Path) -> None:
    settings = Settings(store=StoreSettings(data_dir=str(tmp_path)))
    stores = compose.stores(settings, compose.keyring(settings, {}), clock=lambda: 90.0)
    made = stores.directory.make_service(PrincipalDraft("a"), KeyDraft("k"))

    def used() -> float | None:
        return stores.directory.list_keys()[0].last_used_at

    async def scenario() -> None:
        stores.identity.authenticate(made.secret)
        noting = asyncio.create_task(note_use(stores.identity, every=0.001))
        async with asyncio.timeout(30):
            while used() is None:
                await asyncio.sleep(0.01)
        noting.cancel()
        await stores.audit.close()

    asyncio.run(scenario())
    assert used() == 60.0
    stores.dispose()
