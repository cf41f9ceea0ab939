"""Runs the command line: in this process, or as a person does."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from redoubt.surfaces.cli.main import main

MAIL = "jane.doe@acme-widgets.com"
CARD = "4111 1111 1111 1111"
KEY = "AKIAIOSFODNN7EXAMPLF"
TEXT = f"mail {MAIL}\ncard {CARD}\nkey {KEY}\n"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Cli:
    """The command in this process, with a data directory of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, home: Path) -> None:
        self._capsys, self._patch, self.home = capsys, patch, home

    def __call__(self, *arguments: str | Path, stdin: bytes | None = None) -> Ran:
        if stdin is not None:
            self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)


def run(home: Path, *arguments: str | Path, stdin: bytes = b"", **environ: str) -> Ran:
    """Run the installed command in a process of its own, in the folder ``home``."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from redoubt.surfaces.cli.main import main; sys.exit(main())",
            *map(str, arguments),
        ],
        input=stdin,
        capture_output=True,
        cwd=home,
        env={**os.environ, "REDOUBT_STORE__DATA_DIR": str(home / "data"), **environ},
        timeout=120,
        check=False,
    )
    return Ran(
        done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    )


def without_times(value: Any) -> Any:
    """Return a JSON report without what differs from run to run."""
    return {key: part for key, part in value.items() if key != "seconds"}
