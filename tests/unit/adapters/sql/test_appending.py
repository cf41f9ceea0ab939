from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.appending import Appending, StoredKey
from redoubt.adapters.sql.database import FILE, open_database
from redoubt.adapters.sql.statements import LARGEST
from redoubt.domain.errors import ServiceError
from redoubt.domain.settings import Durability
from redoubt.services.audit.tree import Frontier

KEY = StoredKey(b"k" * 32, "master", b"wrapped")
OWNER = (b"o" * 32, "2026-11")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database("", tmp_path, Durability.PROCESS)
    yield engine
    engine.dispose()


def row(index: int) -> schema.EntryRow:
    return (index, f"ex_{index}", b"s" * 32, b"l" * 32, b"body %d" % index, b"sealed", None)


def stored(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [
            tuple(found)
            for found in connection.execute(select(schema.entries).order_by(schema.entries.c["index"]))
        ]


@pytest.mark.parametrize("count", [1, 2, 3, 37, LARGEST, 2 * LARGEST + 5])
def test_any_number_of_rows_is_appended_whole(engine: Engine, count: int) -> None:
    appending = Appending(engine, "the log")
    with appending.transaction() as transaction:
        assert transaction.tree() == (0, b"")
        transaction.append([row(i) for i in range(count)], [], [], Frontier(count, (b"f" * 32,)))
    assert stored(engine) == [row(i) for i in range(count)]
    with appending.transaction() as transaction:
        assert transaction.tree() == (count, b"f" * 32)


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    appending = Appending(engine, "the log")

    def fail() -> None:
        with appending.transaction() as transaction:
            transaction.append([row(0)], [], [], Frontier(1, (b"f" * 32,)))
            transaction.add_data_keys({OWNER: KEY})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert stored(engine) == []
    with appending.transaction() as transaction:
        assert transaction.tree() == (0, b"")
        assert transaction.data_keys([OWNER]) == {}
        transaction.add_data_keys({OWNER: KEY})
        transaction.add_data_keys({OWNER: StoredKey(b"l" * 32, "other", b"late")})
        assert transaction.data_keys([OWNER]) == {OWNER: KEY}, "the first one stays"


def test_data_keys_are_found_by_owner_and_month_however_many_are_asked_for(engine: Engine) -> None:
    made = {
        (b"%032d" % n, f"2026-{month:02}"): StoredKey(b"%029d%03d" % (n, month), "master", b"w")
        for n in range(70)
        for month in (10, 11)
    }
    appending = Appending(engine, "the log")
    with appending.transaction() as transaction:
        transaction.add_data_keys(made)
    asked = [owner for owner in made if owner[1] == "2026-11"] + [(b"%032d" % 3, "2026-12")]
    with appending.reading() as transaction:
        assert transaction.data_keys(asked) == {owner: made[owner] for owner in asked[:-1]}


def test_traits_that_are_known_are_no_error(engine: Engine) -> None:
    appending = Appending(engine, "the log")
    for rows in ([(1, 7), (2, 7)], [(2, 7), (2, 8)]):
        with appending.transaction() as transaction:
            transaction.add_traits(rows)
    with engine.connect() as connection:
        assert set(connection.execute(select(schema.traits))) == {(1, 7), (2, 7), (2, 8)}


def test_a_row_that_is_there_already_is_an_error_that_quotes_nothing(engine: Engine) -> None:
    appending = Appending(engine, "the log")
    with appending.transaction() as transaction:
        transaction.append([row(0)], [], [], Frontier(1, (b"f" * 32,)))
    with pytest.raises(ServiceError, match="the log cannot be") as raised, appending.transaction() as again:
        again.append([row(0)], [], [], Frontier(1, (b"g" * 32,)))
    assert "ex_0" not in str(raised.value)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.entries)).scalar_one() == 1


def test_a_database_that_is_damaged_is_a_service_error(engine: Engine, tmp_path: Path) -> None:
    appending = Appending(engine, "the log")
    engine.dispose()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / FILE).write_bytes(b"no database at all " * 500)
    with pytest.raises(ServiceError, match="the log cannot be"), appending.transaction() as transaction:
        transaction.tree()
