"""The process's own log, on standard error: one set-up for all that is logged in it.

What our code logs is written: event, exchange, and of an error its type and place. What other people's code logs is named by logger, level
and place alone, since its words may quote a request, an answer or what a provider said; so are uncaught errors. There are no headers, no
query strings and no tracebacks at any level.
"""

import logging
import sys
import threading
import traceback
import warnings
from datetime import UTC, datetime
from types import TracebackType

import msgspec

from redoubt.domain.settings import LogFormat, TelemetrySettings

OURS = "redoubt"
"""Logger whose records, and those of the loggers beneath it, are written as they are."""
FOREIGN = "a message of another library, withheld"
_EXTRAS = ("exchange", "api", "decision", "status", "ms", "error", "place")

_encode = msgspec.json.Encoder().encode


def configure(of: TelemetrySettings) -> None:
    """Log as ``of`` says from here on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if of.log_format is LogFormat.JSON else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(of.log_level.upper())
    logging.raiseExceptions = (
        False  # its complaint about a record that cannot be written would quote the record
    )
    logging.captureWarnings(True)
    warnings.simplefilter("default")
    sys.excepthook = _uncaught
    threading.excepthook = lambda died: _uncaught(died.exc_type, died.exc_value, died.exc_traceback)
    sys.unraisablehook = lambda died: _uncaught(died.exc_type, died.exc_value, died.exc_traceback)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        fields = {"time": _time(record), "level": record.levelname.lower(), **_said(record)}
        return _encode(fields).decode()


class TextLines(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        said = _said(record)
        event = said.pop("event")
        rest = "".join(f" {name}={value}" for name, value in said.items())
        return f"{_time(record)} {record.levelname} {event}{rest}"


def _said(record: logging.LogRecord) -> dict[str, str]:
    """Return what is written of a record beside time and level."""
    if record.name != OURS and not record.name.startswith(f"{OURS}."):
        said = {"event": FOREIGN, "logger": record.name, "place": f"{record.pathname}:{record.lineno}"}
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
        return said
    said = {"event": _one_line(str(getattr(record, "event", "") or record.getMessage()))}
    for name in _EXTRAS:
        if value := getattr(record, name, ""):
            said[name] = _one_line(str(value))
    return said


def _one_line(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _uncaught(kind: type[BaseException], _error: BaseException | None, place: TracebackType | None) -> None:
    """Log an error that nobody caught: type and place."""
    if issubclass(kind, KeyboardInterrupt):
        return
    frames = traceback.extract_tb(place)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
    extra = {"event": "an error that nobody caught", "error": kind.__name__, "place": where}
    logging.getLogger("redoubt.process").error("uncaught %s at %s", kind.__name__, where, extra=extra)
