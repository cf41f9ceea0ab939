"""Messages of syslog: RFC 5424, and their framing on a stream by octet counting (RFC 6587, section 3.4.1; RFC 5425, section 4.3).

A message begins with its own length in bytes, so that nothing within it can be taken for the beginning of another one.
"""

import re
from datetime import UTC, datetime

from redoubt.domain.telling import Severity

FACILITY = 13
"""Log audit (RFC 5424, table 1)."""
_LEVELS = {Severity.INFORMATIONAL: 6, Severity.LOW: 5, Severity.MEDIUM: 4, Severity.HIGH: 3}
"""informational, notice, warning, error (RFC 5424, table 2)."""
_SEQUENCES = 2_147_483_647
"""The largest ``sequenceId`` (RFC 5424, section 7.3.1); after it comes 1."""
_UNPRINTABLE = re.compile("[^!-~]")


def message(
    text: str, *, at: float, level: Severity, host: str, process: str, kind: str, index: int, version: str
) -> bytes:
    """Return one message around ``text``, which holds no line break. ``at``: seconds since the epoch.

    It has no byte order mark: ``text`` counts as MSG-ANY, since receivers of CEF look for its first letters there.
    """
    data = element("meta", sequenceId=str(index % _SEQUENCES + 1)) + element(
        "origin", software="redoubt", swVersion=version[:32]
    )
    head = f"<{FACILITY * 8 + _LEVELS[level]}>1 {_time(at)} {_name(host, 255)} redoubt {_name(process, 128)} {_name(kind, 32)}"
    return f"{head} {data} {text}".encode("utf-8", "replace")


def element(name: str, /, **parameters: str) -> str:
    r"""Return an element of structured data; in its values ``"``, ``\\`` and ``]`` are escaped (RFC 5424, section 6.3.3)."""
    said = "".join(f' {key}="{_escaped(value)}"' for key, value in parameters.items())
    return f"[{name}{said}]"


def framed(data: bytes) -> bytes:
    """Return a message as it stands in a stream."""
    return b"%d %s" % (len(data), data)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _name(value: str, longest: int) -> str:
    """Return a field of the header: visible ASCII, or the dash that stands for nothing."""
    return _UNPRINTABLE.sub("_", value)[:longest] or "-"
