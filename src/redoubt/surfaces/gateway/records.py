"""Entries about what is managed, and about who was not let in. Addresses are personal: they stand in the sealed text, not in the entry."""

from collections.abc import Iterable

import msgspec

from redoubt.domain.errors import IdentityError
from redoubt.domain.evidence import Entry
from redoubt.domain.principal import OPERATOR_TENANT, Principal

NOBODY = "unknown"
"""Stands as principal and subject where nobody knows who it was."""
LONGEST = 200
"""Characters of a note and of a model's name, which a caller may have made up."""

_encode = msgspec.json.Encoder().encode


def managed(
    who: Principal, exchange: str, event: str, decision: str, note: str, *, at: float, address: str
) -> Entry:
    """Return the entry of a management action: allowed before it is done, denied where it may not or could not be."""
    return Entry(
        exchange=exchange,
        kind="admin",
        at=at,
        principal=who.id,
        app=who.app,
        tenant=who.tenant,
        subject=who.id,
        decision=decision,
        api=event,
        note=note[:LONGEST],
        text=_addresses((address,)),
    )


def forbidden(
    who: Principal, exchange: str, upstream: str, model: str, note: str, *, at: float, address: str
) -> Entry:
    """Return the entry of a call to a model that the caller may not call."""
    return Entry(
        exchange=exchange,
        kind="admin",
        at=at,
        principal=who.id,
        app=who.app,
        tenant=who.tenant,
        subject=who.id,
        decision="deny",
        upstream=upstream,
        model=model[:LONGEST],
        api="model.call",
        note=note[:LONGEST],
        text=_addresses((address,)),
    )


def not_let_in(
    error: IdentityError, exchange: str, count: int, *, at: float, addresses: Iterable[str], event: str
) -> Entry:
    """Return the entry of ``count`` requests that were refused for one cause. It names the key where one is known, never the secret."""
    whose = f" {error.credential}" if error.credential else ""
    often = f", {count} times" if count > 1 else ""
    return Entry(
        exchange=exchange,
        kind="admin",
        at=at,
        principal=error.principal or NOBODY,
        app="",
        tenant=error.tenant or OPERATOR_TENANT,
        subject=error.principal or NOBODY,
        decision="deny",
        api=event,
        note=f"{error.cause}{whose}{often}"[:LONGEST],
        text=_addresses(addresses),
    )


def _addresses(addresses: Iterable[str]) -> str:
    rows = [{"path": "/address", "role": "caller", "text": address} for address in addresses if address]
    return _encode(rows).decode() if rows else ""
