from threading import Event
from time import monotonic

import pytest

from redoubt.adapters.sql.fresh import PATIENCE, Fresh
from redoubt.domain.errors import ServiceError


class Store:
    def __init__(self) -> None:
        self.value, self.asked, self.is_out = 1, 0, False
        self.answers = Event()
        self.answers.set()

    def read(self, before: int | None) -> int:
        self.asked += 1
        self.answers.wait(10)
        if self.is_out:
            raise ServiceError("out")
        return self.value


def test_the_value_is_never_older_than_a_second() -> None:
    store = Store()
    fresh = Fresh(store.read)
    assert fresh.get(100.0) == 1
    store.value = 2
    assert fresh.get(100.9) == 1
    assert fresh.get(101.0) == 2
    store.value = 3
    fresh.forget()
    assert fresh.get(101.1) == 3
    store.value = 4
    assert fresh.get(50.0) == 4, "a clock that was set back does not keep an old value alive"
    assert store.asked == 4


@pytest.mark.parametrize("grace", [0.0, 5.0])
def test_a_store_that_is_out_lets_nobody_in_beyond_the_grace(grace: float) -> None:
    store = Store()
    fresh = Fresh(store.read, grace)
    fresh.get(100.0)
    store.is_out = True
    if grace:
        assert fresh.get(105.9) == 1
        assert fresh.get(103.0) == 1
    for at in (106.1, 106.2, 90.0):
        with pytest.raises(ServiceError):
            fresh.get(at)
    asked = store.asked
    with pytest.raises(ServiceError, match="a moment ago"):
        fresh.get(90.5)
    assert store.asked == asked, "a store that is out is not asked by every request"
    store.is_out = False
    assert fresh.get(91.0) == 1


def test_a_store_that_is_silent_holds_the_loop_up_once() -> None:
    store = Store()
    fresh = Fresh(store.read, 1.0)
    fresh.get(100.0)
    store.answers.clear()
    store.value = 2
    begun = monotonic()
    assert fresh.get(101.5) == 1
    assert monotonic() - begun >= PATIENCE * 0.9
    begun = monotonic()
    for at in (101.6, 101.9):
        assert fresh.get(at) == 1
    with pytest.raises(ServiceError, match="in time"):
        fresh.get(102.5)
    assert monotonic() - begun < PATIENCE / 2
    assert store.asked == 2
    store.answers.set()
    end = monotonic() + 5
    while monotonic() < end:
        try:
            if fresh.get(102.6) == 2:
                break
        except ServiceError:
            continue
    assert fresh.get(103.0) == 2, "what was read when the question was put is judged by that time"
