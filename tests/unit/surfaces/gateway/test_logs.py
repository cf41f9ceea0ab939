import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest

from redoubt.domain.settings import LogFormat, LogLevel, TelemetrySettings
from redoubt.surfaces.gateway.logs import configure
from redoubt.surfaces.gateway.problems import complain, ended

CANARY = "the canary sings"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hooks = (
        root.handlers[:],
        root.level,
        (sys.excepthook, threading.excepthook, sys.unraisablehook),
    )
    filters = warnings.filters[:]
    yield
    root.handlers[:], raises = handlers, logging.raiseExceptions
    root.setLevel(level)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.raiseExceptions = raises or True
    logging.captureWarnings(False)
    warnings.filters[:] = filters  # type: ignore[index]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def as_json(level: LogLevel = LogLevel.DEBUG) -> None:
    configure(TelemetrySettings(log_format=LogFormat.JSON, log_level=level))


def test_a_failure_has_type_place_and_exchange(capsys: pytest.CaptureFixture[str]) -> None:
    as_json()
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as error:
        complain("something failed", error, "ex_1")
    (said,) = lines(capsys)
    assert said.pop("time").endswith("Z")
    assert "test_logs.py:" in said.pop("place")
    assert said == {
        "level": "error",
        "event": "something failed",
        "error": "RuntimeError",
        "exchange": "ex_1",
    }


def test_a_request_is_named_by_its_exchange(capsys: pytest.CaptureFixture[str]) -> None:
    as_json()
    ended("ex_1", "openai.chat", "redact", 200, 0.0123)
    configure(TelemetrySettings())
    ended("ex_2", "openai.chat", "redact", 200, 0.0123)
    (said,) = lines(capsys)
    del said["time"]
    assert said == {
        "level": "debug", "event": "request ended", "exchange": "ex_1", "api": "openai.chat", "decision": "redact",
        "status": "200", "ms": "12.3",
    }  # fmt: skip


def test_the_words_of_others_are_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    as_json()
    other = logging.getLogger("other.server")  # one whose level no test of a running gateway has set
    other.warning("%s came", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        other.exception("it failed at %s", CANARY, extra={"event": CANARY, "exchange": CANARY})
    logging.getLogger(f"other.{'x'}").debug(CANARY)
    warnings.warn(CANARY, UserWarning, stacklevel=1)
    said = lines(capsys)
    assert CANARY not in json.dumps(said)
    assert [(each["logger"], each["level"]) for each in said] == [
        ("other.server", "warning"), ("other.server", "error"), ("other.x", "debug"), ("py.warnings", "warning"),
    ]  # fmt: skip
    assert said[1]["error"] == "ValueError"


def test_an_error_that_nobody_caught_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    as_json()

    def die() -> None:
        raise RuntimeError(CANARY)

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    try:
        die()
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    said = lines(capsys)
    assert [each["error"] for each in said] == ["RuntimeError", "RuntimeError"]
    assert all("test_logs.py:" in each["place"] for each in said)
    assert CANARY not in json.dumps(said)


def test_text_is_one_line_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure(TelemetrySettings())
    logging.getLogger("redoubt.gateway").info("up\nand\x1b[2J running", extra={"exchange": "ex_1"})
    logging.getLogger("redoubt.gateway").debug("not this")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("Z INFO up and [2J running exchange=ex_1")


def test_a_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    as_json(LogLevel.ERROR)
    logging.getLogger("redoubt.gateway").warning("no")
    logging.getLogger("redoubt.gateway").error("yes")
    assert [each["event"] for each in lines(capsys)] == ["yes"]


def test_a_record_that_cannot_be_written_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    as_json()
    logging.getLogger("redoubt.gateway").error("%d", CANARY)
    assert CANARY not in capsys.readouterr().err
