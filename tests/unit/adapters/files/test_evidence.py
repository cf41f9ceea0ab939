from pathlib import Path

import pytest

from redoubt.adapters.files.settings import load_settings
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import AuditSettings, WebhookSettings, WitnessSettings
from tests.unit.services.audit.test_note import GO_VKEY

SECRET = "a secret of enough length"
WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
FULL = f"""
[audit]
origin = "logs.example.com/shop"
checkpoint_seconds = 30
checkpoint_dir = "checkpoints"
checkpoint_webhook = {{url = "https://hooks.example.com/x", secret = {{env = "HOOK"}}}}
timestamp_url = "http://tsa.example.com/tsr"
timestamp_roots = "tsa.pem"

[[audit.witnesses]]
vkey = "{WITNESS}"
url = "https://witness.example.com/"
"""


def read(folder: Path, text: str, **environ: str) -> AuditSettings:
    (folder / "redoubt.toml").write_text(text)
    return load_settings(folder / "redoubt.toml", environ).audit


def test_everything(tmp_path: Path) -> None:
    assert read(tmp_path, FULL, HOOK=SECRET) == AuditSettings(
        origin="logs.example.com/shop",
        checkpoint_seconds=30.0,
        checkpoint_dir=str(tmp_path / "checkpoints"),
        checkpoint_webhook=WebhookSettings("https://hooks.example.com/x", SECRET),
        timestamp_url="http://tsa.example.com/tsr",
        timestamp_roots=str(tmp_path / "tsa.pem"),
        witnesses=(WitnessSettings(WITNESS, "https://witness.example.com/"),),
    )
    assert SECRET not in repr(read(tmp_path, FULL, HOOK=SECRET))


def test_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "") == AuditSettings()
    assert read(tmp_path, "", REDOUBT_AUDIT__CHECKPOINT_SECONDS="5").checkpoint_seconds == 5.0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('origin = "my log"', "origin"),
        ('origin = "a+b"', "origin"),
        ("checkpoint_seconds = 0", "checkpoint_seconds"),
        ("checkpoint_seconds = inf", "checkpoint_seconds"),
        ('checkpoint_webhook = {url = "https://a.example/"}', "secret"),
        ('checkpoint_webhook = {url = "http://a.example/", secret = {env = "HOOK"}}', "https://"),
        ('checkpoint_webhook = {url = "https://a.example/", secret = {env = "NONE"}}', "NONE"),
        ('checkpoint_webhook = {url = "https://a.example/", secret = "plain"}', "secret"),
        ('checkpoint_webhook = {url = "https://a.example/", secret = {env = "SHORT"}}', "shorter"),
        ('checkpoint_webhook = "https://a.example/"', "checkpoint_webhook"),
        ('timestamp_url = "ftp://a.example/"', "timestamp_url"),
        ('timestamp_roots = "x.pem"', "timestamp_roots"),
        ('witnesses = "x"', "witnesses"),
        ('witnesses = [{vkey = "x"}]', "NAME"),
        (f'witnesses = [{{vkey = "{GO_VKEY}"}}]', "no witness's key"),
        (f'witnesses = [{{vkey = "{WITNESS}", url = "http://w.example"}}]', "https://"),
        (f'witnesses = [{{vkey = "{WITNESS}"}}, {{vkey = "{WITNESS}"}}]', "twice"),
    ],
)
def test_what_cannot_be(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, f"[audit]\n{line}\n", HOOK=SECRET, SHORT="x")
