import json
from typing import Any

import pytest

from redoubt.domain.errors import ConfigError
from redoubt.engine.guard.calibration import Curve, Table, parse_metadata
from tests.guard import description

TABLE = Table(1, (0.0, 2.0, 4.0), (0.1, 0.001, 0.0001))


@pytest.mark.parametrize(
    ("score", "share"), [(-1.0, 1.0), (0.0, 0.1), (1.0, 0.01), (2.0, 0.001), (4.0, 0.0001), (99.0, 0.0001)]
)
def test_shares_are_read_between_the_points_and_never_below_them(score: float, share: float) -> None:
    assert TABLE.share(score) == pytest.approx(share, rel=1e-12)


def test_what_was_measured_is_said_to_the_digit() -> None:
    assert [TABLE.share(score) for score in TABLE.scores] == list(TABLE.shares)


def test_a_table_holds_for_texts_up_to_its_length_and_the_last_for_all() -> None:
    curve = Curve(1.0, 0.0, (Table(1, (0.0,), (0.01,)), Table(4, (0.0,), (0.02,))))
    assert [curve.false_alarm(1.0, windows) for windows in (0, 1, 2, 4, 5, 999)] == [
        0.01,
        0.01,
        0.02,
        0.02,
        0.02,
        0.02,
    ]


def test_a_probability_is_one_for_any_score() -> None:
    curve = Curve(2.0, -1.0, (TABLE,))
    assert curve.probability(0.5) == 0.5
    assert 0.0 < curve.probability(-1e300) < 1e-9
    assert 1.0 - 1e-9 < curve.probability(1e300) <= 1.0


def test_the_description_is_read() -> None:
    data = json.dumps(description()).encode()
    read = parse_metadata(data, "guard.json")
    assert read.version == "0.0.1"
    assert read.tags.types[:2] == ("PERSON", "LOCATION")
    assert read.digest != parse_metadata(data + b" ", "guard.json").digest


def _without(key: str) -> dict[str, Any]:
    return {k: v for k, v in description().items() if k != key}


def _with(**changed: object) -> dict[str, Any]:
    return description() | changed


def _curve(**changed: object) -> dict[str, Any]:
    said = description()
    said["curves"][0] |= changed
    return said


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (_without("version"), "version"),
        (_with(surprise=1), "surprise"),
        (_with(format=2), "this version reads 1"),
        (_with(kinds=["treason"]), r"no category attack\.treason"),
        (_with(kinds=[]), r"\$\.kinds"),
        (_with(harms=["threat", "threat"]), "each once"),
        (_with(tags=["O", "B-PERSON"]), "tags must be"),
        (_with(names={"PERSON": 0.5}), r"\$\.names"),
        (_with(curves=[]), r"\$\.curves: must hold one for each"),
        (_curve(zone="moon"), "moon"),
        (_curve(zone="answer"), r"\$\.curves: must hold one for each"),
        (_curve(scale=0), "scale must be positive"),
        (_curve(tables=[]), "tables must have windows"),
        (_curve(tables=[{"windows": 2, "points": [[0, 1]]}] * 2), "tables must have windows"),
        (_curve(tables=[{"windows": 1, "points": []}]), "points must have"),
        (_curve(tables=[{"windows": 1, "points": [[1, 0.1], [0, 0.01]]}]), "points must have"),
        (_curve(tables=[{"windows": 1, "points": [[0, 0.1], [1, 0.2]]}]), "points must have"),
        (_curve(tables=[{"windows": 1, "points": [[0, 0.0]]}]), "points must have"),
    ],
)
def test_what_is_not_exactly_right_is_refused(said: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        parse_metadata(json.dumps(said).encode(), "guard.json")
    assert str(refused.value).startswith("guard.json: ")


def test_what_is_not_json_is_refused() -> None:
    for data in (b"", b"\xff", b"[" * 100_000, b"null"):
        with pytest.raises(ConfigError, match=r"guard\.json"):
            parse_metadata(data, "guard.json")
