"""How the limits stand, in the headers that the providers' own clients read.

OpenAI: https://platform.openai.com/docs/guides/rate-limits (times like ``6m0s``).
Anthropic: https://docs.anthropic.com/en/api/rate-limits (moments of RFC 3339). Google has none.
What a provider itself says of its limits is left out beside ours: it speaks of an account that is not the caller's.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from redoubt.domain.limits import LimitUnit
from redoubt.services.limits.interface import RefusedError, Use
from redoubt.surfaces.gateway.asgi import RawHeaders

THEIRS = (b"x-ratelimit-", b"anthropic-ratelimit-")
LONG_WAIT = 60.0
"""Seconds: the providers' clients wait no longer for a second try, and try in vain at once."""
_NAMED = (LimitUnit.REQUESTS, LimitUnit.TOKENS)


def standing(api: str, uses: Sequence[Use], now: float) -> RawHeaders:
    """Say how the tightest limits on requests and on tokens stand, in the form of ``api``; ``now``: seconds since the epoch."""
    told: list[tuple[bytes, bytes]] = []
    for unit in _NAMED:
        counted = [use for use in uses if use.limit.unit is unit and not use.limit.shadow]
        if counted:
            tightest = min(counted, key=lambda use: use.standing.left)
            told += _said(api.partition(".")[0], unit.value, tightest, now)
    return tuple(told)


def _said(provider: str, unit: str, use: Use, now: float) -> Iterable[tuple[bytes, bytes]]:
    most = use.limit.burst or use.limit.amount
    left = max(0, use.standing.left)
    seconds = -(use.standing.reset_ms // -1000)
    match provider:
        case "openai":
            names, when = (f"x-ratelimit-{{}}-{unit}", _duration(seconds))
        case "anthropic":
            names, when = (f"anthropic-ratelimit-{unit}-{{}}", _moment(now + seconds))
        case _:
            return
    for what, value in (("limit", str(most)), ("remaining", str(left)), ("reset", when)):
        yield names.format(what).encode(), value.encode()


def refusal(error: RefusedError) -> RawHeaders:
    """Say whether it makes sense that a client tries again by itself."""
    if error.never or error.retry_after > LONG_WAIT:
        return ((b"x-should-retry", b"false"),)
    return ()


def without_theirs(headers: RawHeaders) -> RawHeaders:
    """Leave out what a provider says of its own limits."""
    return tuple((name, value) for name, value in headers if not name.startswith(THEIRS))


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{seconds}s"
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
