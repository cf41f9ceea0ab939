"""How far a long command has come, for a person who waits."""

import sys

from redoubt.surfaces.cli.output import count, printable, say
from redoubt.surfaces.cli.sizes import size
from redoubt.surfaces.cli.worker import Task


class Bar:
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
            _draw(percent, f"{count(self._files, 'file')} of {self._tasks:,}, {size(self._done)}")

    def end(self) -> None:
        """Take the line away."""
        _rewrite("")


class Meter:
    """Says how many of many things are done, once a percent; on a terminal alone."""

    def __init__(self, noun: str, nouns: str) -> None:
        self._nouns, self._shown, self._terminal = (noun, nouns), -1, sys.stderr.isatty()

    def show(self, done: int, of: int) -> None:
        """Say that ``done`` of ``of`` are done; ``of`` may be a guess."""
        percent = min(100 * done // max(of, 1), 100)
        if self._terminal and percent != self._shown:
            self._shown = percent
            _draw(percent, count(done, *self._nouns))

    def close(self) -> None:
        """Take the line away."""
        if self._terminal:
            _rewrite("")


class Stages:
    """Says in which stage a long command is: a line that is rewritten on a terminal, else a line for each stage."""

    def __init__(self) -> None:
        self._terminal, self._said = sys.stderr.isatty(), ""

    def show(self, name: str, done: int, of: int, note: str = "") -> None:
        """Say that ``done`` of ``of`` parts of a stage are done."""
        if self._terminal:
            _draw(100 * done // of, printable(f"{name} {note}"))
        elif name != self._said:
            say(name, error=True)
        self._said = name

    def end(self) -> None:
        """Take the line away."""
        if self._terminal:
            _rewrite("")


def _draw(percent: int, text: str) -> None:
    filled = "#" * (percent // 4)
    _rewrite(f"[{filled:<25}] {percent:3d} %  {text}")


def _rewrite(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
