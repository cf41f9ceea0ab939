"""What becomes of callers while the store is out, as the settings have it."""

from redoubt.domain.settings import Settings, WhenUnavailable

SPOOL_GRACE = 3600.0
"""Seconds, with ``spool``: so long an operator may take to mend a store, before nobody is let in any more."""


def identity_grace(of: Settings) -> float:
    """Return for how many seconds the keys that were read last still hold.

    Where nobody set it, it is what `when_unavailable` needs to be of use to requests that come meanwhile.
    """
    if of.store.identity_grace_seconds is not None:
        return of.store.identity_grace_seconds
    match of.audit.when_unavailable:
        case WhenUnavailable.REFUSE:
            return 0.0
        case WhenUnavailable.WAIT:
            return of.audit.wait_seconds
        case WhenUnavailable.SPOOL:
            return SPOOL_GRACE


def outage(of: Settings) -> str:
    """Say what happens to requests while the store is out."""
    grace = identity_grace(of)
    does = {
        WhenUnavailable.REFUSE: "are refused",
        WhenUnavailable.WAIT: f"wait up to {of.audit.wait_seconds:g} s for it",
        WhenUnavailable.SPOOL: "go on, and their entries to the spool",
    }[of.audit.when_unavailable]
    known = (
        f"; keys that were known before hold for {grace:g} s, and a revocation is not seen meanwhile"
        if grace
        else ""
    )
    return f"while the store is out, exchanges {does}{known}"


def hindrances(of: Settings) -> tuple[str, ...]:
    """Say why requests that come while the store is out are refused although `when_unavailable` would have them go on."""
    if of.audit.when_unavailable is WhenUnavailable.REFUSE:
        return ()
    found = []
    if not identity_grace(of):
        found.append("[store] identity_grace_seconds = 0: nobody is let in who cannot be looked up")
    if of.limits and not of.store.redis_url:
        found.append("[[limits]] are counted in the database")
    if (of.server.per_second or of.server.per_minute) and not of.store.redis_url:
        found.append("[server] per_second and per_minute, once set, are counted in the database")
    return tuple(found)
