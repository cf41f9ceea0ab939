import gzip
import json
from pathlib import Path

import pytest

from tests.unit.surfaces.cli.rig import KEY, MAIL, Cli


def _write(name: str, *rows: dict[str, object]) -> None:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    Path(name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)


def test_spans(cli: Cli) -> None:
    _write(
        "d.jsonl.gz",
        {"text": f"to {MAIL}", "spans": [{"start": 3, "end": 3 + len(MAIL), "type": "EMAIL"}]},
        {"text": f"key {KEY}", "spans": [{"start": 4, "end": 4 + len(KEY), "type": "SECRET:aws"}]},
        {"text": "badge 17", "spans": [{"start": 6, "end": 8, "type": "BADGE"}]},
        {"text": "clean", "spans": []},
        {"text": f"not so clean {MAIL}", "spans": []},
    )
    report = json.loads(cli("bench", "detect", "--data", "d.jsonl.gz", "--json").out)
    email, secret, badge = (report["types"][name] for name in ("EMAIL", "SECRET:aws", "BADGE"))
    assert (email["category"], email["recall"], email["exact"], email["precision"]) == (
        "pii.email",
        1.0,
        1.0,
        0.5,
    )
    assert (secret["category"], secret["recall"], secret["precision"]) == ("secret", 1.0, 1.0)
    assert (badge["recall"], badge["precision"]) == (0.0, None)
    assert (report["clean"], report["clean_flagged"]) == (2, 1)
    assert email["f1"] == pytest.approx(2 / 3)
    assert email["f2"] == pytest.approx(5 / 6)
    assert report["speed"]["p50_ms"] > 0
    assert "EMAIL" in cli("bench", "detect", "--data", "d.jsonl.gz").out


def test_labels(cli: Cli) -> None:
    _write(
        "d.jsonl",
        {"text": MAIL, "label": 1},
        {"text": "calm", "label": 1},
        {"text": "calm", "label": 0},
        {"text": KEY, "label": 0},
    )
    labels = json.loads(cli("bench", "detect", "--data", "d.jsonl", "--json").out)["labels"]
    assert labels == {"recall": 0.5, "precision": 0.5, "f1": 0.5, "f2": 0.5, "false_positive_rate": 0.5}


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "{}",
        '{"text": 1}',
        '{"text": "x", "spans": [{"start": 0, "end": 9, "type": "A"}]}',
        '{"text": "x", "spans": 3}',
        "[" * 99_999,
    ],
)
def test_a_row_that_is_none_is_named_by_its_line(cli: Cli, line: str) -> None:
    Path("d.jsonl").write_text('{"text": "fine"}\n' + line)
    ran = cli("bench", "detect", "--data", "d.jsonl")
    assert ran.code == 3
    assert "d.jsonl:2" in ran.err


def test_no_data(cli: Cli) -> None:
    assert cli("bench", "detect", "--data", "missing.jsonl").code == 3
    _write("empty.jsonl")
    assert cli("bench", "detect", "--data", "empty.jsonl").code == 0
