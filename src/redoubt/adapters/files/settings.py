"""Reads `redoubt.toml` and the environment into `Settings`.

Every key of the file can be overridden by ``REDOUBT_<TABLE>__<KEY>`` (``REDOUBT_SERVER__PORT=9000``); such a variable that names no key
is an error, since a limit that was misspelt is a limit that is not there.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import msgspec

from redoubt.adapters.files.evidence import check_audit, read_webhook, read_witnesses
from redoubt.adapters.files.issuers import ISSUERS, LOGIN, read_issuers, read_login
from redoubt.adapters.files.kek import check_keeping, read_kek
from redoubt.adapters.files.limits import read_limits, read_prices
from redoubt.adapters.files.opinions import CLASSIFIERS, JUDGES, read_classifiers, read_judges
from redoubt.adapters.files.secret import Secret, reveal
from redoubt.adapters.files.sinks import check_url, read_headers, read_sinks
from redoubt.domain.errors import ConfigError, InputError
from redoubt.domain.limits import PriceList
from redoubt.domain.settings import (
    AuditSettings,
    EstimateSettings,
    IdentitySettings,
    ModelSettings,
    PolicySettings,
    PriceSettings,
    ServerSettings,
    Settings,
    StoreSettings,
    TelemetrySettings,
    UpstreamKind,
    UpstreamSettings,
)
from redoubt.services.identity.addresses import network

FILE = "redoubt.toml"
"""Read from the working directory where no ``--config`` is given and it is there."""
PREFIX = "REDOUBT_"
MAX_THREADS = 256
MAX_TIMEOUT = 300
"""Seconds that the store may take."""
MIN_POOL, MAX_POOL = 3, 200
"""Connections to the database: one sequences, one writes, one reads."""
MAX_GRACE = 24 * 3600
MIN_SPOOL = 1024 * 1024
MAX_SECONDS = 3600
MAX_TOKENS = 100_000_000
_KEY = re.compile("[0-9a-fA-F]{64}")
UNRELATED = frozenset(
    {
        "REDOUBT_CACHE_DIR",
        "REDOUBT_MASTER_KEY",
        "REDOUBT_API_KEY",
        "REDOUBT_BASELINE_KEY",
        "REDOUBT_BACKUP_PASSPHRASE",
    }
)
"""Variables with our prefix that are not settings."""


_LISTS = frozenset({("policy", "rules"), ("server", "trusted_proxies")})
"""Keys whose variable holds several values, separated by commas."""


class _Upstream(msgspec.Struct, forbid_unknown_fields=True):
    kind: UpstreamKind
    base_url: str = ""
    api_key: Secret | None = None
    models: tuple[str, ...] = ("*",)
    instructions: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    server: dict[str, Any] = {}
    store: dict[str, Any] = {}
    policy: dict[str, Any] = {}
    models: dict[str, Any] = {}
    audit: dict[str, Any] = {}
    identity: dict[str, Any] = {}
    telemetry: dict[str, Any] = {}
    limits: list[Any] = []
    prices: dict[str, Any] = {}
    estimates: dict[str, Any] = {}
    upstreams: dict[str, _Upstream] = {}


_DEFAULT_URL = {
    UpstreamKind.OPENAI: "https://api.openai.com",
    UpstreamKind.ANTHROPIC: "https://api.anthropic.com",
    UpstreamKind.GEMINI: "https://generativelanguage.googleapis.com",
    UpstreamKind.PRACTICE: "",
}


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings in ``path``, as overridden by ``environ``.

    ``path`` None means ``redoubt.toml`` of the working directory where there is one. Raises ConfigError naming file and key.
    """
    if path is None and Path(FILE).is_file():
        path = Path(FILE)
    source = str(path) if path else "the built-in settings"
    file = _convert(_parse(path), _File, source, "$") if path else _File()
    tables: dict[str, dict[str, Any]] = {
        "server": dict(file.server),
        "store": dict(file.store),
        "policy": dict(file.policy),
        "models": dict(file.models),
        "audit": dict(file.audit),
        "identity": dict(file.identity),
        "telemetry": dict(file.telemetry),
        "prices": dict(file.prices),
        "estimates": dict(file.estimates),
    }
    here = path.parent if path else Path()
    classifiers = read_classifiers(tables["models"].pop(CLASSIFIERS, []), here, source)
    judges = read_judges(tables["models"].pop(JUDGES, []), here, environ, source)
    kek, kek_previous = (
        read_kek(tables["audit"].pop(name, None), name, environ, here, source)
        for name in ("kek", "kek_previous")
    )
    sinks = tables["audit"].pop("sinks", [])
    headers = tables["telemetry"].pop("headers", {})
    issuers = read_issuers(tables["identity"].pop(ISSUERS, []), here, source)
    login = read_login(tables["identity"].pop(LOGIN, None), issuers, here, environ, source)
    webhook = read_webhook(tables["audit"].pop("checkpoint_webhook", None), here, environ, source)
    witnesses = read_witnesses(tables["audit"].pop("witnesses", []), source)
    _override(tables, environ)
    telemetry = _telemetry(tables["telemetry"], headers, here, environ, source)
    policy = tables["policy"]
    for key in ("file", "rules"):
        if policy.get(key):
            policy[key] = _beside(here, policy[key])
    if price_file := tables["prices"].get("file"):
        tables["prices"]["file"] = _beside(here, price_file)
    if path_of_weights := tables["models"].get("path"):
        tables["models"]["path"] = _beside(here, path_of_weights)
    for key in ("checkpoint_dir", "timestamp_roots"):
        if tables["audit"].get(key):
            tables["audit"][key] = _beside(here, tables["audit"][key])
    audit: AuditSettings = _convert(tables["audit"], AuditSettings, source, "$.audit")
    models: ModelSettings = _convert(tables["models"], ModelSettings, source, "$.models")
    identity: IdentitySettings = _convert(tables["identity"], IdentitySettings, source, "$.identity")
    prices: PriceSettings = _convert(tables["prices"], PriceSettings, source, "$.prices")
    settings = Settings(
        server=_convert(tables["server"], ServerSettings, source, "$.server"),
        store=_convert(tables["store"], StoreSettings, source, "$.store"),
        policy=_convert(policy, PolicySettings, source, "$.policy"),
        models=replace(models, classifiers=classifiers, judges=judges),
        audit=replace(
            audit,
            kek=kek,
            kek_previous=kek_previous,
            sinks=read_sinks(sinks, here, environ, source, collector=telemetry.otlp_endpoint),
            checkpoint_webhook=webhook,
            witnesses=witnesses,
        ),
        identity=replace(identity, issuers=issuers, login=login),
        telemetry=telemetry,
        limits=read_limits(file.limits, source),
        prices=prices,
        price_list=read_prices(Path(prices.file)) if prices.file else PriceList(),
        estimates=_convert(tables["estimates"], EstimateSettings, source, "$.estimates"),
        upstreams=tuple(_upstream(name, raw, environ, here, source) for name, raw in file.upstreams.items())
        or Settings().upstreams,
        source=source,
    )
    _check(settings)
    return settings


