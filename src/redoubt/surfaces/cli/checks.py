"""What `redoubt doctor` looks at, one function per thing."""

import platform
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from redoubt import __version__, compose
from redoubt.domain.errors import ConfigError, RedoubtError
from redoubt.domain.outage import hindrances, outage
from redoubt.domain.settings import Migrate, ModelSettings, Settings, UpstreamKind
from redoubt.surfaces.cli.check import FAIL, OK, WARN, Check
from redoubt.surfaces.cli.identity_checks import examine_identity
from redoubt.surfaces.cli.limit_checks import limits
from redoubt.surfaces.cli.office import opened
from redoubt.surfaces.cli.rules import load
from redoubt.surfaces.cli.up import check_port

_EXTRAS = {"pyarrow": "Parquet", "pypdf": "PDF", "openpyxl": "Excel"}
_SECONDS = 5.0
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def examine(
    config: Path | None, environ: Mapping[str, str], *, online: bool, migrate: bool = False
) -> Iterator[Check]:
    """Yield the checks, in an order in which each needs only those before; ``migrate`` the database's tables where that is due."""
    yield Check("python", OK, f"{platform.python_version()}, redoubt {__version__}, {sys.executable}")
    yield _packages()
    try:
        settings = compose.settings(config, environ)
    except RedoubtError as error:
        yield Check("settings", FAIL, str(error), "mend the file or the variable it names")
        return
    yield Check("settings", OK, settings.source)
    yield _rules(settings)
    yield _models(settings)
    yield from _opinions(settings, online)
    yield from _stores(settings, environ, online=online, migrate=migrate)
    yield _outage(settings)
    yield from limits(settings)
    yield from _tls(settings)
    yield _port(settings)
    for upstream in settings.upstreams:
        yield _upstream(upstream.name, upstream.kind, upstream.base_url, bool(upstream.api_key), online)


def _packages() -> Check:
    missing = [f"{name} ({what})" for name, what in _EXTRAS.items() if find_spec(name) is None]
    if missing:
        return Check(
            "documents", WARN, f"cannot read {', '.join(missing)}", "pip install 'redoubt-ai[documents]'"
        )
    return Check("documents", OK, "all readers are installed")


def _rules(settings: Settings) -> Check:
    try:
        rules = load(settings.policy.rules)
        policy, tests = compose.policy(settings.policy.profile, settings.policy.file, rules)
    except RedoubtError as error:
        return Check("policy", FAIL, str(error), "see `redoubt policy check FILE`")
    return Check(
        "policy",
        OK,
        f"{policy.version}; {len(rules.rules)} detection rules, {len(tests)} tests in the policy",
    )


def _models(settings: Settings) -> Check:
    if not settings.models.enabled:
        return Check("models", WARN, "switched off: rules alone", "set [models] enabled = true")
    try:
        guard = compose.guard(settings.models, load(settings.policy.rules))
    except RedoubtError as error:
        return Check("models", FAIL, str(error), "install Redoubt anew, or see [models] path")
    if guard is None:
        return Check("models", WARN, "this version ships no guard models: rules alone")
    known = guard.metadata
    return Check(
        "models",
        OK,
        f"guard models {known.version}, sha256:{known.digest[:16]}; signature and digests are right",
    )


def _opinions(settings: Settings, online: bool) -> Iterator[Check]:
    models = settings.models
    if not models.enabled:
        return
    for each in models.classifiers:
        title = f"classifier {each.name}"
        try:
            compose.opinions(ModelSettings(classifiers=(each,)), load(settings.policy.rules))
        except RedoubtError as error:
            yield Check(title, FAIL, str(error), "see [[models.classifiers]] in docs/reference.md")
        else:
            yield Check(
                title, OK, f"{each.task}, sha256:{each.sha256[:16]}, asked about {', '.join(each.zones)}"
            )
    for judge in models.judges:
        title = f"judge {judge.name}"
        try:
            compose.opinions(ModelSettings(judges=(judge,)), load(settings.policy.rules))
        except RedoubtError as error:
            yield Check(title, FAIL, str(error), "see [[models.judges]] in docs/reference.md")
            continue
        about = f"{judge.base_url}, sees {judge.sees} texts of {', '.join(judge.zones)}"
        if _in_clear(judge.base_url):
            yield Check(title, WARN, f"{about}; they travel without TLS", "use https://")
        elif online:
            yield _reached(title, judge.base_url)
        else:
            yield Check(title, OK, f"{about} (not tried; --online does)")


