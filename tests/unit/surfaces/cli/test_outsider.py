"""Somebody who has never seen Redoubt verifies its log with sixty lines written from the public formats, and finds every forgery."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.surfaces.cli.rig import Cli

SCRIPT = Path(__file__).parents[4] / "docs" / "verify_log.py"


def test_it_is_short_and_knows_nothing_of_redoubt() -> None:
    source = SCRIPT.read_text()
    assert len(source.splitlines()) <= 60
    assert "import redoubt" not in source
    assert "from redoubt" not in source


@pytest.fixture
def exported(cli: Cli, tmp_path: Path) -> Path:
    """An export of nine entries; ``tmp_path`` has a checkpoint of seven, and one of all nine."""
    for n in range(7):
        cli("keys", "create", "--name", f"key {n}")
    (tmp_path / "seven").write_text(cli("audit", "checkpoint").out)
    cli("keys", "create", "--name", "last")
    assert cli("audit", "export", "--out", tmp_path / "export", "--texts").code == 0
    (tmp_path / "key").write_text(cli("audit", "key").out)
    shutil.copy(tmp_path / "export" / "checkpoint", tmp_path / "nine")
    return tmp_path / "export"


def outsider(folder: Path, *checkpoints: str) -> tuple[int, str]:
    given = [str(folder.parent / name) for name in checkpoints]
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(folder), str(folder.parent / "key"), *given],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def flip(lines: list[bytes]) -> None:
    changed = bytearray(lines[4])
    changed[30] ^= 1
    lines[4] = bytes(changed)


def remove(lines: list[bytes]) -> None:
    del lines[4]


def swap(lines: list[bytes]) -> None:
    lines[4], lines[5] = lines[5], lines[4]


def cut(lines: list[bytes]) -> None:
    del lines[7:]


def test_a_good_export_verifies(cli: Cli, exported: Path) -> None:
    assert outsider(exported) == (0, "verified\n")
    assert outsider(exported, "seven") == (0, "verified\n")
    done = cli("audit", "verify", exported, "--public-key", exported.parent / "key", "--json")
    verdict = json.loads(done.out)
    assert (done.code, verdict["ok"], verdict["entries"], verdict["checkpoints"]) == (0, True, 9, 2)


@pytest.mark.parametrize(
    ("forge", "index", "kind"),
    [(flip, 4, "changed"), (remove, 4, "removed"), (swap, 4, "swapped"), (cut, 7, "truncated")],
)
def test_each_forgery_is_found_by_both(
    cli: Cli, exported: Path, forge: Callable[[list[bytes]], None], index: int, kind: str
) -> None:
    path = exported / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    forge(lines)
    path.write_bytes(b"".join(lines))
    code, said = outsider(exported)
    assert code == 1
    assert "TAMPERED" in said
    assert f"entry {index}" in said
    done = cli("audit", "verify", exported, "--public-key", exported.parent / "key", "--json")
    fault = json.loads(done.out)["fault"]
    assert (done.code, fault["kind"], fault["index"]) == (1, kind, index)
    shown = cli("audit", "verify", exported, "--public-key", exported.parent / "key")
    assert shown.code == 1
    assert f"first bad entry: {index}" in shown.out


def test_a_tail_cut_off_with_its_checkpoint_is_found_by_an_earlier_copy_of_it(
    cli: Cli, exported: Path
) -> None:
    for name, keep in (("entries.jsonl", 7), ("sealed.jsonl", 7)):
        path = exported / name
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:keep]))
    (exported / "leaves").write_bytes((exported / "leaves").read_bytes()[: 7 * 32])
    shutil.copy(exported.parent / "seven", exported / "checkpoint")
    assert outsider(exported) == (0, "verified\n"), "it is a good export of yesterday"
    code, said = outsider(exported, "nine")
    assert code == 1
    assert "the log ends before entry 7" in said
    key, nine = exported.parent / "key", exported.parent / "nine"
    assert cli("audit", "verify", exported, "--public-key", key).code == 0
    done = cli("audit", "verify", exported, "--public-key", key, "--checkpoint", nine, "--json")
    assert (done.code, json.loads(done.out)["fault"]["index"]) == (1, 7)


def test_what_is_certain_ends_before_the_first_bad_entry(cli: Cli, exported: Path) -> None:
    lines = (exported / "entries.jsonl").read_bytes().splitlines(keepends=True)
    (exported / "entries.jsonl").write_bytes(b"".join(lines[:4] + lines[5:]))
    (exported / "leaves").unlink()
    arguments = ("audit", "verify", exported, "--public-key", exported.parent / "key")
    verdict = json.loads(cli(*arguments, "--json").out)
    assert verdict["fault"]["index"] == verdict["entries"] == 0
    assert "before that" not in cli(*arguments).out
    verdict = json.loads(cli(*arguments, "--checkpoint", exported.parent / "seven", "--json").out)
    assert verdict["fault"]["index"] >= verdict["entries"]


def test_another_key_and_no_export(cli: Cli, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("x+" + "0" * 8 + "+" + "A" * 44)
    code, said = outsider(exported)
    assert (code, "TAMPERED" in said) == (1, True)
    (exported / "checkpoint").write_text("nonsense")
    code, said = outsider(exported)
    assert (code, "TAMPERED" in said) == (1, True)
