"""One database, one master key: whoever brings another one is told so, and changes nothing."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from redoubt import compose
from redoubt.domain.errors import ConfigError
from redoubt.domain.evidence import Entry
from redoubt.domain.settings import Durability, Settings, StoreSettings
from redoubt.surfaces.cli.checks import examine
from tests.contract.stands import Stand

KEYS = [f"{n:x}" * 64 for n in range(8)]
SECRET = "six random words are good"


def settings_of(stand: Stand) -> Settings:
    store = StoreSettings(url=stand.url, data_dir=str(stand.folder), durability=Durability.PROCESS)
    return replace(Settings(), store=store)


def opens(of: Settings, key: str) -> bool:
    try:
        stores = compose.stores(of, compose.keyring(of, {"REDOUBT_MASTER_KEY": key}))
    except ConfigError as error:
        return "REDOUBT_MASTER_KEY" not in str(error) or key in str(
            error
        )  # it must say the one and not the other
    asyncio.run(stores.audit.close())
    stores.dispose()
    return True


def test_another_master_key_opens_nothing(stand: Stand) -> None:
    of = settings_of(stand)
    assert opens(of, KEYS[1])
    assert not opens(of, KEYS[2])
    assert opens(of, KEYS[1])


def test_of_many_that_come_first_at_once_one_key_wins(stand: Stand) -> None:
    of = settings_of(stand)
    with ThreadPoolExecutor(len(KEYS)) as pool:
        opened = list(pool.map(lambda key: opens(of, key), KEYS))
    assert opened.count(True) == 1
    assert [opens(of, key) for key in KEYS] == opened


def test_a_database_that_knows_no_key_yet_is_asked_whether_its_data_keys_open(stand: Stand) -> None:
    of = settings_of(stand)
    stores = compose.stores(of, compose.keyring(of, {"REDOUBT_MASTER_KEY": KEYS[1]}))
    asyncio.run(stores.audit.append(Entry("ex_1", "prompt", 1.0, "p", "a", "t", "s", "allow", text="words")))
    asyncio.run(stores.audit.close())
    stores.dispose()
    stand.run("DELETE FROM master_check")  # as tables of an older version are
    assert not opens(of, KEYS[2])
    assert stand.run("SELECT * FROM master_check") == []
    assert opens(of, KEYS[1])
    assert not opens(of, KEYS[2])


def test_the_doctor_says_so_and_no_backup_is_made_with_another_key(stand: Stand, tmp_path: Path) -> None:
    of = settings_of(stand)
    assert opens(of, KEYS[1])
    config = tmp_path / "redoubt.toml"
    url = stand.url.replace("+psycopg", "")
    config.write_text(f'[store]\ndata_dir = "{stand.folder}"\nurl = "{url}"\n[models]\nenabled = false\n')
    wrong = {"REDOUBT_MASTER_KEY": KEYS[2]}
    said = {check.name: check for check in examine(config, wrong, online=False)}
    assert said["store"].state == "fail"
    assert "another master key" in said["store"].said
    with pytest.raises(ConfigError, match="another master key"):
        compose.back_up(of, wrong, tmp_path / "b", SECRET, "0", lambda *_: None)
    assert not (tmp_path / "b").exists()


def test_a_restored_database_has_the_master_key_of_the_backup(stand: Stand, tmp_path: Path) -> None:
    source = replace(settings_of(stand), store=StoreSettings(data_dir=str(tmp_path / "source")))
    assert opens(source, KEYS[1])
    compose.back_up(source, {"REDOUBT_MASTER_KEY": KEYS[1]}, tmp_path / "b", SECRET, "0", lambda *_: None)
    of = settings_of(stand)
    assert opens(of, KEYS[2])
    compose.restore_backup(of, {}, tmp_path / "b", SECRET, force=True, tell=lambda *_: None)
    assert not opens(of, KEYS[2])
    assert opens(of, (stand.folder / "master.key").read_text().strip())
    assert opens(of, KEYS[1])
