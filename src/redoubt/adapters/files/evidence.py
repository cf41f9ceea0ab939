"""Reads what `[audit]` says of checkpoints: who is told, who cosigns, who stamps the time."""

from collections.abc import Mapping
from math import inf
from pathlib import Path

import msgspec

from redoubt.adapters.files.converting import converted
from redoubt.adapters.files.secret import Secret, reveal
from redoubt.adapters.files.urls import HTTP, check_private, check_url
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import AuditSettings, WebhookSettings, WitnessSettings
from redoubt.services.audit.note import COSIGNATURE, is_name, parse_vkey
from redoubt.services.telling.signing import key_of

MAX_WITNESSES = 16


class _Webhook(msgspec.Struct, forbid_unknown_fields=True):
    url: str
    secret: Secret


class _Witness(msgspec.Struct, forbid_unknown_fields=True):
    vkey: str
    url: str = ""


def read_webhook(
    raw: object, folder: Path, environ: Mapping[str, str], source: str
) -> WebhookSettings | None:
    """Return the webhook that is told of checkpoints, None where there is none. Raises ConfigError."""
    where = f"{source}: $.audit.checkpoint_webhook"
    if raw is None:
        return None
    row = converted(raw, _Webhook, where)
    check_private(row.url, f"{where}.url")
    secret = reveal(row.secret, f"{where}.secret", environ, folder)
    try:
        key_of(secret)
    except ValueError as error:
        raise ConfigError(f"{where}.secret: {error}") from error
    return WebhookSettings(row.url, secret)


def read_witnesses(raw: object, source: str) -> tuple[WitnessSettings, ...]:
    """Return the witnesses, their keys checked. Raises ConfigError."""
    where = f"{source}: $.audit.witnesses"
    if not isinstance(raw, list) or len(raw) > MAX_WITNESSES:
        raise ConfigError(f"{where}: write [[audit.witnesses]], no more than {MAX_WITNESSES} times")
    found: list[WitnessSettings] = []
    for number, one in enumerate(raw):
        row = converted(one, _Witness, f"{where}[{number}]")
        try:
            key = parse_vkey(row.vkey)
        except ValueError as error:
            raise ConfigError(f"{where}[{number}].vkey: {error}") from error
        if key.kind != COSIGNATURE:
            raise ConfigError(f"{where}[{number}].vkey: is no witness's key: those are of type 04")
        if row.url:
            check_private(row.url, f"{where}[{number}].url")
        found.append(WitnessSettings(row.vkey, row.url))
    if len({each.vkey for each in found}) != len(found):
        raise ConfigError(f"{where}: one witness is named twice")
    return tuple(found)


def check_audit(audit: AuditSettings, source: str) -> None:
    """Raise ConfigError where `[audit]` says of checkpoints what cannot be."""
    where = f"{source}: $.audit"
    if not 0 < audit.checkpoint_seconds < inf:
        raise ConfigError(f"{where}.checkpoint_seconds: must be a positive number of seconds")
    if audit.origin and not is_name(audit.origin):
        raise ConfigError(
            f"{where}.origin: must be a name without blanks and '+', like logs.example.com/redoubt"
        )
    if audit.timestamp_url:
        # RFC 3161 answers are signed, and what is sent is a digest: many authorities are reached without TLS.
        check_url(audit.timestamp_url, HTTP, f"{where}.timestamp_url")
    elif audit.timestamp_roots:
        raise ConfigError(f"{where}.timestamp_roots: is for the authority of timestamp_url, which is not set")
