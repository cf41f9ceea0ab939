import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from redoubt import __version__
from redoubt.surfaces.cli.group import COMMANDS, redoubt
from tests.unit.surfaces.cli.rig import Cli, run


def _all_commands() -> Iterator[tuple[str, ...]]:
    context = click.Context(redoubt)
    for name in COMMANDS:
        yield (name,)
        command = redoubt.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ((name, each) for each in command.commands)


EVERY = tuple(_all_commands())


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_explains_itself_with_an_example(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words, "--help")
    assert ran.code == 0
    assert f"redoubt {' '.join(words)}" in ran.out
    assert re.search(r"^  Examples?:( redoubt .*)?$", ran.out, re.M), "examples have lines of their own"
    assert "\\b" not in ran.out


@pytest.mark.parametrize(
    "words",
    [w for w in EVERY if len(w) > 1 or w[0] in ("up", "init", "doctor", "scan", "mask", "restore")],
    ids=" ".join,
)
def test_every_command_can_print_json(cli: Cli, words: tuple[str, ...]) -> None:
    assert "--json" in cli(*words, "--help").out


def test_the_list_of_commands_is_the_designs() -> None:
    assert set(COMMANDS) == {
        "up", "init", "doctor", "scan", "mask", "restore", "policy", "keys", "audit", "bench", "chats", "train",
        "limits", "principals", "roles", "backup",
    }  # fmt: skip


def test_the_version_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from redoubt.surfaces.cli.main import main; main(['--version']);"
        "print(sorted({'click', 'sqlalchemy', 'uvicorn', 'rich', 'hyperscan'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines() == [f"redoubt {__version__}", "[]"]


def test_a_scan_imports_no_server_no_database_and_no_pool(tmp_path: Path) -> None:
    code = (
        "import sys; from redoubt.surfaces.cli.main import main; main(['scan', '--quiet', '--text', 'hello']);"
        "print(sorted({'sqlalchemy', 'uvicorn', 'rich', 'asyncio', 'multiprocessing', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines() == ["[]"]


def test_misuse_is_2_and_says_what_to_do(cli: Cli) -> None:
    assert cli("no-such-command").code == 2
    ran = cli("scan", "--jobs", "0", ".")
    assert ran.code == 2
    assert "--jobs" in ran.err


def test_what_cannot_be_done_is_3_without_a_traceback(tmp_path: Path) -> None:
    ran = run(tmp_path, "keys", "list", "--config", "missing.toml")
    assert ran.code == 3
    assert ran.err.startswith("redoubt: missing.toml: no such file")
    assert "Traceback" not in ran.err


def test_a_setting_that_is_misspelt_is_said(tmp_path: Path) -> None:
    ran = run(tmp_path, "keys", "list", REDOUBT_SERVR__PORT="1")
    assert ran.code == 3
    assert "REDOUBT_SERVR__PORT" in ran.err


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    (tmp_path / "many.txt").write_text("".join(f"user{i}@acme-widgets.com\n" for i in range(5000)))
    command = f"{sys.executable} -c 'from redoubt.surfaces.cli.main import main; main()' scan many.txt --quiet | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stdout.startswith("many.txt:1:1")
    assert done.stderr == ""
