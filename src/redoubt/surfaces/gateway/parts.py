"""The background work of a gateway, in the order in which it starts; it ends in the reverse order."""

from pathlib import Path

from redoubt import compose
from redoubt.compose import Stores
from redoubt.services.audit.publishing import Publishing
from redoubt.services.audit.spooling import SpoolingLog
from redoubt.services.telemetry.recorder import Recorder
from redoubt.surfaces.gateway.background import Part
from redoubt.surfaces.gateway.checkpointing import checkpoint_regularly
from redoubt.surfaces.gateway.forgetting import follow, retire
from redoubt.surfaces.gateway.fresh_keys import keep_fresh
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.housekeeping import (
    Store,
    forget_expired,
    measure,
    note_use,
    note_use_once,
)
from redoubt.surfaces.gateway.limit_parts import keep_places, record_refusals, write_refusals
from redoubt.surfaces.gateway.sink_metrics import SinkMetrics
from redoubt.surfaces.gateway.watching import watch


def parts(gateway: Gateway, stores: Stores, publishing: Publishing) -> tuple[Part, ...]:
    """Return what ``gateway`` does beside answering.

    A part may count on those above it: they start before it and end after it. ``gateway`` has the settings, the clock and the metrics.
    """
    metrics = gateway.metrics
    metrics.follow("redoubt_audit_waiting_entries", stores.audit.waiting)
    days = gateway.settings.audit.retention_days
    every = gateway.settings.audit.checkpoint_seconds
    told = compose.tellers(gateway.settings, stores, SinkMetrics(metrics), gateway.version)
    return (
        *_draining(gateway, stores),
        Part("checkpoints", lambda: checkpoint_regularly(publishing, metrics, every)),
        Part("measuring", lambda: measure(stores.measuring, metrics, gateway.clock)),
        Part("tidying", lambda: forget_expired(*_passing(stores))),
        Part("places", lambda: keep_places(stores.limits)),
        Part("refusals", lambda: record_refusals(gateway), lambda: write_refusals(gateway)),
        Part("forgetting", lambda: follow(stores.forgetting, stores.audit, stores.fingerprints)),
        Part("retention", lambda: retire(stores.forgetting, stores.audit, days)),
        *_issuers(gateway),
        Part("last-use", lambda: note_use(stores.identity), lambda: note_use_once(stores.identity)),
        *_watching(gateway),
        *(Part(f"sink-{each.settings.name}", each.run, each.finish) for each in told),
    )


def _passing(stores: Stores) -> tuple[Store, ...]:
    logins = () if stores.sessions is None else (stores.sessions,)
    return (stores.vault, stores.fingerprints, stores.limits, *logins)


def _issuers(gateway: Gateway) -> tuple[Part, ...]:
    tokens = gateway.tokens
    return () if tokens is None else (Part("issuers", lambda: keep_fresh(tokens)),)


def _watching(gateway: Gateway) -> tuple[Part, ...]:
    policy, reloader = gateway.settings.policy, gateway.reloader
    if not policy.watch or reloader is None:
        return ()
    files = [Path(name) for name in (policy.file, *policy.rules) if name]
    return (Part("policy", lambda: watch(files, reloader.reload_quietly)),)


def _draining(gateway: Gateway, stores: Stores) -> tuple[Part, ...]:
    audit, metrics = stores.audit, gateway.metrics
    if not isinstance(audit, SpoolingLog):
        return ()
    metrics.follow("redoubt_audit_spool_bytes", audit.size)
    metrics.follow("redoubt_audit_spool_entries", audit.behind)
    metrics.follow("redoubt_audit_spool_torn_appends", lambda: audit.torn)
    return (Part("draining", audit.drain),)


def exports(gateway: Gateway, telemetry: Recorder | None) -> tuple[Part, ...]:
    """Return what posts spans and measures, where they are exported."""
    if telemetry is None:
        return ()
    metrics = gateway.metrics

    def count(outcome: str, spans: int) -> None:
        metrics.count("redoubt_spans", outcome, by=spans)

    posting = compose.exporters(gateway.settings, telemetry, metrics.collect, count, gateway.version)
    return tuple(Part(name, each.run, each.finish) for name, each in posting.items())
