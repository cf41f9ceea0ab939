import pytest

from redoubt.domain.errors import LimitError
from redoubt.domain.principal import Principal
from redoubt.services.limits.gcra import MemoryLimits


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def principal(*limits: tuple[str, int], id: str = "key_a") -> Principal:
    return Principal(id=id, name="a", limits=limits)


def taken(limits: MemoryLimits, who: Principal, tries: int) -> int:
    count = 0
    for _ in range(tries):
        try:
            limits.take(who)
            count += 1
        except LimitError:
            pass
    return count


def test_a_burst_of_the_whole_amount_and_no_more() -> None:
    limits = MemoryLimits(Clock(), ())
    assert taken(limits, principal(("minute", 7)), 20) == 7


def test_the_said_wait_is_exactly_enough() -> None:
    clock = Clock()
    limits = MemoryLimits(clock, ())
    who = principal(("second", 4))
    assert taken(limits, who, 10) == 4
    with pytest.raises(LimitError) as refused:
        limits.take(who)
    clock.now += refused.value.retry_after - 0.001
    with pytest.raises(LimitError):
        limits.take(who)
    clock.now += 0.001
    limits.take(who)


def test_all_limits_or_none() -> None:
    clock = Clock()
    limits = MemoryLimits(clock, ())
    who = principal(("second", 100), ("minute", 2))
    assert taken(limits, who, 50) == 2
    clock.now += 30.0
    assert taken(limits, who, 50) == 1, "refused requests took nothing from either limit"


def test_keys_do_not_share_and_the_default_holds() -> None:
    limits = MemoryLimits(Clock(), (("second", 3),))
    assert taken(limits, principal(id="key_a"), 9) == 3
    assert taken(limits, principal(id="key_b"), 9) == 3


def test_zero_means_no_limit() -> None:
    assert taken(MemoryLimits(Clock(), (("second", 0),)), principal(), 5000) == 5000
