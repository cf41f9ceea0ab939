import json
from pathlib import Path

import pytest

from tests.unit.surfaces.cli.rig import KEY, MAIL, Cli


def test_only_what_is_new_is_reported(cli: Cli) -> None:
    Path("code.py").write_text(f"k = '{KEY}'\n")
    assert cli("scan", "code.py", "--write-baseline", "known.json").code == 0
    ran = cli("scan", "code.py", "--baseline", "known.json")
    assert (ran.code, ran.out) == (0, "")
    assert "1 known" in ran.err
    Path("code.py").write_text(f"\n\n# {MAIL}\nk = '{KEY}'\n")
    ran = cli("scan", "code.py", "--baseline", "known.json")
    assert ran.code == 1
    assert [line.split("  ")[1] for line in ran.out.splitlines()] == ["pii.email"]


def test_a_baseline_holds_no_value_and_is_salted(cli: Cli) -> None:
    Path("code.py").write_text(f"k = '{KEY}'\n")
    cli("scan", "code.py", "--write-baseline", "one.json")
    cli("scan", "code.py", "--write-baseline", "two.json")
    one, two = (json.loads(Path(name).read_text()) for name in ("one.json", "two.json"))
    assert KEY not in Path("one.json").read_text()
    assert one["findings"][0]["fingerprint"] != two["findings"][0]["fingerprint"]


def test_with_a_key_of_ones_own_the_file_alone_is_no_use(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("code.py").write_text(f"k = '{KEY}'\n")
    monkeypatch.setenv("REDOUBT_BASELINE_KEY", "from the secret store")
    cli("scan", "code.py", "--write-baseline", "known.json")
    assert cli("scan", "code.py", "--baseline", "known.json").code == 0
    monkeypatch.setenv("REDOUBT_BASELINE_KEY", "another")
    assert cli("scan", "code.py", "--baseline", "known.json").code == 1


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"redoubt_baseline": 2}', '{"redoubt_baseline": 1, "salt": "x", "findings": []}'],
)
def test_what_is_no_baseline_is_said(cli: Cli, content: str) -> None:
    Path("known.json").write_text(content)
    ran = cli("scan", "--text", "x", "--baseline", "known.json")
    assert ran.code == 3
    assert "known.json" in ran.err
