"""Every form in which a log was ever given out or kept verifies for ever, and every old database is brought along whole.

`log-1`, its key and `bundle-1.zip` are of the first version with exports; `schema-2.sql` was dumped from a database of 0.1.0, before there
were checkpoints. None of them may be made anew: they are what somebody has in a drawer.
"""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from redoubt import compose
from redoubt.domain.settings import AuditSettings, Settings, StoreSettings
from redoubt.services.audit.note import parse_vkey

HERE = Path(__file__).parent
SCRIPT = HERE.parents[1] / "docs" / "verify_log.py"
KEY = parse_vkey((HERE / "log-1.pub").read_text())
MASTER = {"REDOUBT_MASTER_KEY": "11" * 32}


def test_the_first_export_verifies() -> None:
    verdict = compose.verify_log(HERE / "log-1", KEY, (), lambda _done, _of: None)
    assert verdict.fault is None
    assert (verdict.entries, verdict.texts, verdict.checkpoints) == (9, 7, 3)


def test_the_first_export_verifies_for_an_outsider() -> None:
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, HERE / "log-1", HERE / "log-1.pub"], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"verified\n")


def test_the_first_bundle_verifies() -> None:
    verdict = compose.verify_log(HERE / "bundle-1.zip", KEY, (), lambda _done, _of: None)
    assert verdict.fault is None
    assert (verdict.entries, verdict.texts) == (2, 2)


def test_a_later_checkpoint_convicts_the_first_export_once_it_is_cut(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    shutil.copytree(HERE / "log-1", folder)
    (folder / "checkpoint").write_bytes((folder / "checkpoints" / "7").read_bytes())
    shutil.rmtree(folder / "checkpoints")
    given = (HERE / "log-1" / "checkpoint",)
    assert compose.verify_log(folder, KEY, (), lambda _done, _of: None).fault is not None
    verdict = compose.verify_log(folder, KEY, given, lambda _done, _of: None)
    assert verdict.fault is not None
    assert verdict.fault.kind == "truncated"


@pytest.fixture
def upgraded(tmp_path: Path) -> Settings:
    """A database of version 2, as its file lay there."""
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "redoubt.db") as database:
        database.executescript((HERE / "schema-2.sql").read_text(encoding="utf-8"))
    return Settings(
        store=StoreSettings(data_dir=str(tmp_path / "data")),
        audit=AuditSettings(origin="logs.example/history"),
    )


def test_a_log_of_version_2_is_upgraded_and_still_the_same_log(upgraded: Settings, tmp_path: Path) -> None:
    keys = compose.keyring(upgraded, MASTER)
    stores = compose.stores(upgraded, keys)
    notary = compose.notary(upgraded, keys, stores)

    async def work() -> list[str]:
        kept, _ = await notary.checkpoint()
        assert kept.note == (HERE / "log-1" / "checkpoints" / "7").read_bytes(), (
            "as it was signed the first time"
        )
        await compose.export_log(notary, tmp_path / "out", start=0, texts=True, tell=lambda _done, _of: None)
        texts = [stored.entry.text async for stored in stores.audit.read(reveal=True)]
        await stores.audit.close()
        return texts

    texts = asyncio.run(work())
    assert texts[0] == '[{"role":"user","text":"caf\u00e9 6"}]'
    assert [info.name for info in stores.directory.list_keys()] == ["old key"]
    stores.dispose()
    verdict = compose.verify_log(tmp_path / "out", KEY, (), lambda _done, _of: None)
    assert (verdict.fault, verdict.entries, verdict.texts) == (None, 7, 7)
