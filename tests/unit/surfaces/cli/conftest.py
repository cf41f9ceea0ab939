"""Fixtures of the command line's tests."""

from pathlib import Path

import pytest

from tests.unit.surfaces.cli.rig import Cli


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDOUBT_STORE__DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("REDOUBT_BASELINE_KEY", raising=False)
    return Cli(capsys, monkeypatch, tmp_path)
