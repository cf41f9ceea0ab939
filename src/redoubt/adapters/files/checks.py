"""Refuses settings that cannot be, before anything is opened."""

import re
from math import inf

from redoubt.adapters.files.evidence import check_audit
from redoubt.adapters.files.kek import check_keeping
from redoubt.domain.errors import ConfigError, InputError
from redoubt.domain.settings import ModelSettings, Settings
from redoubt.services.identity.addresses import network

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


def check_settings(settings: Settings) -> None:
    """Refuse numbers out of range, and settings that do not go together. Raises ConfigError."""
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
    check_models(settings.models, settings.source)
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


def check_models(models: ModelSettings, source: str) -> None:
    """Refuse what ``[models]`` cannot be. Raises ConfigError."""
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
