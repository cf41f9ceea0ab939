"""However many gateways start for the first time at once, there is one first key."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from redoubt import compose
from redoubt.domain.settings import Durability, Settings, StoreSettings
from redoubt.surfaces.cli.keys import make_key
from redoubt.surfaces.cli.office import opened, wait
from redoubt.surfaces.cli.up import first_key
from tests.contract.stands import Stand

STARTS = 4


async def _admin_entries(stores: compose.Stores) -> list[tuple[str, str]]:
    stored = [each async for each in stores.audit.read(limit=100)]
    return [(each.entry.api, each.entry.decision) for each in stored]


def test_many_first_starts_make_one_key(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    store = StoreSettings(url=stand.url, data_dir=str(stand.folder), durability=Durability.PROCESS)
    settings = Settings(store=store)
    compose.keyring(settings, {})
    together = Barrier(STARTS)

    def after_all_have_looked(*arguments: Any, **more: Any) -> Any:
        together.wait(30)
        return make_key(*arguments, **more)

    monkeypatch.setattr("redoubt.surfaces.cli.up.make_key", after_all_have_looked)
    with ThreadPoolExecutor(STARTS) as pool:
        secrets = [secret for secret in pool.map(lambda _: first_key(settings), range(STARTS)) if secret]
    with opened(settings, {}) as (stores, _):
        assert len(secrets) == 1
        assert len(stores.directory.list_keys()) == 1
        assert len(stores.directory.list_principals()) == 1
        assert stores.identity.authenticate(secrets[0]).roles == ("admin",)
        recorded = wait(_admin_entries(stores))
    assert recorded.count(("keys.create", "allow")) == STARTS
    assert recorded.count(("keys.create", "deny")) == STARTS - 1, "what was not done is on record as not done"
