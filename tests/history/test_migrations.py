"""A log of every version of the tables is brought up to date with all that is in it, on each database, and still proves itself."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Engine,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
)

from redoubt import compose
from redoubt.adapters.sql.address import address
from redoubt.adapters.sql.database import open_database, schema_state
from redoubt.adapters.sql.postgres import Bounds, open_postgres
from redoubt.adapters.sql.sqlite import open_sqlite
from redoubt.domain.errors import ConfigError
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.settings import Durability, Migrate, Settings, StoreSettings
from redoubt.services.audit.canonical import canonical
from redoubt.services.audit.kek import LocalKek
from redoubt.services.audit.search import Query
from redoubt.services.audit.tree import Frontier, leaf_hash
from redoubt.surfaces.cli.doctor import doctor
from tests.servers import Postgres

ENTRIES = 30


def tables_of(version: int) -> MetaData:
    """Return the tables as versions 1 and 2 made them."""
    made = MetaData()
    Table("schema_version", made, Column("version", Integer, primary_key=True))
    Table(
        "audit_entries",
        made,
        Column("index", Integer, primary_key=True, autoincrement=False),
        Column("exchange", String(64), nullable=False, index=True),
        Column("subject", LargeBinary(32), nullable=False),
        Column("leaf", LargeBinary(32), nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )
    Table(
        "audit_tree",
        made,
        Column("id", Integer, primary_key=True),
        Column("size", Integer, nullable=False),
        Column("frontier", LargeBinary, nullable=False),
    )
    Table(
        "audit_data_keys",
        made,
        Column("subject", LargeBinary(32), primary_key=True),
        Column("wrapped", LargeBinary, nullable=False),
    )
    Table(
        "api_keys",
        made,
        Column("id", String(32), primary_key=True),
        Column("digest", LargeBinary(32), nullable=False, unique=True),
        Column("prefix", String(16), nullable=False),
        Column("name", String(200), nullable=False),
        Column("app", String(200), nullable=False),
        Column("role", String(64), nullable=False),
        Column("created_at", Float, nullable=False),
        Column("expires_at", Float),
        Column("revoked_at", Float),
        Column("per_second", Integer),
        Column("per_minute", Integer),
    )
    Table(
        "vault_sessions",
        made,
        Column("scope", LargeBinary(32), primary_key=True),
        Column("tenant", String(200), nullable=False),
        Column("expires_at", Float, nullable=False, index=True),
    )
    Table(
        "vault_aliases",
        made,
        Column(
            "scope", LargeBinary(32), ForeignKey("vault_sessions.scope", ondelete="CASCADE"), primary_key=True
        ),
        Column("alias", LargeBinary(32), primary_key=True),
        Column("position", Integer, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )
    if version >= 2:
        Table(
            "fingerprints",
            made,
            Column("mark", LargeBinary(16), primary_key=True),
            Column("owner", LargeBinary(16), primary_key=True),
            Column("seen_at", Float, nullable=False, index=True),
        )
    return made


def entry(n: int) -> Entry:
    found = FindingRecord(Finding("pii.email", "email", 3, 9, 0.9), "/messages/0/content", "redact")
    return Entry(
        exchange=f"ex_{n}",
        kind="prompt",
        at=1_790_000_000.0 + n,
        principal="key_a",
        app="shop",
        tenant="default",
        subject="key_a",
        decision="redact",
        findings=(found,),
        text=f"words {n}",
    )


def fill(engine: Engine, version: int, settings: Settings) -> bytes:
    """Write a log as that version did; return its root."""
    keys = compose.keyring(settings, {})
    kek = LocalKek("master", keys.derive("audit text"))
    made, cipher, name = tables_of(version), AESGCM(b"d" * 32), b"n" * 32
    frontier, rows = Frontier(), []
    for n in range(ENTRIES):
        one = entry(n)
        nonce = n.to_bytes(12)
        sealed = nonce + cipher.encrypt(nonce, one.text.encode(), f"{one.exchange}\0{one.kind}".encode())
        body = canonical(one, sealed)
        frontier = frontier.append(leaf_hash(body))
        rows.append(
            {
                "index": n,
                "exchange": one.exchange,
                "subject": name,
                "leaf": leaf_hash(body),
                "body": body,
                "sealed": sealed,
            }
        )
    with engine.begin() as connection:
        made.create_all(connection)
        tables = made.tables
        connection.execute(insert(tables["schema_version"]).values(version=version))
        connection.execute(insert(tables["audit_entries"]), rows)
        connection.execute(
            insert(tables["audit_tree"]).values(id=1, size=frontier.size, frontier=frontier.to_bytes())
        )
        connection.execute(
            insert(tables["audit_data_keys"]).values(subject=name, wrapped=kek.wrap(b"d" * 32))
        )
    return frontier.root()


@pytest.fixture(params=[1, 2])
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, version: int, tmp_path: Path) -> tuple[Settings, bytes]:
    """The settings of an installation of that version, and the root of its log."""
    url = ""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database().replace("+psycopg", "")
    settings = Settings(store=StoreSettings(url=url, data_dir=str(tmp_path)))
    where = address(url, tmp_path)
    engine = open_postgres(where, Bounds()) if url else open_sqlite(where, Durability.PROCESS)
    root = fill(engine, version, settings)
    engine.dispose()
    return settings, root


def test_an_old_log_is_read_found_and_proven_and_goes_on(old: tuple[Settings, bytes]) -> None:
    settings, root = old
    stores = compose.stores(settings, compose.keyring(settings, {}))

    async def scenario() -> None:
        head = await stores.audit.head()
        assert (head.size, head.root) == (ENTRIES, root)
        stored = [one async for one in stores.audit.read(limit=100, reveal=True)]
        assert [one.entry for one in stored] == [entry(n) for n in reversed(range(ENTRIES))]
        found = [one async for one in stores.audit.search(Query(category="pii.email"), limit=100)]
        assert len(found) == ENTRIES
        await stores.audit.append(entry(ENTRIES))
        [newest] = [one async for one in stores.audit.read(limit=1, reveal=True)]
        assert (newest.receipt.index, newest.entry) == (ENTRIES, entry(ENTRIES))
        await stores.audit.close()

    asyncio.run(scenario())
    stores.dispose()


def test_gateways_that_start_at_once_migrate_once(old: tuple[Settings, bytes], tmp_path: Path) -> None:
    settings, _ = old

    def start(_: int) -> None:
        open_database(settings.store.url, tmp_path, Durability.PROCESS).dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    assert schema_state(settings.store.url, tmp_path).steps == ()


def test_where_the_operator_migrates_no_gateway_does(
    old: tuple[Settings, bytes], version: int, tmp_path: Path
) -> None:
    settings, root = old
    manual = StoreSettings(migrate=Migrate.MANUAL)
    with pytest.raises(ConfigError, match="redoubt doctor --migrate"):
        open_database(settings.store.url, tmp_path, Durability.PROCESS, store=manual)
    assert schema_state(settings.store.url, tmp_path).found == version
    config = tmp_path / "redoubt.toml"
    config.write_text(
        f'[store]\ndata_dir = "{tmp_path}"\nurl = "{settings.store.url}"\nmigrate = "manual"\n[models]\nenabled = false\n'
    )

    def look(*arguments: str) -> dict[str, dict[str, str]]:
        done = CliRunner(env=dict(os.environ)).invoke(doctor, ["--json", "--config", str(config), *arguments])
        return {check["check"]: check for check in json.loads(done.stdout)}

    before = look()["store"]
    assert before["state"] == "warn"
    assert f"version {version}; due to version {version + 1}: " in before["said"]
    assert "--migrate" in before["remedy"]
    assert schema_state(settings.store.url, tmp_path).found == version, "to look is not to change"
    assert look("--migrate")["tables"]["said"].endswith(f"from version {version}")
    engine = open_database(settings.store.url, tmp_path, Durability.PROCESS, store=manual)
    with engine.connect() as connection:
        [size] = connection.exec_driver_sql("SELECT size FROM audit_tree").scalars()
    engine.dispose()
    assert (size, look()["store"]["state"]) == (ENTRIES, "ok")
    assert root
