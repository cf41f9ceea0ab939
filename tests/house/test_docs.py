"""What the documents say is true: code blocks run, commands exist, links lead somewhere."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from redoubt.domain.issuers import IssuerSettings, LoginSettings
from redoubt.domain.limits import Limit, Price
from redoubt.domain.opinions import ClassifierSettings, JudgeSettings
from redoubt.domain.settings import (
    AuditSettings,
    EstimateSettings,
    KekSettings,
    ModelSettings,
    PolicySettings,
    PriceSettings,
    ServerSettings,
    StoreSettings,
    TelemetrySettings,
    UpstreamSettings,
    WebhookSettings,
    WitnessSettings,
)
from redoubt.domain.telling import SinkSettings
from redoubt.engine.detect.rules import Rule
from redoubt.engine.policy.parse import PolicyTest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:\$ )?redoubt ((?:[a-z]+ ?)+)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
REDOUBT = str(Path(sys.executable).with_name("redoubt"))


def _blocks(language: str) -> list[pytest.param]:  # type: ignore[valid-type]
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page in PAGES
        for number, (name, block) in enumerate(FENCE.findall(page.read_text(encoding="utf-8")))
        if name == language
    ]


@pytest.mark.parametrize("block", _blocks("python"))
def test_each_python_block_runs(block: str) -> None:
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _commands() -> list[str]:
    found = {
        " ".join(match.split())
        for page in PAGES
        for name, block in FENCE.findall(page.read_text(encoding="utf-8"))
        if name in ("bash", "console", "sh")
        for match in COMMAND.findall(block)
    }
    return sorted(found)


@pytest.mark.parametrize("words", _commands())
def test_each_command_exists(words: str) -> None:
    """The words before the first option or file name the command; the longest prefix that is one must be there."""
    parts = words.split()
    done = subprocess.run([REDOUBT, *parts[:1], "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"redoubt {parts[0]}: {done.stderr}"
    if len(parts) > 1 and "Commands:" in done.stdout:
        assert re.search(rf"^\s+{parts[1]}\b", done.stdout, re.MULTILINE), f"redoubt {words}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_reference_names_every_setting_and_key() -> None:
    reference = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z_0-9]+", reference))
    settings = {
        field.name
        for table in (
            ServerSettings,
            StoreSettings,
            PolicySettings,
            ModelSettings,
            ClassifierSettings,
            JudgeSettings,
            IssuerSettings,
            LoginSettings,
            UpstreamSettings,
            AuditSettings,
            WebhookSettings,
            WitnessSettings,
            KekSettings,
            TelemetrySettings,
            SinkSettings,
            EstimateSettings,
            PriceSettings,
            Limit,
            Price,
        )
        for field in fields(table)
    }
    rule = {field.name for field in fields(Rule)}
    policy = {
        "on_failure",
        "uninspectable",
        "pseudonyms",
        "streaming",
        "refusal",
        "shareable",
        "canary",
        "spotlight",
        "spotlight_style",
        "extends",
        "disable",
        "allow",
    }
    tests = set(PolicyTest.__struct_fields__)
    assert settings | rule | policy | tests <= words
