"""From paths to a report: which files, in which order, on how many cores."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

from redoubt import compose
from redoubt.domain.document import Unread
from redoubt.surfaces.cli.output import count
from redoubt.surfaces.cli.records import Report
from redoubt.surfaces.cli.sizes import size
from redoubt.surfaces.cli.worker import Result, Task, Terms, Worker, run, start

SPLIT = 16 * 1024 * 1024
"""A plain text beyond this is split among the cores."""
WORTH_IT = 4 * 1024 * 1024
"""Fewer bytes are scanned sooner than processes are started."""
MOST_RECORDS = 100_000
"""A report holds no more findings; beyond, they are counted."""
WAITING = 4
"""Tasks handed out ahead, per process."""
_SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn"})
"""What version control keeps of its own: scan a checkout's history with the tool that knows it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which files, and on how many cores."""

    paths: tuple[Path, ...]
    exclude: tuple[str, ...] = ()
    jobs: int = 1


def scan_stream(terms: Terms, file: BinaryIO, name: str) -> Report:
    """Scan what comes out of ``file``."""
    worker, result, report = Worker(terms), Result(), Report()
    for part in compose.read_stream(file, name, terms.limits):
        worker.take(part, result)
    _add(report, result)
    return report


def scan_files(terms: Terms, plan: Plan, *, progress: bool = False) -> Report:
    """Scan files and folders."""
    report = Report()
    tasks = list(_tasks(plan, report))
    total = sum(task.size for task in tasks)
    bar = _Bar(total, len(tasks)) if progress else None
    if plan.jobs == 1 or total < WORTH_IT or len(tasks) == 1:
        worker = Worker(terms)
        for task in tasks:
            _add_part(report, task, worker.scan(task))
            if bar:
                bar.step(task)
    else:
        _in_pool(terms, plan.jobs, tasks, report, bar)
    if bar:
        bar.end()
    report.records.sort(key=lambda r: (r.file, r.start))
    return report


def _in_pool(terms: Terms, jobs: int, tasks: list[Task], report: Report, bar: "_Bar | None") -> None:
    # "spawn": a child that shares no memory with its parent also shares no half-used lock or compiled matcher with it.
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), get_context("spawn"), initializer=start, initargs=(terms,)
    )
    try:
        waiting: list[tuple[Task, Future[Result]]] = []
        todo = iter(tasks)
        shift = _Shift()
        while True:
            while len(waiting) < jobs * WAITING and (task := next(todo, None)):
                waiting.append((task, pool.submit(run, task)))
            if not waiting:
                break
            task, future = waiting.pop(0)
            try:
                result = future.result()
            except BrokenProcessPool:
                report.unread.append(Unread(task.name, "the process that read it died (out of memory?)"))
                raise
            _add_part(report, task, shift.moved(task, result))
            if bar:
                bar.step(task)
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
        self._seen_to = max((r.end for r in result.records), default=self._seen_to)
        self._characters += result.characters
        self._lines += result.lines
        return result


def _add(report: Report, result: Result) -> None:
    room = max(0, MOST_RECORDS - len(report.records))
    report.records.extend(result.records[:room])
    report.left_out += result.left_out + max(0, len(result.records) - room)
    report.unread.extend(part for part in result.unread if not part.binary)
    report.binary += sum(part.binary for part in result.unread)
    report.size += result.size
    report.files += result.texts


def _add_part(report: Report, task: Task, result: Result) -> None:
    if task.part is not None and task.part[0] > 0:
        result.texts = 0
    _add(report, result)


def _tasks(plan: Plan, report: Report) -> Iterator[Task]:
    """Yield what there is to scan, in order of name."""
    for path in plan.paths:
        if not path.exists():
            report.unread.append(Unread(str(path), "no such file or folder"))
        elif path.is_dir():
            for found in _walk(path, plan.exclude, report):
                yield from _of_file(found, plan.jobs, report)
        else:
            yield from _of_file(path, plan.jobs, report)


def _walk(folder: Path, exclude: tuple[str, ...], report: Report) -> Iterator[Path]:
    """Yield the files beneath ``folder``; links to folders are not followed, so there are no circles."""

    def cannot(error: OSError) -> None:
        report.unread.append(Unread(str(error.filename), f"cannot be read: {error.strerror}"))

    for here, folders, files in os.walk(folder, onerror=cannot):
        folders[:] = sorted(
            f for f in folders if f not in _SKIPPED_FOLDERS and not _excluded(Path(here, f), folder, exclude)
        )
        for name in sorted(files):
            path = Path(here, name)
            if path.is_file() and not _excluded(path, folder, exclude):
                yield path


def _excluded(path: Path, folder: Path, exclude: tuple[str, ...]) -> bool:
    inside = path.relative_to(folder).as_posix()
    return any(fnmatch(path.name, glob) or fnmatch(inside, glob.rstrip("/")) for glob in exclude)


def _of_file(path: Path, jobs: int, report: Report) -> Iterator[Task]:
    try:
        length = path.stat().st_size
        cuts = compose.cuts(path, SPLIT) if jobs > 1 and length > SPLIT else ()
    except OSError as error:
        report.unread.append(Unread(str(path), f"cannot be read: {error.strerror}"))
        return
    name = str(path)
    if len(cuts) < 2:
        yield Task(name, name, length)
        return
    for begin, end in cuts:
        yield Task(name, name, end - begin, (begin, end))


class _Bar:
    """A line on standard error that is rewritten in place."""

    def __init__(self, total: int, tasks: int) -> None:
        self._total, self._tasks, self._done, self._files, self._shown = max(total, 1), tasks, 0, 0, -1

    def step(self, task: Task) -> None:
        """Count a task; rewrite the line once a percent."""
        self._done += task.size
        self._files += 1
        percent = 100 * self._done // self._total
        if percent != self._shown:
            self._shown = percent
            filled = "#" * (percent // 4)
            text = f"[{filled:<25}] {percent:3d} %  {count(self._files, 'file')} of {self._tasks:,}, {size(self._done)}"
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
