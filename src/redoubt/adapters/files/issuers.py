"""Reads ``[[identity.issuers]]`` and ``[identity.login]``."""

from collections.abc import Mapping
from math import inf
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from redoubt.adapters.files.converting import converted
from redoubt.adapters.files.secret import Secret, reveal
from redoubt.adapters.files.urls import check_private
from redoubt.domain.errors import ConfigError
from redoubt.domain.issuers import ALGORITHMS, CALLBACK, USUAL_ALGORITHMS, IssuerSettings, LoginSettings

ISSUERS, LOGIN = "issuers", "login"
MAX_ISSUERS = 16
MAX_NAMES = 1000
"""Groups that one issuer's mapping may name."""
_Path = str | tuple[str, ...]


class _Issuer(msgspec.Struct, forbid_unknown_fields=True):
    issuer: str
    audience: str | tuple[str, ...] = ()
    algorithms: tuple[str, ...] = USUAL_ALGORITHMS
    discovery: str = ""
    jwks_uri: str = ""
    ca_file: str = ""
    subject_claim: str = "sub"
    name_claim: _Path = ("name",)
    groups_claim: _Path = ("groups",)
    kind_claim: str = ""
    tenant: str = "default"
    app: str = "default"
    roles: dict[str, tuple[str, ...]] = {}
    apps: dict[str, str] = {}
    required: dict[str, str] = {}
    id_tokens: bool = False
    leeway: float = 60.0
    max_token_age: float = 86_400.0
    refresh: float = 600.0
    refetch: float = 30.0
    keep: float = 86_400.0


class _Login(msgspec.Struct, forbid_unknown_fields=True):
    issuer: str
    client_id: str
    redirect_uri: str
    client_secret: Secret | None = None
    scopes: tuple[str, ...] = ("openid", "profile")
    idle_minutes: float = 30.0
    max_hours: float = 8.0
    after_logout: str = ""


def read_issuers(raw: object, folder: Path, source: str) -> tuple[IssuerSettings, ...]:
    """Return the issuers that a file in ``folder`` names. Raises ConfigError naming ``source`` and the place."""
    if not isinstance(raw, list) or len(raw) > MAX_ISSUERS:
        raise ConfigError(
            f"{source}: $.identity.{ISSUERS}: write [[identity.{ISSUERS}]], no more than {MAX_ISSUERS} times"
        )
    read: list[IssuerSettings] = []
    for number, one in enumerate(raw):
        where = f"{source}: $.identity.{ISSUERS}[{number}]"
        row = converted(one, _Issuer, where)
        _check_issuer(row, where)
        if any(row.issuer == other.issuer for other in read):
            raise ConfigError(f"{where}.issuer: there is an issuer of that name already")
        paths = {name: _path(getattr(row, name)) for name in ("audience", "name_claim", "groups_claim")}
        ca_file = str(folder / row.ca_file) if row.ca_file else ""
        read.append(IssuerSettings(**(msgspec.structs.asdict(row) | paths | {"ca_file": ca_file})))
    return tuple(read)


def read_login(
    raw: object, issuers: tuple[IssuerSettings, ...], folder: Path, environ: Mapping[str, str], source: str
) -> LoginSettings | None:
    """Return how people log in, None where ``raw`` is. Raises ConfigError naming ``source`` and the place."""
    if raw is None:
        return None
    where = f"{source}: $.identity.{LOGIN}"
    row = converted(raw, _Login, where)
    if row.issuer not in [each.issuer for each in issuers]:
        raise ConfigError(f"{where}.issuer: is none of [[identity.{ISSUERS}]]; add it there, with its roles")
    if not row.client_id:
        raise ConfigError(f"{where}.client_id: must be what the provider calls this application")
    check_private(row.redirect_uri, f"{where}.redirect_uri")
    if urlsplit(row.redirect_uri).path != CALLBACK or urlsplit(row.redirect_uri).query:
        raise ConfigError(f"{where}.redirect_uri: must end in {CALLBACK}")
    if row.after_logout:
        check_private(row.after_logout, f"{where}.after_logout")
    if "openid" not in row.scopes:
        raise ConfigError(f"{where}.scopes: must hold openid, or the provider says nothing about who logs in")
    for key in ("idle_minutes", "max_hours"):
        _check_time(getattr(row, key), f"{where}.{key}")
    secret = reveal(row.client_secret, f"{where}.client_secret", environ, folder)
    return LoginSettings(**(msgspec.structs.asdict(row) | {"client_secret": secret}))


def _check_issuer(row: _Issuer, where: str) -> None:
    check_private(row.issuer, f"{where}.issuer")
    for key in ("discovery", "jwks_uri"):
        if getattr(row, key):
            check_private(getattr(row, key), f"{where}.{key}")
    if not row.algorithms:
        raise ConfigError(f"{where}.algorithms: name at least one of {', '.join(ALGORITHMS)}")
    for name in row.algorithms:
        if name not in ALGORITHMS:
            raise ConfigError(
                f"{where}.algorithms: {name!r} cannot be allowed; there are {', '.join(ALGORITHMS)}"
            )
    for key in ("refresh", "refetch", "keep"):
        _check_time(getattr(row, key), f"{where}.{key}")
    if not 0 <= row.leeway <= 600:
        raise ConfigError(f"{where}.leeway: must lie between 0 and 600 seconds")
    if not 0 <= row.max_token_age < inf:
        raise ConfigError(f"{where}.max_token_age: must be seconds, 0 for no limit")
    for key in ("audience", "name_claim", "groups_claim"):
        if not all(_path(getattr(row, key))):
            raise ConfigError(f"{where}.{key}: must not be empty")
    for key in ("subject_claim", "tenant", "app"):
        if not getattr(row, key):
            raise ConfigError(f"{where}.{key}: must not be empty")
    if len(row.roles) + len(row.apps) > MAX_NAMES:
        raise ConfigError(f"{where}: names more than {MAX_NAMES} groups")


def _path(value: _Path) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _check_time(value: float, where: str) -> None:
    if not 0 < value < inf:
        raise ConfigError(f"{where}: must be a positive number")
