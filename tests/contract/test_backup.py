"""Keys and records go into one file and come back: from SQLite and PostgreSQL, into either, while the gateway writes."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text, update

from redoubt import compose
from redoubt.adapters.backup import archive
from redoubt.adapters.backup.archive import SALT_BYTES, ArchiveReader, ArchiveWriter
from redoubt.adapters.backup.content import Rows, decoded, encoded
from redoubt.adapters.sql import schema
from redoubt.domain.backup import Backup
from redoubt.domain.errors import ConfigError, InputError
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.pseudonym import Alias
from redoubt.domain.rights import Grant
from redoubt.domain.settings import Durability, Settings, StoreSettings
from redoubt.services.audit.interface import Head, StoredEntry
from redoubt.services.audit.search import Query
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from redoubt.services.vault.interface import Scope
from tests.servers import Postgres

SECRET = "six random words are good"
SCOPE = Scope("t", "shop", "key_1", "s")
ALIAS = Alias("<EMAIL_1>", "jane.canary@example.org", "pii.email")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_COST", 2**4)


def store(folder: Path, url: str = "") -> Settings:
    return Settings(store=StoreSettings(url=url, data_dir=str(folder), durability=Durability.PROCESS))


def entry(n: int) -> Entry:
    return Entry(
        exchange=f"ex_{n}", kind="prompt", at=1_700_000_000.0 + n, principal="key_1", app="shop", tenant="t",
        subject=f"person-{n % 7}", decision="allow", text=f"jane.canary said {n}",
    )  # fmt: skip


def opened(of: Settings) -> compose.Stores:
    return compose.stores(of, compose.keyring(of, {}))


def furnish(of: Settings, entries: int = 700) -> str:
    """Put something everywhere; return a key's secret."""
    stores = opened(of)

    async def work() -> None:
        await asyncio.gather(*(stores.audit.append(entry(n)) for n in range(entries)))
        await stores.vault.save(SCOPE, (ALIAS,))
        await stores.fingerprints.note(b"o" * 16, [b"m" * 16])
        await stores.audit.head()
        await stores.audit.close()

    asyncio.run(work())
    secret = stores.directory.make_service(
        PrincipalDraft("ci", app="shop", grants=(Grant("developer"),)), KeyDraft("ci")
    ).secret
    stores.dispose()
    return secret


def contents(of: Settings) -> tuple[list[StoredEntry], Head, tuple[Alias, ...]]:
    stores = opened(of)

    async def work() -> tuple[list[StoredEntry], Head, tuple[Alias, ...]]:
        log = stores.audit.read(limit=100_000, reveal=True)
        read = [stored async for stored in log]
        result = read, await stores.audit.head(), await stores.vault.load(SCOPE)
        await stores.audit.close()
        return result

    try:
        return asyncio.run(work())
    finally:
        stores.dispose()


def quiet(_table: str, _done: int, _of: int) -> None:
    return


def back_up(of: Settings, out: Path) -> Backup:
    return compose.back_up(of, {}, out, SECRET, "0.0", quiet)


def restore(of: Settings, path: Path, *, force: bool = False) -> Backup:
    return compose.restore_backup(of, {}, path, SECRET, force=force, tell=quiet)[0]


