import json
from pathlib import Path

from tests.unit.surfaces.cli.rig import TEXT, Cli


def test_the_shape_is_sarif_2_1_0(cli: Cli) -> None:
    Path("sub dir").mkdir()
    Path("sub dir/notes.txt").write_text(TEXT)
    log = json.loads(cli("scan", ".", "--sarif").out)
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["tool"]["driver"]["name"] == "Redoubt"
    assert rules == ["aws-access-key-id", "card-grouped", "email"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        [location] = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "sub%20dir/notes.txt"
    regions = [r["locations"][0]["physicalLocation"]["region"] for r in run["results"]]
    assert regions == [
        {"startLine": 1, "startColumn": 6},
        {"startLine": 2, "startColumn": 6},
        {"startLine": 3, "startColumn": 5},
    ]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_what_was_not_read_is_a_notification(cli: Cli) -> None:
    log = json.loads(cli("scan", "missing.txt", "--sarif").out)
    [invocation] = log["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    assert "missing.txt" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert log["runs"][0]["results"] == []
