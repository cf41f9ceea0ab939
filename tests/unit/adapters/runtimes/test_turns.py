import time
from threading import Barrier, Event, Thread

import pytest

from redoubt.adapters.runtimes import turns as module
from redoubt.adapters.runtimes.turns import Turns
from redoubt.domain.errors import ServiceError


def test_no_more_run_at_once_than_agreed() -> None:
    turns, running, most = Turns(2, 10.0), [0], [0]

    def work() -> None:
        for _ in range(20):
            with turns.turn():
                running[0] += 1
                most[0] = max(most[0], running[0])
                time.sleep(0.0005)
                running[0] -= 1

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2


def test_first_come_first_served() -> None:
    turns, order, begun = Turns(1, 10.0), [], Event()

    def greedy() -> None:
        for _ in range(3):
            with turns.turn():
                begun.set()
                time.sleep(0.05)
                order.append("greedy")

    def patient() -> None:
        begun.wait()
        with turns.turn():
            order.append("patient")

    threads = [Thread(target=greedy), Thread(target=patient)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order == ["greedy", "patient", "greedy", "greedy"]


def test_who_waits_too_long_is_told_and_the_turn_is_not_lost() -> None:
    turns, held, done = Turns(1, 0.05), Barrier(2), Event()

    def slow() -> None:
        with turns.turn():
            held.wait()
            done.wait()

    def hold() -> None:
        with pytest.raises(ServiceError, match="took longer"):
            slow()

    thread = Thread(target=hold)
    thread.start()
    held.wait()
    with pytest.raises(ServiceError, match=r"no free thread within 0\.05 s"), turns.turn():
        raise AssertionError("the turn was taken")
    done.set()
    thread.join()
    with turns.turn():
        pass


def test_what_took_too_long_is_no_answer() -> None:
    now = iter([0.0, 2.1])
    with pytest.raises(ServiceError, match="took longer than 2 s"), Turns(1, 2.0, lambda: next(now)).turn():
        pass


def test_a_turn_ends_when_its_work_fails() -> None:
    turns = Turns(1, 0.5)
    for _ in range(3):
        with pytest.raises(KeyError), turns.turn():
            raise KeyError


def test_the_line_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 0)
    turns = Turns(1, 5.0)
    with turns.turn(), pytest.raises(ServiceError, match="by too many"), turns.turn():
        pass
