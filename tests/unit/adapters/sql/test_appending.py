from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.appending import LARGEST, Appending, StoredKey
from redoubt.adapters.sql.database import FILE, open_database
from redoubt.domain.errors import ServiceError
from redoubt.domain.settings import Durability
from redoubt.services.audit.tree import Frontier

KEY = StoredKey(b"k" * 32, "master", b"wrapped")


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
            transaction.add_data_key(KEY, b"o" * 32, "2026-11")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert stored(engine) == []
    with appending.transaction() as transaction:
        assert transaction.tree() == (0, b"")
        assert transaction.data_key(b"o" * 32, "2026-11") is None
        transaction.add_data_key(KEY, b"o" * 32, "2026-11")
        transaction.add_data_key(StoredKey(b"l" * 32, "other", b"late"), b"o" * 32, "2026-11")
        assert transaction.data_key(b"o" * 32, "2026-11") == KEY, "the first one stays"


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
