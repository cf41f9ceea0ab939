"""The background work of a gateway, in the order in which it starts; it ends in the reverse order."""

from redoubt.compose import Stores
from redoubt.surfaces.gateway.background import Part
from redoubt.surfaces.gateway.forgetting import follow, retire
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.housekeeping import forget_expired


def parts(gateway: Gateway, stores: Stores) -> tuple[Part, ...]:
    """Return what ``gateway`` does beside answering.

    A part may count on those above it: they start before it and end after it. ``gateway`` has the settings, the clock and the metrics.
    """
    metrics = gateway.metrics
    metrics.follow("redoubt_audit_waiting_entries", stores.audit.waiting)
    days = gateway.settings.audit.retention_days
    return (
        Part("tidying", lambda: forget_expired(stores.vault, stores.fingerprints)),
        Part("forgetting", lambda: follow(stores.forgetting, stores.audit, stores.fingerprints)),
        Part("retention", lambda: retire(stores.forgetting, stores.audit, days)),
    )