def model_settings(environ: Mapping[str, str]) -> ModelSettings:
    """Return ``[models]`` as the environment alone says it, for commands that read no configuration.

    What is scanned may hold a ``redoubt.toml`` of somebody else's. Raises ConfigError.
    """
    ours = {name: value for name, value in environ.items() if name.startswith(f"{PREFIX}MODELS__")}
    tables: dict[str, dict[str, Any]] = {"models": {}}
    _override(tables, ours)
    models: ModelSettings = _convert(tables["models"], ModelSettings, "the environment", "$.models")
    _check_models(models, "the environment")
    return models


def _parse(path: Path) -> object:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; `redoubt init` writes one to start from") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({type(error).__name__})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def _convert(value: object, type_: Any, source: str, where: str) -> Any:
    if isinstance(value, dict) and not issubclass(type_, msgspec.Struct):
        known = getattr(type_, "__dataclass_fields__", {})
        for key in value:
            if key not in known:
                raise ConfigError(f"{source}: {where}.{key}: no such key; there are {', '.join(known)}")
    try:
        return msgspec.convert(value, type_, strict=False)
    except msgspec.ValidationError as error:
        text = str(error)
        raise ConfigError(
            f"{source}: {text.replace('$', where, 1) if '$' in text else f'{where}: {text}'}"
        ) from error


def _override(tables: dict[str, dict[str, Any]], environ: Mapping[str, str]) -> None:
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable in UNRELATED:
            continue
        table, dot, key = variable.removeprefix(PREFIX).lower().partition("__")
        if not dot or table not in tables:
            raise ConfigError(
                f"{variable}: not a setting; write {PREFIX}<TABLE>__<KEY> with TABLE one of {', '.join(tables).upper()}"
            )
        tables[table][key] = value.split(",") if (table, key) in _LISTS else value


def _beside(folder: Path, names: str | list[str]) -> str | list[str]:
    """Resolve file names against the folder of the configuration that names them."""
    return str(folder / names) if isinstance(names, str) else [str(folder / name) for name in names]


def _upstream(
    name: str, raw: _Upstream, environ: Mapping[str, str], folder: Path, source: str
) -> UpstreamSettings:
    where = f"{source}: $.upstreams.{name}"
    secret = reveal(raw.api_key, f"{where}.api_key", environ, folder)
    url = raw.base_url or _DEFAULT_URL[raw.kind]
    if raw.kind is not UpstreamKind.PRACTICE and not url.startswith(("https://", "http://")):
        raise ConfigError(f"{where}.base_url: must begin with https:// or http://")
    return UpstreamSettings(name, raw.kind, url.rstrip("/"), secret, raw.models, raw.instructions)


