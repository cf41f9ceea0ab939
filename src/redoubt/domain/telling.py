"""Whom the gateway tells what happened, as the operator sets it: ``[[audit.sinks]]``."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class SinkKind(StrEnum):
    """The form in which entries are told."""

    JSONL = "jsonl"
    """The entry as the log has it, one JSON document a line."""
    OCSF = "ocsf"
    """Open Cybersecurity Schema Framework, one JSON event a line."""
    CEF = "cef"
    """ArcSight Common Event Format over syslog (RFC 5424)."""
    OTLP = "otlp"
    """OpenTelemetry logs over HTTP."""
    WEBHOOK = "webhook"
    """The entry as the log has it, in signed batches over HTTPS."""


class Start(StrEnum):
    """Where a sink begins that the log has never told anything."""

    END = "end"
    BEGINNING = "beginning"


class Severity(IntEnum):
    """How much an entry matters; the numbers are OCSF's ``severity_id``."""

    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4


@dataclass(frozen=True, slots=True)
class SinkSettings:
    """One ``[[audit.sinks]]``."""

    name: str
    """Under it the log remembers how far this sink has been told."""
    kind: SinkKind
    path: str = ""
    """File (``jsonl``, ``ocsf``); ``-`` is standard output."""
    url: str = ""
    """``https://`` (``ocsf``, ``otlp``, ``webhook``); ``udp://``, ``tcp://`` or ``tls://`` with a port (``cef``)."""
    secret: str = field(default="", repr=False)
    """Signs what is posted; already taken from where the configuration says it is."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Sent with every post: the receiver's own credential."""
    ca_file: str = ""
    """PEM certificates to trust beside the system's."""
    cert_file: str = ""
    key_file: str = ""
    """Ours, where a syslog server asks for one."""
    kinds: tuple[str, ...] = ()
    """Kinds of entries that are told; empty: all."""
    decisions: tuple[str, ...] = ()
    """Decisions that are told; empty: all."""
    least_severity: Severity = Severity.INFORMATIONAL
    start: Start = Start.END
    max_bytes: int = 64 * 1024 * 1024
    """Of a file, before the next one is begun."""
    keep: int = 10
    """Full files kept beside the one that is written."""