def _in_clear(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in _THIS_MACHINE


def _stores(
    settings: Settings, environ: Mapping[str, str], *, online: bool, migrate: bool
) -> Iterator[Check]:
    try:
        due = compose.schema_state(settings)
        if due.steps and not migrate:
            yield _due(settings, due.found, due.steps)
            return
        if due.steps:
            settings = replace(settings, store=replace(settings.store, migrate=Migrate.AUTO))
        with opened(settings, environ) as (stores, _):
            keys = len(stores.directory.list_keys())
            roles = {role.name for role in stores.directory.list_roles()}
            granted = {grant.group for grant in stores.directory.list_groups()}
    except ConfigError as error:
        yield Check("store", FAIL, str(error), "see [store] in docs/reference.md")
        return
    except RedoubtError as error:
        remedy = (
            "see [store] in docs/reference.md" if settings.store.url else "make the data directory writable"
        )
        yield Check("store", FAIL, str(error), remedy)
        return
    if due.steps:
        yield Check("tables", OK, f"brought up to date from version {due.found}")
    yield Check("store", OK, f"{_where(settings)}; the master key is private and that of the database")
    if not keys:
        yield Check(
            "keys",
            WARN,
            "there is no API key yet",
            "`redoubt up` makes the first, or redoubt keys create --name NAME",
        )
    else:
        yield Check("keys", OK, f"{keys} API keys")
    yield from examine_identity(settings, roles, granted, online=online)


def _where(settings: Settings) -> str:
    """Say where the records are; of a database, no user and no password."""
    if not settings.store.url.startswith("postgresql"):
        return f"SQLite in {compose.data_dir(settings)}"
    parts = urlsplit(settings.store.url)
    return f"PostgreSQL at {parts.hostname or 'this machine'}, database {parts.path.lstrip('/')}"


def _due(settings: Settings, found: int, steps: Sequence[str]) -> Check:
    """Say what bringing the tables up to date will do, before anything that would do it."""
    who = (
        "the next gateway that starts does it by itself: make a backup first"
        if settings.store.migrate is Migrate.AUTO
        else "make a backup, then run redoubt doctor --migrate; no gateway of this version starts before"
    )
    return Check("store", WARN, f"the tables have version {found}; due {'; '.join(steps)}", who)


def _outage(settings: Settings) -> Check:
    """Say what becomes of requests while the store is out."""
    if found := hindrances(settings):
        said = f"while the store is out, requests are refused all the same: {'; '.join(found)}"
        return Check("outage", WARN, said, "see docs/design/012-many-writers.md")
    return Check("outage", OK, outage(settings))


def _tls(settings: Settings) -> Iterator[Check]:
    server = settings.server
    if server.tls_cert:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                server.tls_cert, server.tls_key
            )
        except (OSError, ssl.SSLError) as error:
            remedy = (
                "tls_cert: PEM certificate with its chain; tls_key: its key, readable, without a passphrase"
            )
            yield Check("tls", FAIL, f"certificate or key cannot be used ({type(error).__name__})", remedy)
            return
        yield Check("tls", OK, server.tls_cert)
    elif server.host not in _THIS_MACHINE:
        yield Check(
            "tls", WARN, f"{server.host} is reachable from elsewhere without TLS", "set tls_cert and tls_key"
        )


def _port(settings: Settings) -> Check:
    try:
        check_port(settings.server)
    except RedoubtError as error:
        return Check("port", WARN, str(error), "nothing to do if that is your gateway")
    return Check("port", OK, f"{settings.server.host}:{settings.server.port} is free")


def _upstream(name: str, kind: UpstreamKind, url: str, has_key: bool, online: bool) -> Check:
    title = f"upstream {name}"
    if kind is UpstreamKind.PRACTICE:
        return Check(title, OK, "the practice model: simulated, no provider is asked")
    if not has_key:
        return Check(
            title,
            WARN,
            f"{url}, without a key of its own",
            'set api_key = { env = "..." } unless it needs none',
        )
    if not online:
        return Check(title, OK, f"{url} (not tried; --online does)")
    return _reached(title, url)


def _reached(title: str, url: str) -> Check:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=_SECONDS) as plain:
            if parts.scheme == "https":
                ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname).close()
    except (OSError, ValueError) as error:
        return Check(
            title,
            FAIL,
            f"{url} cannot be reached ({type(error).__name__})",
            "check the network, a proxy, the URL",
        )
    return Check(title, OK, f"{url} answers")
