"""Keys that were made when a key was its own principal go on to work."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.directory import SqlDirectory
from redoubt.adapters.sql.fingerprints import SqlFingerprints
from redoubt.adapters.sql.keys import SqlIdentity
from redoubt.adapters.sql.schema import VERSION
from redoubt.domain.principal import built_in
from redoubt.domain.settings import Durability
from redoubt.services.identity.keys import Digest, mint

VERSION_2 = """
CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));
CREATE TABLE audit_entries (
    "index" INTEGER NOT NULL, exchange VARCHAR(64) NOT NULL, subject BLOB NOT NULL, leaf BLOB NOT NULL,
    body BLOB NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY ("index"));
CREATE INDEX ix_audit_entries_exchange ON audit_entries (exchange);
CREATE TABLE audit_tree (id INTEGER NOT NULL, size INTEGER NOT NULL, frontier BLOB NOT NULL, PRIMARY KEY (id));
CREATE TABLE audit_data_keys (subject BLOB NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (subject));
CREATE TABLE api_keys (
    id VARCHAR(32) NOT NULL, digest BLOB NOT NULL, prefix VARCHAR(16) NOT NULL, name VARCHAR(200) NOT NULL,
    app VARCHAR(200) NOT NULL, role VARCHAR(64) NOT NULL, created_at FLOAT NOT NULL, expires_at FLOAT,
    revoked_at FLOAT, per_second INTEGER, per_minute INTEGER, PRIMARY KEY (id), UNIQUE (digest));
CREATE TABLE vault_sessions (
    scope BLOB NOT NULL, tenant VARCHAR(200) NOT NULL, expires_at FLOAT NOT NULL, PRIMARY KEY (scope));
CREATE TABLE vault_aliases (
    scope BLOB NOT NULL, alias BLOB NOT NULL, position INTEGER NOT NULL, sealed BLOB NOT NULL,
    PRIMARY KEY (scope, alias), FOREIGN KEY(scope) REFERENCES vault_sessions (scope) ON DELETE CASCADE);
INSERT INTO schema_version VALUES (2);
INSERT INTO audit_tree VALUES (1, 0, x'');
"""
FINGERPRINTS = """
CREATE TABLE fingerprints (
    mark BLOB NOT NULL, owner BLOB NOT NULL, seen_at FLOAT NOT NULL, PRIMARY KEY (mark, owner));
"""
PEPPER = b"p" * 32
ROLES = ("admin", "auditor", "developer")
SECRETS = {role: mint(lambda count, role=role: role.encode().ljust(count, b"\0")) for role in ROLES}  # type: ignore[misc]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    digest = Digest(PEPPER)
    with sqlite3.connect(tmp_path / "redoubt.db") as connection:
        connection.executescript(VERSION_2 + FINGERPRINTS)
        for role in ROLES:
            row = (f"key_{role}", digest(SECRETS[role]), role)
            connection.execute(
                "INSERT INTO api_keys VALUES (?1, ?2, 'rdt_abcd', ?3, 'shop', ?3, 5.0, NULL, NULL, 3, NULL)",
                row,
            )
    connection.close()
    return tmp_path


def test_each_key_becomes_a_principal_that_may_what_the_key_could(folder: Path) -> None:
    engine = open_database("", folder, Durability.PROCESS)
    identity = SqlIdentity(engine, pepper=PEPPER, clock=lambda: 10.0)
    for role, more in (("admin", ()), ("auditor", ("developer",)), ("developer", ())):
        who = identity.authenticate(SECRETS[role])
        assert (who.id, who.credential, who.app, who.tenant) == (
            f"key_{role}",
            f"key_{role}",
            "shop",
            "default",
        )
        assert who.rights == built_in(role, *more)
        assert who.rights.allow("model.call", app="shop", upstream="x", model="y"), "every key could"
        assert who.trusted, "every application could name its end users"
        assert who.limits == (("second", 3),)
    directory = SqlDirectory(engine, pepper=PEPPER, clock=lambda: 10.0)
    assert [key.name for key in directory.list_keys()] == sorted(ROLES)
    directory.revoke_key("key_developer")
    engine.dispose()
    assert open_database("", folder, Durability.PROCESS), "an upgraded database opens again"


def test_a_database_without_fingerprints_gets_them(folder: Path) -> None:
    with sqlite3.connect(folder / "redoubt.db") as connection:
        connection.executescript("DROP TABLE fingerprints; UPDATE schema_version SET version = 1")
    connection.close()
    engine = open_database("", folder, Durability.PROCESS)
    asyncio.run(SqlFingerprints(engine, clock=lambda: 1.0).note(b"o" * 16, [b"m" * 16]))
    with sqlite3.connect(folder / "redoubt.db") as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchone() == (VERSION,)
    engine.dispose()
