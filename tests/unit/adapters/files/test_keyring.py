from pathlib import Path

import pytest

from redoubt.adapters.files.keyring import open_keyring
from redoubt.domain.errors import ConfigError


def test_made_once_private_and_the_same_ever_after(tmp_path: Path) -> None:
    first = open_keyring(tmp_path, {})
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    assert first.derive("audit") == open_keyring(tmp_path, {}).derive("audit")
    assert first.derive("audit") != first.derive("vault")
    assert [p.name for p in tmp_path.iterdir()] == ["master.key"]


def test_the_environment_wins(tmp_path: Path) -> None:
    given = open_keyring(tmp_path, {"REDOUBT_MASTER_KEY": "ab" * 32})
    assert given.derive("x") == open_keyring(tmp_path, {"REDOUBT_MASTER_KEY": "AB" * 32 + "\n"}).derive("x")
    assert not (tmp_path / "master.key").exists()


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, "ab" * 33])
def test_a_bad_key_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="64 hexadecimal digits") as refused:
        open_keyring(tmp_path, {"REDOUBT_MASTER_KEY": text})
    assert not text or text not in str(refused.value)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    open_keyring(tmp_path, {})
    (tmp_path / "master.key").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        open_keyring(tmp_path, {})


def test_the_master_key_is_not_in_the_repr(tmp_path: Path) -> None:
    keyring = open_keyring(tmp_path, {"REDOUBT_MASTER_KEY": "ab" * 32})
    assert "ab" * 8 not in repr(keyring)
    assert repr(bytes.fromhex("ab" * 32)) not in repr(keyring)
