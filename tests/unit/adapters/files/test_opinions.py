"""Second opinions in the configuration."""

from pathlib import Path

import pytest

from redoubt.adapters.files.settings import load_settings, model_settings
from redoubt.domain.errors import ConfigError
from redoubt.domain.opinions import JudgeFormat, Sees, Task
from redoubt.domain.zone import ZONES, Zone

FILE = f"""
[models]
timeout = 3.0
[[models.classifiers]]
name = "second"
path = "models/second"
sha256 = "{"0a" * 32}"
task = "sequence"
labels = {{ "INJECTION" = "attack.injection" }}
zones = ["user", "external"]
[[models.judges]]
name = "her"
base_url = "https://judge.example/v1"
model = "llama-guard3"
format = "llama-guard"
api_key = {{ env = "JUDGE_KEY" }}
categories = {{ S1 = "harm.violence" }}
[[models.judges]]
name = "him"
base_url = "http://127.0.0.1:1"
model = "m"
sees = "raw"
"""
CLASSIFIER = {
    "name": '"c"', "path": '"p"', "sha256": f'"{"0" * 64}"', "task": '"tokens"', "labels": '{PER = "pii.person"}',
}  # fmt: skip
JUDGE = {"name": '"j"', "base_url": '"https://judge.example"', "model": '"m"'}


def load(tmp_path: Path, text: str, **environ: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "redoubt.toml"
    path.write_text(text)
    return load_settings(path, environ).models


def row(table: str, **changes: str) -> str:
    said = (CLASSIFIER if table == "classifiers" else JUDGE) | changes
    return f"[[models.{table}]]\n" + "".join(f"{key} = {value}\n" for key, value in said.items() if value)


def test_a_whole_file(tmp_path: Path) -> None:
    models = load(tmp_path, FILE, JUDGE_KEY="k-1")
    (second,) = models.classifiers
    assert (second.name, second.path, second.task) == (
        "second",
        str(tmp_path / "models/second"),
        Task.SEQUENCE,
    )
    assert (second.zones, second.labels) == ((Zone.USER, Zone.EXTERNAL), {"INJECTION": "attack.injection"})
    assert (second.threshold, second.max_tokens, second.timeout) == (0.5, 512, 2.0)
    her, him = models.judges
    assert (her.format, her.api_key, her.sees, her.zones) == (
        JudgeFormat.LLAMA_GUARD,
        "k-1",
        Sees.MASKED,
        ZONES,
    )
    assert (him.format, him.api_key, him.sees, him.categories) == (JudgeFormat.PLAIN, "", Sees.RAW, {})
    assert models.timeout == 3.0
    assert "k-1" not in repr(models)


def test_nobody_is_asked_unless_configured(tmp_path: Path) -> None:
    models = load(tmp_path, "")
    assert (models.classifiers, models.judges) == ((), ())
    assert model_settings({}).judges == ()


def test_no_variable_can_name_a_judge(tmp_path: Path) -> None:
    for variable in ("REDOUBT_MODELS__JUDGES", "REDOUBT_MODELS__CLASSIFIERS"):
        with pytest.raises(ConfigError):
            load(tmp_path, FILE, JUDGE_KEY="k", **{variable: "[]"})
        with pytest.raises(ConfigError):
            model_settings({variable: "[]"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[models]\njudges = "x"', r"\$\.models\.judges: write \[\[models\.judges\]\]"),
        ("[models]\nclassifiers = {}", r"\$\.models\.classifiers: write"),
        ("".join(row("judges", name=f'"j{n}"') for n in range(17)), "no more than 16"),
        (row("judges") * 2, r"\$\.models\.judges: two are called j"),
        (row("judges") + row("judges", name='"Big One"'), r"\$\.models\.judges\[1\]\.name"),
        (row("judges", name=""), r"judges\[0\].*`name`"),
        (row("judges", url='"x"'), r"judges\[0\].*`url`"),
        (row("judges", base_url='"ftp://x"'), r"judges\[0\]\.base_url"),
        (row("judges", format='"prompt-guard"'), r"judges\[0\]\.format"),
        (row("judges", zones='["system"]'), r"judges\[0\]\.zones"),
        (row("judges", zones="[]"), "name at least one of user, external, answer"),
        (row("judges", threshold="0.0"), r"judges\[0\]\.threshold"),
        (row("judges", threshold="nan"), r"judges\[0\]\.threshold"),
        (row("judges", timeout="inf"), r"judges\[0\]\.timeout"),
        (row("judges", max_chars="99"), r"judges\[0\]\.max_chars"),
        (row("judges", sees='"some"'), r"judges\[0\]\.sees"),
        (row("judges", categories='{S1 = "Harm!"}'), "is no category"),
        (row("judges", api_key='"secret"'), r"judges\[0\]\.api_key"),
        (row("judges", api_key='{env = "NOT_SET"}'), r"judges\[0\]\.api_key: .*NOT_SET is not set"),
        (row("judges", api_key='{env = "BAD"}'), r"judges\[0\]\.api_key: holds a blank"),
        (row("classifiers", sha256='"abc"'), r"classifiers\[0\]\.sha256"),
        (row("classifiers", task='"image"'), r"classifiers\[0\]\.task"),
        (row("classifiers", labels="{}"), r"classifiers\[0\]\.labels"),
        (row("classifiers", labels='{PER = ""}'), "is no category"),
        (row("classifiers", max_tokens="8"), r"classifiers\[0\]\.max_tokens"),
        (row("classifiers") * 2, r"\$\.models\.classifiers: two are called c"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        load(tmp_path, text, BAD="k\r\nx: y")
    assert "redoubt.toml" in str(refused.value)
    assert "x: y" not in str(refused.value)
