"""What every database must do. The same suite will run against each that is supported."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Dialect, Engine
from sqlalchemy.dialects import postgresql

from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.directory import SqlDirectory
from redoubt.adapters.sql.fingerprints import KEPT_SECONDS, LARGEST, SqlFingerprints, upsert
from redoubt.adapters.sql.vault import SqlVault
from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.pseudonym import Alias
from redoubt.domain.settings import Durability
from redoubt.services.audit.interface import StoredEntry
from redoubt.services.audit.tree import Frontier
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from redoubt.services.vault.interface import Scope

CANARY = "canary-4111111111111111"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database("", tmp_path, Durability.PROCESS)
    yield engine
    engine.dispose()


def audit_log(engine: Engine) -> SqlAuditLog:
    return SqlAuditLog(engine, kek=b"k" * 32, subject_key=b"s" * 32)


def entry(n: int = 0, **changes: object) -> Entry:
    plain = Entry(
        exchange=f"ex_{n}",
        kind="prompt",
        at=1000.0 + n,
        principal="key_a",
        app="shop",
        tenant="default",
        subject=f"person-{n % 3}",
        decision="redact",
        findings=(FindingRecord(Finding("pii.email", "email", 3, 9, 0.9), "/messages/0/content", "redact"),),
        text=f"{CANARY} {n}",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


async def everything(log: SqlAuditLog, **how: object) -> list[StoredEntry]:
    return [stored async for stored in log.read(**how)]  # type: ignore[arg-type]


def test_entries_come_back_in_order_and_the_tree_is_theirs(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        receipts = await asyncio.gather(*(log.append(entry(n)) for n in range(300)))
        assert [r.index for r in receipts] == list(range(300))
        stored = await everything(log, limit=1000, reveal=True)
        assert [s.entry for s in stored] == [entry(n) for n in reversed(range(300))]
        tree = Frontier()
        for receipt in receipts:
            tree = tree.append(receipt.leaf)
        head = await log.head()
        assert (head.size, head.root) == (300, tree.root())
        await log.close()
        with pytest.raises(ServiceError, match="closed"):
            await log.append(entry())

    asyncio.run(scenario())


def test_the_log_goes_on_where_another_process_left_it(engine: Engine) -> None:
    async def scenario() -> None:
        one, two = audit_log(engine), audit_log(engine)
        receipts = await asyncio.gather(*(log.append(entry(n)) for n in range(60) for log in (one, two)))
        assert sorted(r.index for r in receipts) == list(range(120))
        assert (await one.head()) == (await two.head())
        await one.close()
        await two.close()

    asyncio.run(scenario())


def test_an_entry_stays_when_who_brought_it_goes_away(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        tasks = [asyncio.create_task(log.append(entry(n))) for n in range(8)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(result, asyncio.CancelledError) for result in done] == [True, False] * 4
        await log.close()
        assert len(await everything(log)) == 8

    asyncio.run(scenario())


def test_reading_by_exchange_and_by_page(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        for n in range(10):
            await log.append(entry(n))
        assert [s.receipt.index for s in await everything(log, exchange="ex_4")] == [4]
        assert [s.receipt.index for s in await everything(log, limit=3)] == [9, 8, 7]
        assert [s.receipt.index for s in await everything(log, limit=3, before=7)] == [6, 5, 4]
        assert all(s.entry.text == "" for s in await everything(log)), "text is revealed only on request"
        await log.close()

    asyncio.run(scenario())


def test_no_text_lies_in_the_files(engine: Engine, tmp_path: Path) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        await log.append(entry())
        await log.close()

    asyncio.run(scenario())
    scope = Scope("default", "shop", "key_a", "s1")
    vault = SqlVault(engine, master=b"v" * 32, ttl=60.0, clock=lambda: 0.0)
    asyncio.run(vault.save(scope, (Alias("<EMAIL_1>", CANARY, "pii.email"),)))
    directory = SqlDirectory(engine, pepper=b"p" * 32, clock=lambda: 0.0)
    secret = directory.make_service(PrincipalDraft("n"), KeyDraft("n")).secret
    for file in tmp_path.rglob("*"):
        data = file.read_bytes()
        assert CANARY.encode() not in data
        assert b"person-0" not in data or b'"subject":"person-0"' in data, "the subject is in the entry alone"
        assert secret.encode() not in data
        assert secret[10:].encode() not in data


def test_another_master_key_opens_nothing(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        await log.append(entry())
        await log.close()
        other = SqlAuditLog(engine, kek=b"x" * 32, subject_key=b"s" * 32)
        with pytest.raises(ServiceError, match="master key"):
            await everything(other, reveal=True)
        await other.close()

    asyncio.run(scenario())


def test_a_store_that_cannot_be_written_fails_closed(engine: Engine, tmp_path: Path) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        await log.append(entry(0))
        with sqlite3.connect(tmp_path / "redoubt.db") as connection:
            connection.execute("DROP TABLE audit_entries")
        with pytest.raises(ServiceError, match="audit log"):
            await log.append(entry(1))
        await log.close()

    asyncio.run(scenario())


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


ALIASES = tuple(Alias(f"<EMAIL_{n}>", f"a{n}@example.org", "pii.email") for n in range(5))


def in_vault(engine: Engine, clock: Callable[[], float]) -> SqlVault:
    return SqlVault(engine, master=b"v" * 32, ttl=50.0, clock=clock)


def test_a_session_keeps_its_aliases_and_shares_them_with_nobody(engine: Engine) -> None:
    vault = in_vault(engine, lambda: 0.0)
    mine = Scope("t", "app", "key_a", "s")
    others = [
        Scope("u", "app", "key_a", "s"),
        Scope("t", "apps", "key_a", "s"),
        Scope("t", "app", "key_b", "s"),
        Scope("t", "app", "key_a", "s2"),
        Scope("t", "app", "key_a", ""),
        Scope("ta", "pp", "key_a", "s"),
    ]

    async def scenario() -> None:
        await vault.save(mine, ALIASES[:2])
        await vault.save(mine, ALIASES)
        assert await vault.load(mine) == ALIASES
        for other in others:
            assert await vault.load(other) == ()
            assert vault.key(other) != vault.key(mine)
        assert await vault.forget(mine) == 5
        assert await vault.load(mine) == ()

    asyncio.run(scenario())


def test_what_a_provider_keeps_is_its_first_owners(engine: Engine) -> None:
    clock = Clock()
    vault = in_vault(engine, clock)
    mine, yours = Scope("t", "shop", "key_1"), Scope("t", "shop", "key_2")

    async def work() -> None:
        assert not await vault.owns("resp_1", mine)
        assert await vault.claim("resp_1", mine)
        assert await vault.claim("resp_1", mine)
        assert not await vault.claim("resp_1", yours)
        assert [await vault.owns("resp_1", who) for who in (mine, yours)] == [True, False]
        assert not await vault.owns("resp_2", mine)
        assert await vault.load(Scope("t", "", "", "resp_1")) == ()
        clock.now += 91 * 24 * 3600
        await vault.purge()
        assert not await vault.owns("resp_1", mine)

    asyncio.run(work())


def test_sessions_end(engine: Engine) -> None:
    clock = Clock()
    vault = in_vault(engine, clock)
    mine, yours = Scope("t", "a", "k", "1"), Scope("t", "a", "k", "2")

    async def scenario() -> None:
        await vault.save(mine, ALIASES[:1])
        clock.now += 40.0
        await vault.save(yours, ALIASES[:2])
        assert await vault.load(mine) == ALIASES[:1]
        clock.now += 10.0
        assert await vault.load(mine) == ()
        assert await vault.purge() == {"t": 1}
        assert await vault.load(yours) == ALIASES[:2]

    asyncio.run(scenario())


def test_an_alias_moved_to_another_session_does_not_open(engine: Engine, tmp_path: Path) -> None:
    vault = in_vault(engine, lambda: 0.0)
    mine, yours = Scope("t", "a", "k", "1"), Scope("t", "a", "k", "2")

    async def scenario() -> None:
        await vault.save(mine, ALIASES[:1])
        await vault.save(yours, ALIASES[1:2])
        with sqlite3.connect(tmp_path / "redoubt.db") as connection:
            connection.execute(
                "UPDATE vault_aliases SET scope = (SELECT scope FROM vault_sessions ORDER BY scope LIMIT 1)"
            )
        moved = [await _opens(vault, mine), await _opens(vault, yours)]
        assert False in moved, "the session that got the foreign alias must not open it"

    asyncio.run(scenario())


async def _opens(vault: SqlVault, scope: Scope) -> bool:
    try:
        await vault.load(scope)
    except ServiceError:
        return False
    return True


def test_a_database_of_another_version_is_refused(engine: Engine, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "redoubt.db") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(ConfigError, match="schema version 99"):
        open_database("", tmp_path, Durability.DISK)


@pytest.mark.parametrize("url", ["nonsense", "mysterydb://x", "sqlite:////no/such/folder/x.db"])
def test_a_bad_url_is_said_so(tmp_path: Path, url: str) -> None:
    with pytest.raises((ConfigError, ServiceError)) as refused:
        open_database(url, tmp_path, Durability.DISK)
    assert url not in str(refused.value), "a URL may hold a password"


MINE, HERS, HIS, THEIRS = (bytes([n]) * 16 for n in range(4))
CARD, PHONE = b"c" * 16, b"p" * 16


def fingerprints(engine: Engine, clock: Callable[[], float] = lambda: 1000.0) -> SqlFingerprints:
    return SqlFingerprints(engine, clock=clock)


def test_a_value_is_foreign_to_all_but_its_owner(engine: Engine) -> None:
    async def scenario() -> None:
        store = fingerprints(engine)
        await store.note(HERS, [CARD, PHONE])
        await store.note(MINE, [PHONE])
        assert await store.foreign(MINE, [CARD, PHONE, b"unseen" * 2]) == {CARD}
        assert await store.foreign(HERS, [CARD, PHONE]) == frozenset()
        assert await store.foreign(HIS, []) == frozenset()
        assert (store.recent(MINE, CARD), store.recent(HERS, CARD), store.recent(MINE, PHONE)) == (
            True,
            False,
            False,
        )
        assert not store.recent(MINE, b"unseen" * 2)

    asyncio.run(scenario())


def test_what_many_write_is_nobodys(engine: Engine) -> None:
    async def scenario() -> None:
        store = fingerprints(engine)
        for owner in (MINE, HERS):
            await store.note(owner, [CARD])
        assert await store.foreign(THEIRS, [CARD]) == {CARD}
        await store.note(HIS, [CARD])
        assert await store.foreign(THEIRS, [CARD]) == frozenset()
        assert not store.recent(THEIRS, CARD)

    asyncio.run(scenario())


def test_fingerprints_outlive_the_process_and_end(engine: Engine) -> None:
    now = [1000.0]

    async def scenario() -> None:
        await fingerprints(engine, lambda: now[0]).note(HERS, [CARD])
        again = fingerprints(engine, lambda: now[0])
        assert await again.foreign(MINE, [CARD]) == {CARD}
        assert again.recent(MINE, CARD)
        now[0] += KEPT_SECONDS + 1
        assert await again.foreign(MINE, [CARD]) == frozenset()
        assert not again.recent(MINE, CARD)
        assert await again.purge() == 1
        assert await again.purge() == 0

    asyncio.run(scenario())


def test_the_same_history_is_not_written_at_each_turn(engine: Engine) -> None:
    async def scenario() -> None:
        store = fingerprints(engine)
        await store.note(HERS, [CARD])
        engine.dispose()
        with engine.connect() as connection:
            await store.note(
                HERS, [CARD]
            )  # would wait for the one writer's place, were there anything to write
            connection.rollback()
        assert await store.foreign(MINE, [CARD]) == {CARD}

    asyncio.run(scenario())


def test_more_values_than_one_statement_takes(engine: Engine) -> None:
    async def scenario() -> None:
        store = fingerprints(engine)
        many = [n.to_bytes(16, "big") for n in range(3 * LARGEST)]
        await store.note(HERS, many)
        assert await store.foreign(MINE, many) == frozenset(many)

    asyncio.run(scenario())


def test_a_store_of_fingerprints_that_is_gone_says_so(engine: Engine, tmp_path: Path) -> None:
    async def scenario() -> None:
        store = fingerprints(engine)
        with sqlite3.connect(tmp_path / "redoubt.db") as connection:
            connection.execute("DROP TABLE fingerprints")
        for asked in (store.note(MINE, [CARD]), store.foreign(MINE, [CARD]), store.purge()):
            with pytest.raises(ServiceError, match="fingerprints"):
                await asked

    asyncio.run(scenario())


def test_the_statements_are_postgresqls_too() -> None:
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    written = str(upsert(dialect.name).compile(dialect=dialect))
    assert "ON CONFLICT (mark, owner) DO UPDATE" in written
