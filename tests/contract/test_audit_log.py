"""What every audit log must do."""

import asyncio
import os
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.directory import SqlDirectory
from redoubt.adapters.sql.vault import SqlVault
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.pseudonym import Alias
from redoubt.services.audit.ids import Uids
from redoubt.services.audit.interface import Head, StoredEntry
from redoubt.services.audit.kek import KekRing, LocalKek
from redoubt.services.audit.tree import Frontier
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from redoubt.services.vault.interface import Scope
from tests.contract.stands import Stand

CANARY = "canary-4111111111111111"


def audit_log(engine: Engine) -> SqlAuditLog:
    return SqlAuditLog(engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32)


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


def whole(stored: list[StoredEntry], head: Head) -> None:
    """The log, newest first, is dense and its tree recomputes to its root."""
    assert [s.receipt.index for s in stored] == list(reversed(range(head.size)))
    tree = Frontier()
    for each in reversed(stored):
        tree = tree.append(each.receipt.leaf)
    assert (tree.size, tree.root()) == (head.size, head.root)


def test_keys_that_are_let_go_of_while_a_batch_is_sealed_do_not_fail_it(engine: Engine) -> None:
    logs: list[SqlAuditLog] = []

    def random(size: int) -> bytes:
        for log in logs:
            log.forget_keys()
        return os.urandom(size)

    async def scenario() -> None:
        ring = KekRing(LocalKek("master", b"k" * 32))
        logs.append(log := SqlAuditLog(engine, keks=ring, subject_key=b"s" * 32, random=random))
        for n in range(6):
            await log.append(entry(n))
        assert [s.entry for s in await everything(log, reveal=True)] == [entry(n) for n in reversed(range(6))]
        await log.close()

    asyncio.run(scenario())


