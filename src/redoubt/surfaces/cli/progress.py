"""How far a scan has come, for a person who waits."""

import sys

from redoubt.surfaces.cli.output import count
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
            filled = "#" * (percent // 4)
            text = f"[{filled:<25}] {percent:3d} %  {count(self._files, 'file')} of {self._tasks:,}, {size(self._done)}"
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
