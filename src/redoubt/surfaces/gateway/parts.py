"""The background work of a gateway, in the order in which it starts; it ends in the reverse order."""

from redoubt.compose import Stores
from redoubt.surfaces.gateway.background import Part
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.housekeeping import forget_expired
from redoubt.surfaces.gateway.limit_parts import keep_places, record_refusals, write_refusals


def parts(gateway: Gateway, stores: Stores) -> tuple[Part, ...]:
    """Return what ``gateway`` does beside answering.

    A part may count on those above it: they start before it and end after it. ``gateway`` has the settings, the clock and the metrics.
    """
    metrics = gateway.metrics
    metrics.follow("redoubt_audit_waiting_entries", stores.audit.waiting)
    return (
        Part("tidying", lambda: forget_expired(stores.vault, stores.fingerprints, stores.limits)),
        Part("places", lambda: keep_places(stores.limits)),
        Part("refusals", lambda: record_refusals(gateway), lambda: write_refusals(gateway)),
    )