def _telemetry(
    raw: dict[str, Any], headers: object, folder: Path, environ: Mapping[str, str], source: str
) -> TelemetrySettings:
    where = f"{source}: $.telemetry"
    read: TelemetrySettings = _convert(raw, TelemetrySettings, source, "$.telemetry")
    if read.otlp_endpoint:
        check_url(read.otlp_endpoint, ("http", "https"), f"{where}.otlp_endpoint")
    if not 0 <= read.sample <= 1:
        raise ConfigError(f"{where}.sample: must lie between 0 and 1")
    ca_file = str(folder / read.ca_file) if read.ca_file else ""
    return replace(read, ca_file=ca_file, headers=read_headers(headers, f"{where}.headers", environ, folder))


def _check(settings: Settings) -> None:
    server = settings.server
    if bool(server.tls_cert) != bool(server.tls_key):
        raise ConfigError(f"{settings.source}: $.server: tls_cert and tls_key are needed together")
    if not 0 <= server.port <= 65535:
        raise ConfigError(f"{settings.source}: $.server.port: must lie between 0 and 65535")
    for each in server.trusted_proxies:
        try:
            network(each)
        except InputError as error:
            raise ConfigError(f"{settings.source}: $.server.trusted_proxies: {error}") from None
    for key in ("max_body_bytes", "max_answer_bytes", "max_connections", "inspection_threads"):
        if getattr(server, key) <= 0:
            raise ConfigError(f"{settings.source}: $.server.{key}: must be positive")
    for key in (
        "request_timeout",
        "upstream_connect_timeout",
        "upstream_read_timeout",
        "inspection_timeout",
    ):
        if not 0 < getattr(server, key) < inf:
            raise ConfigError(f"{settings.source}: $.server.{key}: must be a positive number of seconds")
    for key in ("drain_seconds", "shutdown_seconds"):
        if not 0 <= getattr(server, key) <= MAX_SECONDS:
            raise ConfigError(
                f"{settings.source}: $.server.{key}: must lie between 0 and {MAX_SECONDS} seconds"
            )
    if not 1 <= server.workers <= MAX_THREADS:
        raise ConfigError(f"{settings.source}: $.server.workers: must lie between 1 and {MAX_THREADS}")
    if not 0 < settings.store.session_ttl < inf:
        raise ConfigError(f"{settings.source}: $.store.session_ttl: must be a positive number of seconds")
    _check_models(settings.models, settings.source)
    check_keeping(settings.audit, settings.source)
    _check_store(settings)
    check_audit(settings.audit, settings.source)
    for key in ("output_tokens", "part_tokens"):
        if not 0 <= getattr(settings.estimates, key) <= MAX_TOKENS:
            raise ConfigError(f"{settings.source}: $.estimates.{key}: must lie between 0 and {MAX_TOKENS}")
    for key in ("per_second", "per_minute"):
        if (getattr(server, key) or 0) < 0:
            raise ConfigError(f"{settings.source}: $.server.{key}: must not be negative; 0 is no limit")


def _check_store(settings: Settings) -> None:
    store, audit, source = settings.store, settings.audit, settings.source
    for key in ("connect_timeout", "statement_timeout"):
        if not 0 < getattr(store, key) <= MAX_TIMEOUT:
            raise ConfigError(f"{source}: $.store.{key}: must be a number of seconds up to {MAX_TIMEOUT}")
    if not MIN_POOL <= store.pool_size <= MAX_POOL:
        raise ConfigError(f"{source}: $.store.pool_size: must lie between {MIN_POOL} and {MAX_POOL}")
    if not 0 <= (store.identity_grace_seconds or 0) <= MAX_GRACE:
        raise ConfigError(
            f"{source}: $.store.identity_grace_seconds: must be a number of seconds up to {MAX_GRACE}"
        )
    if not 0 < audit.wait_seconds <= MAX_TIMEOUT:
        raise ConfigError(f"{source}: $.audit.wait_seconds: must be a number of seconds up to {MAX_TIMEOUT}")
    if audit.spool_bytes < MIN_SPOOL:
        raise ConfigError(f"{source}: $.audit.spool_bytes: must be at least {MIN_SPOOL}")


def _check_models(models: ModelSettings, source: str) -> None:
    if not 1 <= models.threads <= MAX_THREADS:
        raise ConfigError(f"{source}: $.models.threads: must lie between 1 and {MAX_THREADS}")
    if not 0 < models.timeout < inf:
        raise ConfigError(f"{source}: $.models.timeout: must be a positive number of seconds")
    if models.public_key and not _KEY.fullmatch(models.public_key):
        raise ConfigError(f"{source}: $.models.public_key: must be 64 hexadecimal digits")
    if models.public_key and not models.path:
        raise ConfigError(
            f"{source}: $.models.public_key: is the key of your own weights; name their folder in path"
        )
