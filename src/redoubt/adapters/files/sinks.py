"""Reads ``[[audit.sinks]]`` and the headers of ``[telemetry]``."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from redoubt.adapters.files.converting import converted
from redoubt.adapters.files.secret import Secret, reveal
from redoubt.adapters.files.urls import HTTP, check_private, check_url
from redoubt.domain.errors import ConfigError
from redoubt.domain.telling import Severity, SinkKind, SinkSettings, Start
from redoubt.services.telling.signing import key_of

MAX_SINKS = 16
MIN_BYTES = 4096
MAX_KEPT = 1000
KINDS = frozenset({"prompt", "answer", "admin"})
DECISIONS = frozenset({"allow", "redact", "hold", "deny"})
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9a-zA-Z-]{1,64}")
_HEADER_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_SCHEMES = {
    SinkKind.OCSF: HTTP,
    SinkKind.CEF: ("udp", "tcp", "tls"),
    SinkKind.OTLP: HTTP,
    SinkKind.WEBHOOK: HTTP,
}


class _Sink(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    kind: SinkKind
    path: str = ""
    url: str = ""
    secret: Secret | None = None
    headers: dict[str, Secret] = {}
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    kinds: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    least_severity: str = "informational"
    start: Start = Start.END
    max_bytes: int = 64 * 1024 * 1024
    keep: int = 10


def read_sinks(
    raw: object, folder: Path, environ: Mapping[str, str], source: str, *, collector: str
) -> tuple[SinkSettings, ...]:
    """Return the sinks that a file in ``folder`` asks for. Raises ConfigError naming ``source`` and the place.

    ``collector``: where a sink of kind ``otlp`` goes that names no URL.
    """
    if not isinstance(raw, list) or len(raw) > MAX_SINKS:
        raise ConfigError(f"{source}: $.audit.sinks: write [[audit.sinks]], no more than {MAX_SINKS} times")
    read = [
        _sink(one, f"{source}: $.audit.sinks[{number}]", folder, environ, collector)
        for number, one in enumerate(raw)
    ]
    for place, one in enumerate(read):
        if one.name in {before.name for before in read[:place]}:
            raise ConfigError(f"{source}: $.audit.sinks: two are called {one.name}")
    return tuple(read)


def read_headers(
    raw: object, where: str, environ: Mapping[str, str], folder: Path
) -> tuple[tuple[str, str], ...]:
    """Return headers whose values are kept elsewhere: ``{NAME = {env = "..."}}``. Raises ConfigError naming ``where``."""
    named = converted(raw, dict[str, Secret], where)
    read = []
    for name, secret in named.items():
        value = reveal(secret, f"{where}.{name}", environ, folder)
        if not _HEADER.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ConfigError(f"{where}.{name}: name or value holds a character that no header has")
        read.append((name.lower(), value))
    return tuple(read)


def _sink(raw: object, where: str, folder: Path, environ: Mapping[str, str], collector: str) -> SinkSettings:
    row = converted(raw, _Sink, where)
    if not _NAME.fullmatch(row.name):
        raise ConfigError(f"{where}.name: must be lower-case letters, digits, '-' and '_', 40 at most")
    severities = {level.name.lower(): level for level in Severity}
    if row.least_severity not in severities:
        raise ConfigError(f"{where}.least_severity: must be one of {', '.join(severities)}")
    for key, words, known in (("kinds", row.kinds, KINDS), ("decisions", row.decisions, DECISIONS)):
        if not known.issuperset(words):
            raise ConfigError(f"{where}.{key}: must be some of {', '.join(sorted(known))}")
    if row.max_bytes < MIN_BYTES or not 0 <= row.keep <= MAX_KEPT:
        raise ConfigError(f"{where}: max_bytes must be {MIN_BYTES} or more, keep 0 to {MAX_KEPT}")
    if row.key_file and not row.cert_file:
        raise ConfigError(f"{where}.key_file: is the key of a certificate; name that in cert_file")
    sink = SinkSettings(
        name=row.name,
        kind=row.kind,
        path=row.path if row.path in ("", "-") else str(folder / Path(row.path).expanduser()),
        url=row.url or (collector if row.kind is SinkKind.OTLP else ""),
        secret=reveal(row.secret, f"{where}.secret", environ, folder),
        headers=read_headers(row.headers, f"{where}.headers", environ, folder),
        ca_file=_beside(folder, row.ca_file),
        cert_file=_beside(folder, row.cert_file),
        key_file=_beside(folder, row.key_file),
        kinds=row.kinds,
        decisions=row.decisions,
        least_severity=severities[row.least_severity],
        start=row.start,
        max_bytes=row.max_bytes,
        keep=row.keep,
    )
    _check_target(sink, where)
    return sink


def _check_target(sink: SinkSettings, where: str) -> None:
    to_file = sink.kind in (SinkKind.JSONL, SinkKind.OCSF)
    if sink.path and not to_file:
        raise ConfigError(f"{where}.path: a sink of kind '{sink.kind}' has a url")
    if bool(sink.path) == bool(sink.url) or (sink.kind is SinkKind.JSONL and not sink.path):
        raise ConfigError(
            f"{where}: name its path{'' if sink.kind is SinkKind.JSONL else ' or its url, one of the two'}"
        )
    if sink.url:
        check_url(sink.url, _SCHEMES[sink.kind], f"{where}.url")
    posts = bool(sink.url) and sink.kind is not SinkKind.CEF
    if sink.kind is SinkKind.WEBHOOK:
        if not sink.secret:
            raise ConfigError(f"{where}.secret: is needed to sign what is posted")
        check_private(sink.url, f"{where}.url")
    if (sink.headers and not posts) or (sink.secret and (not posts or sink.kind is SinkKind.OTLP)):
        raise ConfigError(f"{where}: a sink of this kind has no use for headers or a secret")
    if sink.cert_file and not sink.url.startswith("tls://"):
        raise ConfigError(f"{where}.cert_file: only tls:// has a use for it")
    if sink.secret:
        try:
            key_of(sink.secret)
        except ValueError as error:
            raise ConfigError(f"{where}.secret: {error}") from None


def _beside(folder: Path, name: str) -> str:
    return str(folder / name) if name else ""
