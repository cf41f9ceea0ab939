import json
from pathlib import Path

import pytest

from tests.unit.surfaces.cli.rig import CARD, KEY, MAIL, TEXT, Cli, run, without_times


def test_a_file_with_findings(cli: Cli) -> None:
    Path("notes.txt").write_text(TEXT)
    ran = cli("scan", "notes.txt")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "notes.txt:1:6  pii.email  j***@a***  email 0.95",
        "notes.txt:2:6  finance.card  411*************111  card-grouped 0.99",
        "notes.txt:3:5  secret.aws_access_key  AKIA************MPLF  aws-access-key-id 0.95",
    ]
    assert "3 findings; 1 text, 81 B" in ran.err


def test_a_clean_file(cli: Cli) -> None:
    Path("clean.txt").write_text("nothing to see\n")
    ran = cli("scan", "clean.txt")
    assert (ran.code, ran.out) == (0, "")


def test_a_line_of_text_and_standard_input(cli: Cli) -> None:
    assert cli("scan", "--text", f"write to {MAIL}").code == 1
    assert cli("scan", stdin=TEXT.encode()).out.startswith("<stdin>:1:6  pii.email")
    assert cli("scan", "-", stdin=b"hello").code == 0


def test_json_has_the_contracts_members(cli: Cli) -> None:
    Path("notes.txt").write_text(f"Grüße an {MAIL}")
    report = json.loads(cli("scan", "notes.txt", "--json").out)
    assert without_times(report) == {
        "version": report["version"],
        "findings": [
            {
                "file": "notes.txt", "line": 1, "column": 10, "place": "", "category": "pii.email", "rule": "email",
                "start": 9, "end": 34, "confidence": 0.95, "view": "plain", "action": "pseudonymise",
                "sample": "j***@a***", "fingerprint": "",
            }
        ],
        "left_out": 0, "known": 0, "texts": 1, "binary": 0, "bytes": 36, "unread": [],
    }  # fmt: skip


def test_values_are_shown_only_when_asked_for(cli: Cli) -> None:
    Path("notes.txt").write_text(TEXT)
    for option in ((), ("--json",), ("--sarif",)):
        ran = cli("scan", "notes.txt", *option)
        assert not any(value in ran.out + ran.err for value in (MAIL, CARD, KEY))
    assert KEY in cli("scan", "notes.txt", "--show").out


def test_folders_are_walked_and_excluded(cli: Cli) -> None:
    for name in ("a/one.txt", "a/two.log", "b/three.txt", ".git/config"):
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(KEY)
    assert [line.split(":")[0] for line in cli("scan", ".").out.splitlines()] == [
        "a/one.txt",
        "a/two.log",
        "b/three.txt",
    ]
    assert [
        line.split(":")[0]
        for line in cli("scan", ".", "--exclude", "b", "--exclude", "*.log").out.splitlines()
    ] == ["a/one.txt"]


def test_only_some_categories(cli: Cli) -> None:
    Path("notes.txt").write_text(TEXT)
    ran = cli("scan", "notes.txt", "--category", "secret", "--category", "pii")
    assert [line.split("  ")[1] for line in ran.out.splitlines()] == ["pii.email", "secret.aws_access_key"]


def test_confidence_is_a_threshold(cli: Cli) -> None:
    Path("notes.txt").write_text(TEXT)
    assert len(cli("scan", "notes.txt", "--min-confidence", "0.97").out.splitlines()) == 1


def test_own_rules_and_own_policy(cli: Cli) -> None:
    Path("rules.toml").write_text(
        "[[rule]]\nid = \"badge\"\ncategory = \"pii.badge\"\ndescription = \"Badge number\"\npattern = '''\\bBADGE-[0-9]{6}\\b'''\n"
        'keywords = ["badge-"]\nconfidence = 0.9\nsource = "https://intranet.example"\nmatch = ["«BADGE-123456»"]\nno_match = ["BADGE-1"]\n'
    )
    Path("policy.toml").write_text('extends = "balanced"\n[[allow]]\nvalues = ["support@acme-widgets.com"]\n')
    ran = cli(
        "scan",
        "--text",
        "BADGE-123456 support@acme-widgets.com",
        "--rules",
        "rules.toml",
        "--policy",
        "policy.toml",
    )
    assert "pii.badge" in ran.out
    assert "pii.email" not in ran.out
    assert "pseudonymise" in ran.out


def test_files_that_cannot_be_read(cli: Cli) -> None:
    assert cli("scan", "missing.txt").code == 3
    Path("picture.png").write_bytes(b"\x89PNG\0\0\0")
    ran = cli("scan", "picture.png")
    assert ran.code == 0
    assert "1 without text" in ran.err
    Path("large.txt").write_text("x" * 2000)
    ran = cli("scan", "large.txt", "--max-size", "1k")
    assert ran.code == 3
    assert "raise --max-size" in ran.err


def test_a_device_is_not_read_without_end(cli: Cli) -> None:
    ran = cli("scan", "/dev/zero")
    assert ran.code == 3
    assert "a device" in ran.err


def test_a_report_is_json_or_sarif(cli: Cli) -> None:
    assert cli("scan", ".", "--json", "--sarif").code == 2


def test_hostile_names_and_texts_cannot_steer_the_terminal(cli: Cli) -> None:
    name = "evil\x1b]0;owned\x07\u202egnp.txt"
    Path(name).write_text(f"\x1b[2J\x1b[31m{MAIL}\x1b[0m")
    ran = cli("scan", ".", "--show")
    assert ran.code == 1
    assert "\x1b" not in ran.out + ran.err
    assert "\u202e" not in ran.out + ran.err
    assert r"evil\x1b]0;owned\x07" in ran.out


@pytest.mark.parametrize("option", ["", "--json", "--sarif"])
def test_promise_2_a_canary_in_a_broken_file_is_in_no_output(tmp_path: Path, option: str) -> None:
    canary = "AKIAQ3EGTV7KX2NMP5WD"
    (tmp_path / "a.txt").write_text(f"key {canary}")
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04" + canary.encode() * 50)
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7 " + canary.encode() * 50)
    (tmp_path / "d.parquet").write_bytes(b"PAR1" + canary.encode() * 50)
    (tmp_path / "e.json").write_text('{"k": "' + canary)
    (tmp_path / "f.gz").write_bytes(b"\x1f\x8b\x08" + canary.encode() * 50)
    (tmp_path / "g.eml").write_text(f"Subject: {canary}\nContent-Type: {canary}; {canary}=\n\n{canary}")
    (tmp_path / "h.csv").write_text(f'"{canary}\n' * 3)
    ran = run(tmp_path, "scan", ".", *filter(None, [option]))
    assert ran.code == 1
    assert canary[4:-4] not in ran.out + ran.err
    assert "Traceback" not in ran.err


def test_jobs_do_not_change_the_report(tmp_path: Path) -> None:
    for number in range(6):
        lines = [f"line {i} of some length that says nothing at all\n" for i in range(20_000)]
        lines[number * 3000] = f"user{number}@acme-widgets.com\n"
        (tmp_path / f"{number}.log").write_text("".join(lines))
    one = json.loads(run(tmp_path, "scan", ".", "--jobs", "1", "--json").out)
    two = json.loads(run(tmp_path, "scan", ".", "--jobs", "2", "--json").out)
    assert len(one["findings"]) == 6
    assert without_times(one) == without_times(two)
