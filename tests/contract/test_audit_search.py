"""What is asked of the log is found, in every database."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Engine, insert, literal, select, text

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.database import open_database
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.settings import Durability
from redoubt.services.audit.kek import KekRing, LocalKek
from redoubt.services.audit.search import Query, term

KEY_A, CARD = b"a" * 16, b"c" * 16
PLAIN = Entry(
    "ex_0", "prompt", 0.0, "key_a", "shop", "default", "eu_0", "allow", "openai", "gpt", text="said"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    engine = open_database(url, tmp_path, Durability.PROCESS)
    yield engine
    engine.dispose()


def found(category: str, mark: bytes = b"") -> tuple[FindingRecord, ...]:
    return (FindingRecord(Finding(category, "rule", 0, 1), "/p", "redact", mark),)


ENTRIES = tuple(
    replace(PLAIN, exchange=f"ex_{n}", at=1000.0 + n, **changes)  # type: ignore[arg-type]
    for n, changes in enumerate(
        (
            {},
            {"principal": "key_b", "findings": found("secret.aws_access_key", KEY_A)},
            {"app": "desk", "decision": "deny", "findings": found("secret.private_key")},
            {"subject": "eu_1", "findings": found("finance.card", CARD), "decision": "redact"},
            {"kind": "answer", "model": "claude", "upstream": "anthropic"},
            {"kind": "admin", "principal": "os:jane"},
            {"principal": "key_c", "findings": (*found("pii.email"), *found("secret.aws_access_key", KEY_A))},
        )
    )
)


@pytest.mark.parametrize(
    ("query", "indices"),
    [
        (Query(), [6, 5, 4, 3, 2, 1, 0]),
        (Query(since=1002.0, until=1004.0), [3, 2]),
        (Query(principal="key_b"), [1]),
        (Query(app="desk"), [2]),
        (Query(subjects=("eu_1", "eu_9")), [3]),
        (Query(category="secret"), [6, 2, 1]),
        (Query(category="secret.aws_access_key"), [6, 1]),
        (Query(category="secret.aws"), []),
        (Query(decision="redact"), [3]),
        (Query(kind="admin"), [5]),
        (Query(exchange="ex_4"), [4]),
        (Query(model="claude", upstream="anthropic"), [4]),
        (Query(marks=(KEY_A,)), [6, 1]),
        (Query(marks=(KEY_A, CARD)), [6, 3, 1]),
        (Query(marks=(KEY_A, CARD), category="finance"), [3]),
        (Query(marks=(KEY_A,), category="pii", principal="key_c", since=1000.0), [6]),
        (Query(marks=(b"z" * 16,)), []),
    ],
)
def test_what_is_asked_is_found(engine: Engine, query: Query, indices: list[int]) -> None:
    async def scenario() -> None:
        log = SqlAuditLog(engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32)
        for entry in ENTRIES:
            await log.append(entry)
        stored = [item async for item in log.search(query)]
        assert [item.receipt.index for item in stored] == indices
        assert all(item.entry.text == "" for item in stored), "a search shows no text"
        pages, before = [], None
        while page := [item async for item in log.search(query, limit=2, before=before)]:
            pages += [item.receipt.index for item in page]
            before = pages[-1]
        assert pages == indices
        await log.close()

    asyncio.run(scenario())


def test_words_whose_hashes_are_alike_do_not_hide_what_lies_behind_them(engine: Engine) -> None:
    """A flood of another word whose hash is alike must not look like the end of the log."""
    flood = [replace(PLAIN, exchange=f"ex_{n}") for n in range(1, 26)]
    asked, other = term("decision", "deny"), term("decision", "allow")

    async def scenario() -> None:
        log = SqlAuditLog(engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32)
        await log.append(replace(PLAIN, decision="deny"))
        for entry in flood:
            await log.append(entry)
        with engine.begin() as connection:
            known = select(literal(asked, BigInteger), schema.traits.c.traits).where(
                schema.traits.c.term == other
            )
            connection.execute(insert(schema.traits).from_select(["term", "traits"], known))
        found = [s.receipt.index async for s in log.search(Query(decision="deny"), limit=10)]
        assert found == [0]
        assert [s async for s in log.search(Query(decision="deny"), limit=10, before=0)] == []
        await log.close()

    asyncio.run(scenario())


def test_a_log_that_was_opened_again_finds_what_both_wrote(engine: Engine) -> None:
    """Each writer writes down the traits that it has not seen; that they are there already is no error."""
    denied = [replace(PLAIN, exchange=f"ex_{n}", decision="deny") for n in range(2)]

    async def scenario() -> None:
        for entry in denied:
            log = SqlAuditLog(engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32)
            await log.append(entry)
            await log.append(replace(entry, kind="answer", decision="allow"))
            await log.close()
        found = [s.receipt.index async for s in log.search(Query(decision="deny"))]
        assert found == [2, 0]
        with engine.connect() as connection:
            numbers = connection.execute(select(schema.traits.c.traits).distinct()).all()
        assert len(numbers) == 2

    asyncio.run(scenario())


def test_a_transaction_that_failed_leaves_no_traits_unwritten(engine: Engine) -> None:
    """What a writer believes to be in the database is there: else its entries would be found by nothing."""

    async def scenario() -> None:
        log = SqlAuditLog(engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE audit_traits RENAME TO gone"))
        with pytest.raises(ServiceError):
            await log.append(replace(PLAIN, decision="deny"))
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO audit_traits"))
        await log.append(replace(PLAIN, decision="deny"))
        assert [s.receipt.index async for s in log.search(Query(decision="deny"))] == [0]
        await log.close()

    asyncio.run(scenario())
