"""What every audit log must do."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.keys import SqlIdentity
from redoubt.adapters.sql.vault import SqlVault
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.pseudonym import Alias
from redoubt.services.audit.interface import StoredEntry
from redoubt.services.audit.tree import Frontier
from redoubt.services.vault.interface import Scope
from tests.contract.stands import Stand

CANARY = "canary-4111111111111111"


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


def test_no_text_lies_in_the_files(stand: Stand) -> None:
    async def scenario() -> None:
        log = audit_log(stand.engine)
        await log.append(entry())
        await log.close()

    asyncio.run(scenario())
    scope = Scope("default", "shop", "key_a", "s1")
    vault = SqlVault(stand.engine, master=b"v" * 32, ttl=60.0, clock=lambda: 0.0)
    asyncio.run(vault.save(scope, (Alias("<EMAIL_1>", CANARY, "pii.email"),)))
    secret = SqlIdentity(stand.engine, pepper=b"p" * 32, clock=lambda: 0.0).create(name="n").secret
    for file in stand.files():
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


def test_a_store_that_cannot_be_written_fails_closed(stand: Stand) -> None:
    async def scenario() -> None:
        log = audit_log(stand.engine)
        await log.append(entry(0))
        stand.run("DROP TABLE audit_entries")
        with pytest.raises(ServiceError, match="audit log"):
            await log.append(entry(1))
        await log.close()

    asyncio.run(scenario())
