"""Promise 2 on the command line: what is inspected is in no output but the one that was asked for, and in no file."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.process import Installation, install
from tests.e2e.rig import tells
from tests.leak.test_gateway_leak import CANARIES, CONFIG, EMAIL, GONE, PHRASE, TEXT

RUN = "import sys; from redoubt.surfaces.cli.main import main; sys.exit(main())"
KINDS = ("txt", "csv", "json", "jsonl", "html", "eml", "pdf", "docx", "xlsx", "parquet", "zip", "tar.gz")


@pytest.fixture
def where(tmp_path: Path) -> Installation:
    return install(tmp_path, CONFIG.replace("PROFILE", "balanced"))


def redoubt(where: Installation, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        input=text,
        capture_output=True,
        text=True,
        env=where.environ,
        cwd=where.folder,
        timeout=60,
    )


def told(data: str, *, of: tuple[str, ...] = CANARIES) -> list[str]:
    return [canary for canary in of if tells(data.encode(), canary)]


def left(where: Installation) -> list[tuple[str, str]]:
    files = [f for name in ("data", "tmp", "out") for f in (where.folder / name).rglob("*") if f.is_file()]
    return [(str(file), canary) for file in files for canary in CANARIES if tells(file.read_bytes(), canary)]


@pytest.mark.parametrize("form", [(), ("--json",), ("--sarif",), ("--write-baseline", "out/known.json")])
def test_scan_shows_where_and_never_what(where: Installation, form: tuple[str, ...]) -> None:
    (where.folder / "out").mkdir()
    (where.folder / "in").mkdir()
    for kind in KINDS:
        head = "Subject: hello\n\n" if kind == "eml" else ""
        (where.folder / "in" / f"a.{kind}").write_text(f"{head}{TEXT}\n{TEXT}\n")
    done = redoubt(where, "scan", "in", *form)
    assert done.returncode in (0, 1)
    assert done.stdout + done.stderr
    assert told(done.stdout + done.stderr) == []
    assert left(where) == []


def test_scan_of_standard_input_and_of_an_argument(where: Installation) -> None:
    for arguments, text in (
        (("scan", "-"), TEXT),
        (("scan", "--text", TEXT), ""),
        (("scan", "-", "--json"), TEXT),
    ):
        done = redoubt(where, *arguments, text=text)
        assert done.returncode == 1
        assert told(done.stdout + done.stderr) == []
    assert left(where) == []


def test_mask_and_restore(where: Installation) -> None:
    config = ("--config", str(where.config))
    masked = redoubt(where, "mask", "--session", "s1", *config, text=TEXT)
    assert masked.returncode == 0
    assert told(masked.stdout + masked.stderr, of=(EMAIL, *GONE)) == []
    assert PHRASE in masked.stdout
    restored = redoubt(where, "restore", "--session", "s1", *config, text=masked.stdout)
    assert EMAIL in restored.stdout
    assert told(restored.stdout, of=GONE) == []
    shown = redoubt(where, "audit", "show", *config)
    assert shown.returncode == 0
    assert told(shown.stdout + shown.stderr + restored.stderr) == []
    assert left(where) == []


def test_what_is_denied_or_broken_is_not_written(where: Installation) -> None:
    for arguments in (
        ("--profile", "strict"),
        ("--profile", "strict", "--json-input"),
        ("--profile", "strict", "--json"),
    ):
        done = redoubt(where, "mask", *arguments, text=TEXT)
        assert done.returncode in (1, 2, 3)
        assert told(done.stdout + done.stderr) == []
    assert left(where) == []


def test_broken_exports_and_policies(where: Installation) -> None:
    export, policy = where.folder / "export.zip", where.folder / "policy.toml"
    export.write_text(TEXT)
    policy.write_text(f"name = '''{TEXT}'''\n")
    for arguments in (
        ("chats", "audit", str(export)),
        ("restore", "--session", "s1", "--config", str(where.config), "--json-input"),
        ("scan", "--text", "x", "--policy", str(policy)),
    ):
        done = redoubt(where, *arguments, text=TEXT)
        assert "Traceback" not in done.stderr
        assert told(done.stderr) == []
    assert left(where) == []
