"""What every store of fingerprints must do."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from redoubt.adapters.sql.fingerprints import KEPT_SECONDS, LARGEST, SqlFingerprints
from redoubt.domain.errors import ServiceError
from tests.contract.stands import Stand

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


def test_many_write_and_purge_the_same_values_at_once(stand: Stand) -> None:
    now = [1000.0]

    async def scenario() -> None:
        marks = [n.to_bytes(16, "big") for n in range(200)]
        await fingerprints(stand.engine, lambda: now[0]).note(HERS, marks)
        now[0] += KEPT_SECONDS + 1
        stores = [fingerprints(stand.open(), lambda: now[0]) for _ in range(4)]
        await asyncio.gather(
            *(store.note(MINE, marks[::step]) for step, store in zip((1, -1, 1, -1), stores, strict=True)),
            *(store.note(HERS, marks[::step]) for step, store in zip((-1, 1, -1, 1), stores, strict=True)),
            *(store.purge() for store in stores),
        )
        await stores[0].purge()
        assert await stores[0].foreign(HIS, marks) == frozenset(marks)

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


def test_a_store_of_fingerprints_that_is_gone_says_so(stand: Stand) -> None:
    async def scenario() -> None:
        store = fingerprints(stand.engine)
        stand.run("DROP TABLE fingerprints")
        for asked in (store.note(MINE, [CARD]), store.foreign(MINE, [CARD]), store.purge()):
            with pytest.raises(ServiceError, match="fingerprints"):
                await asked

    asyncio.run(scenario())


def test_a_person_is_forgotten_whoever_wrote_it_and_in_memory_too(engine: Engine) -> None:
    async def scenario() -> None:
        one, other = fingerprints(engine), fingerprints(engine)
        await one.note(HERS, [CARD, PHONE], b"ann" + bytes(13))
        await one.note(HIS, [PHONE], b"bob" + bytes(13))
        await other.look_again()
        assert other.recent(MINE, CARD)
        assert await one.forget(b"ann" + bytes(13)) == 2
        assert not one.recent(MINE, CARD)
        assert one.recent(MINE, PHONE)
        assert await other.foreign(MINE, [CARD, PHONE]) == {PHONE}
        assert other.recent(MINE, CARD), "until it is told"
        await other.look_again()
        assert not other.recent(MINE, CARD)
        assert await one.forget(b"ann" + bytes(13)) == 0

    asyncio.run(scenario())
