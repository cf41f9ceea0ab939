"""Reads `redoubt.toml` and the environment into `Settings`.

Every key of the file can be overridden by ``REDOUBT_<TABLE>__<KEY>`` (``REDOUBT_SERVER__PORT=9000``); such a variable that names no key
is an error, since a limit that was misspelt is a limit that is not there.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from redoubt.adapters.files.checks import check_models, check_settings
from redoubt.adapters.files.converting import converted
from redoubt.adapters.files.evidence import read_webhook, read_witnesses
from redoubt.adapters.files.issuers import ISSUERS, LOGIN, read_issuers, read_login
from redoubt.adapters.files.kek import read_kek
from redoubt.adapters.files.limits import read_limits, read_prices
from redoubt.adapters.files.opinions import CLASSIFIERS, JUDGES, read_classifiers, read_judges
from redoubt.adapters.files.secret import Secret, reveal
from redoubt.adapters.files.sinks import read_headers, read_sinks
from redoubt.adapters.files.urls import HTTP, check_url
from redoubt.domain.errors import ConfigError
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

T = TypeVar("T")

FILE = "redoubt.toml"
"""Read from the working directory where no ``--config`` is given and it is there."""
PREFIX = "REDOUBT_"
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
    source = str(path) if path else "the environment"
    file = converted(_parse(path), _File, f"{source}: $", strict=False) if path else _File()
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

    def table(name: str, kind: type[T]) -> T:
        return converted(tables[name], kind, f"{source}: $.{name}", strict=False)

    audit = table("audit", AuditSettings)
    models = table("models", ModelSettings)
    identity = table("identity", IdentitySettings)
    prices = table("prices", PriceSettings)
    settings = Settings(
        server=table("server", ServerSettings),
        store=table("store", StoreSettings),
        policy=table("policy", PolicySettings),
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
        estimates=table("estimates", EstimateSettings),
        upstreams=tuple(_upstream(name, raw, environ, here, source) for name, raw in file.upstreams.items())
        or Settings().upstreams,
        source=source,
    )
    check_settings(settings)
    return settings


def model_settings(environ: Mapping[str, str]) -> ModelSettings:
    """Return ``[models]`` as the environment alone says it, for commands that read no configuration.

    What is scanned may hold a ``redoubt.toml`` of somebody else's. Raises ConfigError.
    """
    ours = {name: value for name, value in environ.items() if name.startswith(f"{PREFIX}MODELS__")}
    tables: dict[str, dict[str, Any]] = {"models": {}}
    _override(tables, ours)
    models = converted(tables["models"], ModelSettings, "the environment: $.models", strict=False)
    check_models(models, "the environment")
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
    read = converted(raw, TelemetrySettings, f"{source}: $.telemetry", strict=False)
    if read.otlp_endpoint:
        check_url(read.otlp_endpoint, HTTP, f"{where}.otlp_endpoint")
    if not 0 <= read.sample <= 1:
        raise ConfigError(f"{where}.sample: must lie between 0 and 1")
    ca_file = str(folder / read.ca_file) if read.ca_file else ""
    return replace(read, ca_file=ca_file, headers=read_headers(headers, f"{where}.headers", environ, folder))
