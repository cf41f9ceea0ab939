from pathlib import Path

import pytest

from tests.unit.surfaces.cli.rig import Cli


def test_what_init_writes_is_good_and_is_never_overwritten(cli: Cli) -> None:
    assert cli("init", "--dir", "conf").code == 0
    assert cli("policy", "check", "conf/policy.toml").code == 0
    assert cli("policy", "test", "conf/policy.toml").code == 0
    assert cli("doctor", "--config", "conf/redoubt.toml").code == 0
    Path("conf/policy.toml").write_text("# mine")
    assert "left alone" in cli("init", "--dir", "conf").out
    assert Path("conf/policy.toml").read_text() == "# mine"


def test_the_policys_own_tests_pass_with_the_guard_models_too(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDOUBT_MODELS__ENABLED", "true")
    cli("init")
    ran = cli("policy", "test", "policy.toml")
    assert ran.code == 0, ran.out


def test_a_link_is_not_written_through(cli: Cli) -> None:
    Path("target").write_text("")
    Path("redoubt.toml").symlink_to("target")
    cli("init")
    assert Path("target").read_text() == ""


def test_a_place_that_cannot_be_written(cli: Cli) -> None:
    Path("file").write_text("")
    assert cli("init", "--dir", "file/conf").code == 3