def test_entries_come_back_in_order_and_the_tree_is_theirs(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        await asyncio.gather(*(log.append(entry(n)) for n in range(300)))
        stored = await everything(log, limit=1000, reveal=True)
        assert [s.entry for s in stored] == [entry(n) for n in reversed(range(300))]
        whole(stored, await log.head())
        await log.close()
        with pytest.raises(ServiceError, match="closed"):
            await log.append(entry())

    asyncio.run(scenario())


def test_many_write_one_log_and_each_callers_entries_keep_their_order(stand: Stand) -> None:
    """Who comes to another gateway with the next entry finds it behind the last one too."""

    async def scenario() -> None:
        logs = [audit_log(stand.open()) for _ in range(3)]

        async def caller(number: int) -> None:
            for step in range(12):
                who = f"new-person-{number % 7}-{step // 4}"
                await logs[(number + step) % 3].append(
                    entry(number, exchange=f"ex_{number}_{step:02}", subject=who)
                )

        await asyncio.gather(*(caller(number) for number in range(20)))
        stored = await everything(logs[0], limit=1000, reveal=True)
        assert len(stored) == 240
        assert all(s.entry.text for s in stored), "gateways that make a key for one person at once share one"
        for number in range(20):
            mine = [
                s.entry.exchange for s in reversed(stored) if s.entry.exchange.startswith(f"ex_{number}_")
            ]
            assert mine == [f"ex_{number}_{step:02}" for step in range(12)]
        assert len({str(await log.head()) for log in logs}) == 1
        whole(stored, await logs[0].head())
        for log in logs:
            await log.close()

    asyncio.run(scenario())


def test_a_clock_that_is_set_changes_no_order(stand: Stand) -> None:
    """An hour back, a year on, before the epoch's time was known: entries say what the clock said, and stand where they came."""
    times = [1_000_000_000.0, 1_000_003_600.0, 999_996_400.0, 1_031_536_000.0, 0.0, 1_000_000_001.0]

    async def scenario() -> None:
        one, two = audit_log(stand.engine), audit_log(stand.open())
        clock = iter(times)
        uids = Uids(os.urandom, lambda: next(clock))
        names = []
        for n, at in enumerate(times):
            names.append(uids())
            await (one, two)[n % 2].append(entry(n, at=at), uid=names[-1])
        assert names == sorted(names)
        assert len(set(names)) == len(names)
        stored = await everything(one)
        assert [s.entry.at for s in reversed(stored)] == times
        whole(stored, await two.head())
        await one.close()
        await two.close()

    asyncio.run(scenario())


def test_what_one_process_acknowledged_another_reads_at_once(stand: Stand) -> None:
    async def scenario() -> None:
        writer, reader = audit_log(stand.engine), audit_log(stand.open())
        for n in range(25):
            await writer.append(entry(n))
            [newest] = await everything(reader, limit=1)
            assert newest.entry.exchange == f"ex_{n}"
            assert (await reader.head()).size == n + 1
        await writer.close()
        await reader.close()

    asyncio.run(scenario())


def test_an_append_that_is_tried_again_is_stored_once(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        uids = [bytes([n]) * 16 for n in range(40)]
        await log.append(entry(0), uid=uids[0])
        await asyncio.gather(*(log.append(entry(n), uid=uids[n]) for n in (1, 1, 2, 2, 1)))
        await log.append_all([(uids[n], entry(n)) for n in (0, 2, 3, 3)])
        await log.append(entry(9))
        await log.append(entry(9))
        assert (await log.head()).size == 6
        await log.append_all([(uids[n], entry(n)) for n in range(40)])
        stored = await everything(log, limit=100)
        names = Counter(s.entry.exchange for s in stored)
        assert names.pop("ex_9") == 3
        assert set(names.values()) == {1}
        assert len(names) == 39
        whole(stored, await log.head())
        await log.close()

    asyncio.run(scenario())


def test_an_entry_that_cannot_be_written_down_spoils_nobody_elses(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        broken = entry(2, model="\ud800")
        done = await asyncio.gather(
            log.append(entry(1)), log.append(broken), log.append(entry(3)), return_exceptions=True
        )
        assert [type(result) for result in done] == [type(None), ServiceError, type(None)]
        assert [s.entry.exchange for s in await everything(log)] == ["ex_3", "ex_1"]
        await log.close()

    asyncio.run(scenario())


def test_a_tree_that_was_damaged_is_not_built_upon(stand: Stand) -> None:
    async def scenario() -> None:
        log = audit_log(stand.engine)
        await log.append(entry(0))
        assert (await log.head()).size == 1
        stand.run("UPDATE audit_tree SET size = 3")

        async def go_on() -> None:
            await log.append(entry(1))
            await log.head()

        with pytest.raises(ServiceError, match="damaged"):
            await go_on()
        await log.close()

    asyncio.run(scenario())


def test_entries_that_come_together_stay_together(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine)
        many = [[(bytes([k, n]) * 8, entry(n, exchange=f"ex_{k}_{n}")) for n in range(50)] for k in range(4)]
        await asyncio.gather(*(log.append_all(some) for some in many))
        stored = (await everything(log, limit=1000))[::-1]
        for k in range(4):
            places = [s.receipt.index for s in stored if s.entry.exchange.startswith(f"ex_{k}_")]
            assert places == list(range(places[0], places[0] + 50))
        await log.close()

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
    directory = SqlDirectory(stand.engine, pepper=b"p" * 32, clock=lambda: 0.0)
    secret = directory.make_service(PrincipalDraft("n"), KeyDraft("n")).secret
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
        other = SqlAuditLog(engine, keks=KekRing(LocalKek("master", b"x" * 32)), subject_key=b"s" * 32)
        with pytest.raises(ServiceError, match="does not open with this key"):
            await everything(other, reveal=True)
        await other.close()

    asyncio.run(scenario())


def test_a_store_that_cannot_be_written_fails_closed(stand: Stand) -> None:
    async def scenario() -> None:
        log = audit_log(stand.engine)
        await log.append(entry(0))
        stand.run("DROP TABLE audit_entries")
        stand.run("DROP TABLE audit_pending")
        with pytest.raises(ServiceError, match="audit log"):
            await log.append(entry(1))
        with pytest.raises(ServiceError, match="audit log"):
            await everything(log)
        await log.close()

    asyncio.run(scenario())
