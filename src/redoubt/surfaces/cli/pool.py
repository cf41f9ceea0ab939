"""A scan on several cores."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context

from redoubt.domain.errors import ServiceError
from redoubt.domain.finding import judges
from redoubt.surfaces.cli.worker import Result, Task, Terms, run, start

WAITING = 8
"""Tasks handed out ahead, per process."""


def results(terms: Terms, jobs: int, tasks: Sequence[Task]) -> Iterator[tuple[Task, Result]]:
    """Yield each task with its result, in order, places told within the whole file. Raises ServiceError where a process dies."""
    # "spawn": a child that shares no memory with its parent also shares no half-used lock or compiled matcher with it.
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), get_context("spawn"), initializer=start, initargs=(terms,)
    )
    waiting: list[tuple[Task, Future[Result]]] = []
    todo = iter(tasks)
    shift = _Shift()
    try:
        while True:
            while len(waiting) < jobs * WAITING and (task := next(todo, None)):
                waiting.append((task, pool.submit(run, task)))
            if not waiting:
                return
            task, future = waiting.pop(0)
            yield task, shift.moved(task, future.result())
    except BrokenProcessPool as error:
        raise ServiceError("a process of the scan died (out of memory?); try --jobs 1") from error
    finally:
        pool.shutdown(cancel_futures=True)


class _Shift:
    """Turns places within a part of a file into places in the file. Parts come in order."""

    def __init__(self) -> None:
        self._name, self._characters, self._lines, self._seen_to = "", 0, 0, 0

    def moved(self, task: Task, result: Result) -> Result:
        """Return the result of a part with the places that the file has."""
        if task.part is None:
            return result
        if task.name != self._name or task.part[0] == 0:
            self._name, self._characters, self._lines, self._seen_to = task.name, 0, 0, 0
        moved = [
            replace(
                r, line=r.line + self._lines, start=r.start + self._characters, end=r.end + self._characters
            )
            for r in result.records
        ]
        # What the part before saw to its end beyond the border is not reported again.
        result.records = [r for r in moved if r.start >= self._seen_to]
        self._seen_to = max((r.end for r in result.records if not judges(r.category)), default=self._seen_to)
        self._characters += result.characters
        self._lines += result.lines
        return result
