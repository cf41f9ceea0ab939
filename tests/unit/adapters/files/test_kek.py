from pathlib import Path

import pytest

from redoubt.adapters.files.settings import load_settings
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import KekSettings

KEY = "ab" * 32


def load(folder: Path, audit: str, **environ: str) -> KekSettings | None:
    file = folder / "redoubt.toml"
    file.write_text(f"[audit]\n{audit}\n")
    return load_settings(file, environ).audit.kek


def test_a_kek_comes_from_a_file_the_environment_or_vault(tmp_path: Path) -> None:
    (tmp_path / "kek.hex").write_text(KEY + "\n")
    assert load(tmp_path, "") is None
    assert load(tmp_path, 'kek = {file = "kek.hex"}') == KekSettings(key=bytes.fromhex(KEY))
    assert load(tmp_path, 'kek = {env = "KEK"}', KEK=KEY) == KekSettings(key=bytes.fromhex(KEY))
    vault = 'kek = {vault = {url = "https://vault.example:8200", key = "redoubt", token = {env = "T"}}}'
    assert load(tmp_path, vault, T="s.1") == KekSettings(
        url="https://vault.example:8200", name="redoubt", token="s.1"
    )


@pytest.mark.parametrize(
    "audit",
    [
        "kek = {}",
        'kek = "abc"',
        'kek = {env = "KEK", file = "kek.hex"}',
        'kek = {env = "SHORT"}',
        'kek = {env = "NONE"}',
        'kek = {key = "x"}',
        'kek_previous = {env = "SHORT"}',
        'kek = {vault = {url = "http://vault.example", key = "k", token = {env = "KEK"}}}',
        'kek = {vault = {url = "https://user:pw@vault.example", key = "k", token = {env = "KEK"}}}',
        'kek = {vault = {url = "https://[bad", key = "k", token = {env = "KEK"}}}',
        'kek = {vault = {url = "https://vault.example", key = "", token = {env = "KEK"}}}',
        'kek = {vault = {url = "https://vault.example", key = "k", token = {env = "LINES"}}}',
    ],
)
def test_a_kek_that_cannot_be_is_an_error_that_does_not_show_it(tmp_path: Path, audit: str) -> None:
    with pytest.raises(ConfigError, match=r"audit\.kek") as raised:
        load(tmp_path, audit, KEK=KEY, SHORT="5ec7e7", LINES="a\nb")
    assert "5ec7e7" not in str(raised.value)
    assert KEY not in str(raised.value)


def test_fewer_than_six_months_must_be_meant(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Art\. 19 and 26\(6\)"):
        load(tmp_path, "retention_days = 179")
    load(tmp_path, "retention_days = 180")
    load(tmp_path, "retention_days = 30\nretention_below_six_months = true")
    for wrong in (
        "retention_days = 0\nretention_below_six_months = true",
        "reveal_needs = 3",
        "reveal_needs = 0",
    ):
        with pytest.raises(ConfigError, match="must be"):
            load(tmp_path, wrong)
