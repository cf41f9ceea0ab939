"""Reads ``[audit] kek`` and ``kek_previous``: what the data keys of the audit log are wrapped under; checks how long texts are kept."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from redoubt.adapters.files.converting import converted
from redoubt.adapters.files.secret import Secret, reveal
from redoubt.adapters.files.urls import check_private
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import AuditSettings, KekSettings

BYTES = 32
SIX_MONTHS = 180
"""Days."""


class _Vault(msgspec.Struct, forbid_unknown_fields=True):
    url: str
    key: str
    token: Secret
    mount: str = "transit"
    namespace: str = ""
    ca: str = ""


class _Kek(msgspec.Struct, forbid_unknown_fields=True):
    file: str = ""
    env: str = ""
    vault: _Vault | None = None


def read_kek(
    raw: object, name: str, environ: Mapping[str, str], folder: Path, source: str
) -> KekSettings | None:
    """Return what ``[audit]`` says under ``name``, None where it says nothing. Raises ConfigError naming ``source`` and the place."""
    if raw is None:
        return None
    where = f"{source}: $.audit.{name}"
    read = converted(raw, _Kek, where)
    if sum(map(bool, (read.file, read.env, read.vault))) != 1:
        raise ConfigError(f"{where}: write {{file = ...}}, {{env = ...}} or {{vault = {{...}}}}, one of them")
    if read.vault is None:
        text = reveal(Secret(env=read.env, file=read.file), where, environ, folder)
        return KekSettings(key=_key(text, where))
    return _vault(read.vault, f"{where}.vault", environ, folder)


def _key(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != BYTES:
        raise ConfigError(
            f"{where}: the key must be {BYTES * 2} hexadecimal digits (`openssl rand -hex {BYTES}`)"
        )
    return key


def _vault(read: _Vault, where: str, environ: Mapping[str, str], folder: Path) -> KekSettings:
    check_private(read.url, f"{where}.url")
    url = urlsplit(read.url)
    if url.port == 0 or url.query:
        raise ConfigError(f"{where}.url: must be https://HOST[:PORT]")
    if not read.key or not read.mount or not f"{read.key}{read.mount}".isprintable():
        raise ConfigError(f"{where}: key and mount must name a key of the transit engine")
    token = reveal(read.token, f"{where}.token", environ, folder)
    if not token.isascii() or not token.isprintable():
        raise ConfigError(f"{where}.token: holds what no token holds")
    return KekSettings(
        url=read.url,
        name=read.key,
        mount=read.mount,
        namespace=read.namespace,
        token=token,
        ca=str(folder / read.ca) if read.ca else "",
    )


def check_keeping(audit: AuditSettings, source: str) -> None:
    """Check how long texts are kept and how many it takes to see them. Raises ConfigError naming ``source`` and the place."""
    if audit.retention_days < 1:
        raise ConfigError(f"{source}: $.audit.retention_days: must be at least 1")
    if audit.retention_days < SIX_MONTHS and not audit.retention_below_six_months:
        raise ConfigError(
            f"{source}: $.audit.retention_days: is below {SIX_MONTHS}, and the AI Act (Art. 19 and 26(6)) asks providers and "
            "deployers of high-risk systems for logs of at least six months; if that does not bind you, set "
            "retention_below_six_months = true"
        )
    if audit.reveal_needs not in (1, 2):
        raise ConfigError(f"{source}: $.audit.reveal_needs: must be 1 or 2")
