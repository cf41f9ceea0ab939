"""A compiled set of expressions: numbers, offsets, the dump, threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.database import Database


def made(*expressions: bytes, numbers: tuple[int, ...] | None = None) -> Database:
    base = Database.compile([(expression, 0) for expression in expressions], numbers)
    assert base is not None
    return base


def test_hits_ascend_and_carry_the_numbers() -> None:
    assert made(b"bc", b"c{2}").scan(b"abcc") == [(3, 0), (4, 1)]
    assert made(b"bc", b"c{2}", numbers=(7, 9)).scan(b"abcc") == [(3, 7), (4, 9)]


def test_of_nothing_there_is_none() -> None:
    assert Database.compile([]) is None
    assert made(b"a").scan(b"") == []


def test_what_was_dumped_finds_the_same() -> None:
    base = made(b"ab+", b"[0-9]{3}")
    assert Database.load(base.dump()).scan(b"abb 123") == base.scan(b"abb 123")


def test_a_refused_expression_is_an_error() -> None:
    with pytest.raises(ConfigError, match="cannot be compiled"):
        made(b"(unclosed")


def test_a_foreign_dump_is_an_error() -> None:
    with pytest.raises(ConfigError, match="compile it again"):
        Database.load(b"no database")


def test_threads_share_it() -> None:
    base = made(b"needle")
    texts = [b"x" * n + b"needle" for n in range(200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(base.scan, texts))
    assert found == [[(n + 6, 0)] for n in range(200)]