@pytest.fixture(params=["sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return store(tmp_path / "source")
    postgres: Postgres = request.getfixturevalue("postgres")
    return store(tmp_path / "source", postgres.database())


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return store(tmp_path / "target")
    postgres: Postgres = request.getfixturevalue("postgres")
    return store(tmp_path / "target", postgres.database())


def test_everything_comes_back_and_goes_on(source: Settings, target: Settings, tmp_path: Path) -> None:
    secret = furnish(source)
    made = back_up(source, tmp_path / "b")
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    assert b"canary" not in (tmp_path / "b").read_bytes()
    assert made.size == 700
    assert compose.verify_backup(source, tmp_path / "b", SECRET, quiet) == made
    assert restore(target, tmp_path / "b") == made
    assert contents(target) == contents(source)
    stores = opened(target)
    try:
        assert stores.identity.authenticate(secret).app == "shop"

        async def go_on() -> None:
            await stores.audit.append(entry(700))
            assert (await stores.audit.head()).size == 701
            await stores.audit.close()

        asyncio.run(go_on())
    finally:
        stores.dispose()


def test_a_backup_is_of_one_moment_although_others_write(source: Settings, tmp_path: Path) -> None:
    furnish(source, 300)
    stop = Event()

    def write() -> None:
        async def work() -> None:
            stores = opened(source)
            n = 300
            while not stop.is_set():
                await asyncio.gather(*(stores.audit.append(entry(n + i)) for i in range(20)))
                n += 20
            await stores.audit.close()
            stores.dispose()

        asyncio.run(work())

    writer = Thread(target=write)
    writer.start()
    try:
        sizes = [back_up(source, tmp_path / f"b{n}").size for n in range(5)]
        assert [
            compose.verify_backup(source, tmp_path / f"b{n}", SECRET, quiet).size for n in range(5)
        ] == sizes
    finally:
        stop.set()
        writer.join()
    assert sizes[0] >= 300
    assert sizes == sorted(sizes)


def test_a_store_that_holds_something_is_replaced_only_by_force(source: Settings, tmp_path: Path) -> None:
    furnish(source)
    back_up(source, tmp_path / "b")
    other = store(tmp_path / "other")
    furnish(other, 5)
    before = contents(other)
    key = (tmp_path / "other" / "master.key").read_text()
    with pytest.raises(ConfigError, match="--force"):
        restore(other, tmp_path / "b")
    assert contents(other) == before
    _, kept = compose.restore_backup(other, {}, tmp_path / "b", SECRET, force=True, tell=quiet)
    assert contents(other) == contents(source)
    assert kept is not None
    assert kept.read_text() == key, "the other master key is kept"


def test_one_that_is_no_good_changes_nothing(source: Settings, tmp_path: Path) -> None:
    furnish(source)
    back_up(source, tmp_path / "b")
    data = (tmp_path / "b").read_bytes()
    target = store(tmp_path / "target")
    for n, bad in enumerate(
        (data[: len(data) // 2], data[:-1], data[:200_000] + b"x" + data[200_001:], b"", b"x" * 99)
    ):
        (tmp_path / f"bad{n}").write_bytes(bad)
        with pytest.raises(InputError):
            compose.verify_backup(source, tmp_path / f"bad{n}", SECRET, quiet)
        with pytest.raises(InputError):
            restore(target, tmp_path / f"bad{n}")
        assert not (tmp_path / "target" / "master.key").exists()
    restore(target, tmp_path / "b")


def rewritten(path: Path, out: Path, change: Any) -> None:
    """Write the backup anew under the same passphrase, as somebody who knows it could, with each piece as ``change`` returns it."""
    with path.open("rb") as source, out.open("wb") as file:
        writer = ArchiveWriter(file, SECRET, os.urandom(SALT_BYTES))
        for piece, _ in decoded(ArchiveReader(source, SECRET).pieces()):
            for each in change(piece):
                writer.write(encoded(each))
        writer.finish()


def test_whoever_knows_the_passphrase_cannot_change_the_log_either(tmp_path: Path) -> None:
    source = store(tmp_path / "source")
    furnish(source, 50)
    back_up(source, tmp_path / "b")

    def without_the_last(piece: Any) -> list[Any]:
        if isinstance(piece, Rows) and piece.table == "audit_entries":
            return [Rows(piece.table, piece.columns, piece.rows[:-1])]
        return [piece]

    def with_another_body(piece: Any) -> list[Any]:
        if isinstance(piece, Rows) and piece.table == "audit_entries":
            place = piece.columns.index("body")
            piece.rows[3][place] = piece.rows[3][place].replace(b"allow", b"denyy")
        return [piece]

    for n, change in enumerate((without_the_last, with_another_body, lambda _: [], lambda p: [p, p])):
        rewritten(tmp_path / "b", tmp_path / f"r{n}", change)
        with pytest.raises(InputError):
            compose.verify_backup(source, tmp_path / f"r{n}", SECRET, quiet)


def test_who_was_erased_since_is_erased_again(source: Settings, tmp_path: Path) -> None:
    erasures = schema.erasures
    furnish(source)
    made = back_up(source, tmp_path / "b")
    with compose.closing_database(source) as database, database.begin() as connection:
        owner = connection.execute(select(schema.data_keys.c.owner).limit(1)).scalar_one()
        gone = connection.execute(
            text("DELETE FROM audit_data_keys WHERE owner = :owner"), {"owner": owner}
        ).rowcount
        row = {
            "owner": owner,
            "by": "x",
            "at": made.made_at + 5,
            "keys": gone,
            "entries": 100,
            "period": None,
        }
        connection.execute(insert(erasures).values(**row))
    after = restore(source, tmp_path / "b", force=True)
    assert after.erased_again == gone > 0
    entries, head, _ = contents(source)
    assert head.size == 700
    assert sum(stored.forgotten for stored in entries) == 100
    with compose.closing_database(source) as database, database.begin() as connection:
        assert connection.execute(select(erasures.c.owner)).scalars().all() == [owner]
        connection.execute(insert(erasures).values(**row))  # and the next one gets a number of its own


def test_nothing_of_who_was_erased_comes_back_whatever_the_clocks_said(
    source: Settings, tmp_path: Path
) -> None:
    scope = replace(SCOPE, principal="key_1/ann", subject="ann")
    record = FindingRecord(Finding("pii.email", "r", 0, 1), "/p", "redact", b"m" * 16)
    stores = opened(source)

    async def work() -> None:
        said = replace(entry(1), subject="ann", findings=(record,))
        await stores.audit.append(said)
        await stores.vault.save(scope, (ALIAS,))
        await stores.vault.save(SCOPE, (ALIAS,))
        await stores.fingerprints.note(b"o" * 16, [b"m" * 16], stores.eraser.whose("t", "ann"))
        await stores.audit.head()
        made = await asyncio.to_thread(back_up, source, tmp_path / "b")
        done = await stores.eraser.erase("t", "ann", "x")
        assert (done.keys, done.aliases, done.fingerprints) == (1, 1, 1)
        await stores.audit.close()
        with compose.closing_database(source) as database, database.begin() as connection:
            # Another gateway's clock is behind.
            connection.execute(update(schema.erasures).values(at=made.made_at - 60))

    asyncio.run(work())
    generation = asyncio.run(stores.forgetting.generation())
    stores.dispose()
    assert restore(source, tmp_path / "b", force=True).erased_again == 1
    again = opened(source)

    async def look() -> None:
        assert await again.forgetting.generation() > generation, (
            "a gateway that still runs lets go of its keys"
        )
        assert await again.vault.load(scope) == ()
        assert await again.vault.load(SCOPE) == (ALIAS,), "it is about nobody"
        assert await again.fingerprints.foreign(b"x" * 16, [b"m" * 16]) == frozenset()
        assert [s async for s in again.audit.search(Query(marks=(b"m" * 16,)))] == []
        [stored] = [s async for s in again.audit.read(reveal=True)]
        assert (stored.forgotten, stored.entry.text) == (True, "")
        await again.audit.close()

    asyncio.run(look())
    again.dispose()


def test_where_the_records_cannot_be_committed_the_key_stays_too(tmp_path: Path) -> None:
    source, other = store(tmp_path / "source"), store(tmp_path / "other")
    furnish(source, 5)
    furnish(other, 3)
    back_up(source, tmp_path / "b")
    key = (tmp_path / "other" / "master.key").read_text()
    before, written = contents(other), Event()

    def fail(_connection: Any) -> None:
        if (tmp_path / "other" / "master.key").read_text() != key:
            written.set()
            raise OSError("no space left")

    event.listen(Engine, "commit", fail)
    try:
        with pytest.raises(OSError, match="no space"):
            restore(other, tmp_path / "b", force=True)
    finally:
        event.remove(Engine, "commit", fail)
    assert written.is_set()
    assert (tmp_path / "other" / "master.key").read_text() == key
    assert contents(other) == before


def test_a_backup_of_other_tables_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = store(tmp_path / "source")
    furnish(source, 3)
    back_up(source, tmp_path / "b")
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with pytest.raises(ConfigError, match=r"restore it with Redoubt 0\.0"):
        compose.verify_backup(source, tmp_path / "b", SECRET, quiet)


def test_a_file_is_not_replaced_and_none_is_left_half_written(tmp_path: Path) -> None:
    source = store(tmp_path / "source")
    furnish(source, 3)
    (tmp_path / "b").write_text("mine")
    with pytest.raises(ConfigError, match="is there already"):
        back_up(source, tmp_path / "b")
    with pytest.raises(ConfigError, match="cannot be written"):
        back_up(source, tmp_path / "no" / "b")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "source"]


def test_a_master_key_in_the_environment_must_be_the_backups(tmp_path: Path) -> None:
    source = store(tmp_path / "source")
    furnish(source, 3)
    back_up(source, tmp_path / "b")
    target = store(tmp_path / "target")
    with pytest.raises(ConfigError, match="REDOUBT_MASTER_KEY"):
        compose.restore_backup(
            target, {"REDOUBT_MASTER_KEY": "00" * 32}, tmp_path / "b", SECRET, force=False, tell=quiet
        )
    key = (tmp_path / "source" / "master.key").read_text().strip()
    compose.restore_backup(
        target, {"REDOUBT_MASTER_KEY": key}, tmp_path / "b", SECRET, force=False, tell=quiet
    )
    assert not (tmp_path / "target" / "master.key").exists()


def test_the_commands(tmp_path: Path) -> None:
    source = store(tmp_path / "source")
    furnish(source, 20)

    def redoubt(*words: str, folder: str = "source", secret: str = SECRET) -> tuple[int, str, str]:
        environ = {
            "PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "HOME": str(tmp_path),
            "REDOUBT_STORE__DATA_DIR": str(tmp_path / folder), "REDOUBT_BACKUP_PASSPHRASE": secret,
        }  # fmt: skip
        done = subprocess.run(
            [str(Path(sys.executable).with_name("redoubt")), "backup", *words],
            capture_output=True, text=True, env=environ, cwd=tmp_path, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    code, out, _ = redoubt("create", "b", "--json")
    assert code == 0
    assert json.loads(out)["entries"] == 21, "that it is made is on record"
    assert redoubt("create", "b")[0] == 3
    assert redoubt("create", "c", secret="short")[0] == 3
    assert redoubt("verify", "b")[0] == 0
    code, _, err = redoubt("verify", "b", secret="something else altogether")
    assert (code, "passphrase" in err) == (3, True)
    assert redoubt("restore", "b")[0] == 3
    assert redoubt("restore", "b", "--into", str(tmp_path / "target"))[0] == 0
    entries, head, _ = contents(
        replace(source, store=replace(source.store, data_dir=str(tmp_path / "target")))
    )
    assert head.size == 22
    assert entries[0].entry.api == "backup.restore"
