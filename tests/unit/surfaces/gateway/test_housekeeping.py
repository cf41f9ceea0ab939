import asyncio
import sqlite3
from pathlib import Path

from redoubt import compose
from redoubt.domain.evidence import Entry
from redoubt.domain.pseudonym import Alias
from redoubt.domain.settings import Settings, StoreSettings
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from redoubt.services.vault.interface import Scope
from redoubt.surfaces.gateway.housekeeping import count_entries, forget_expired, note_use
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


def test_the_length_of_the_log_is_shown(tmp_path: Path) -> None:
    settings = Settings(store=StoreSettings(data_dir=str(tmp_path)))
    stores = compose.stores(settings, compose.keyring(settings, {}))
    metrics = Metrics()

    async def scenario() -> None:
        await stores.audit.append(Entry("ex", "prompt", 1.0, "p", "a", "t", "s", "allow"))
        counting = asyncio.create_task(count_entries(stores.audit, metrics, every=0.001))
        async with asyncio.timeout(30):
            while b"redoubt_audit_entries 1.0" not in metrics.render():
                await asyncio.sleep(0.01)
        counting.cancel()
        await stores.audit.close()

    asyncio.run(scenario())


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
