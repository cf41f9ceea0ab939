"""From paths to a report: which files, in which order, on how many cores."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

from redoubt import compose
from redoubt.domain.document import Unread
from redoubt.surfaces.cli.progress import Bar
from redoubt.surfaces.cli.records import Report
from redoubt.surfaces.cli.rules import load
from redoubt.surfaces.cli.worker import Result, Task, Terms, Worker

SPLIT = 16 * 1024 * 1024
"""A plain text beyond this is split among the cores."""
WORTH_IT = 4 * 1024 * 1024
"""Fewer bytes are scanned sooner than processes are started."""
MOST_RECORDS = 100_000
"""A report holds no more findings; beyond, they are counted."""
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
    bar = Bar(total, len(tasks)) if progress else None
    if plan.jobs == 1 or total < WORTH_IT or len(tasks) == 1:
        worker = Worker(terms)
        for task in tasks:
            _add_part(report, task, worker.scan(task))
            if bar:
                bar.step(task)
    else:
        from redoubt.surfaces.cli.pool import results

        load(terms.rules)  # so that the processes find them compiled

        for task, result in results(terms, plan.jobs, tasks):
            _add_part(report, task, result)
            if bar:
                bar.step(task)
    if bar:
        bar.end()
    report.records.sort(key=lambda r: (r.file, r.start))
    return report


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
        status = path.stat()
        if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
            report.unread.append(Unread(str(path), "a device, not a file"))
            return
        length = status.st_size
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
