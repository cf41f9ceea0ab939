import asyncio
from threading import current_thread, main_thread

import pytest

from redoubt.domain.errors import OverdueError
from redoubt.domain.exchange import Segment
from redoubt.surfaces.gateway.thinker import LONG, Thinker
from redoubt.surfaces.gateway.workers import Workers


def in_loop() -> bool:
    return current_thread() is main_thread()


@pytest.mark.parametrize(
    ("heavy", "characters", "expected"),
    [(False, LONG - 1, True), (False, LONG, False), (True, 0, True), (True, 1, False)],
)
def test_where_it_is_thought(heavy: bool, characters: int, expected: bool) -> None:
    workers = Workers(1)
    thinker = Thinker(workers, heavy=heavy, seconds=1.0)
    assert asyncio.run(thinker.think(characters, in_loop)) is expected
    workers.close()


@pytest.mark.parametrize(
    ("heavy", "known", "expected"),
    [(True, True, 0), (True, False, 8), (False, True, 8), (False, False, 8)],
)
def test_what_is_remembered_is_not_to_be_inspected(heavy: bool, known: bool, expected: int) -> None:
    thinker = Thinker(Workers(1), heavy=heavy, seconds=1.0)
    assert thinker.unread((Segment("one"), Segment("three")), lambda _: known) == expected


def test_a_long_history_is_looked_up_for_quick_detectors_too() -> None:
    thinker = Thinker(Workers(1), heavy=False, seconds=1.0)
    history, new = Segment("a" * LONG), Segment("new")
    assert thinker.unread((history, new), lambda segment: segment is history) == 3
    assert thinker.unread((history,) * 5, lambda _: True) == 5 * LONG


def test_an_error_comes_back_from_beside_the_loop() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    workers = Workers(1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(Thinker(workers, heavy=True, seconds=1.0).beside(fail))
    workers.close()


def test_one_piece_of_work_has_its_time_and_the_next_has_it_again() -> None:
    now = 0.0

    def clock() -> float:
        return now

    def work(seconds: float) -> None:
        nonlocal now
        now += seconds
        thinker.check()

    thinker = Thinker(Workers(), heavy=False, seconds=10.0, clock=clock)
    for _ in range(3):
        thinker.here(lambda: work(6.0))
        now += 1000.0  # the provider takes its time
    with pytest.raises(OverdueError, match="10 seconds"):
        thinker.here(lambda: work(11.0))
