"""What an error means in HTTP. The provider's shape is the codec's matter."""

import logging
from dataclasses import dataclass
from math import ceil

from redoubt.domain.errors import (
    HeldError,
    IdentityError,
    InputError,
    LimitError,
    RedoubtError,
    RightsError,
    ServiceError,
    UpstreamError,
)
from redoubt.services.limits.interface import RefusedError
from redoubt.surfaces.gateway.limit_headers import refusal

_log = logging.getLogger("redoubt.gateway")
_INTERNAL = "the gateway failed at this request; its operator finds the exchange id in the log"


class NotServedError(RedoubtError):
    """What is asked for is not here: a path, a method, a model, a media type."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Problem:
    """An error, ready to be said."""

    status: int
    code: str
    message: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    pointer: str = ""


def problem_of(error: Exception) -> Problem:
    """Say ``error`` in HTTP. What is no error of ours is said without a word of what it says itself."""
    message = str(error)
    match error:
        case NotServedError():
            return Problem(error.status, error.code, message)
        case InputError():
            if error.too_large:
                return Problem(413, "request_too_large", message, pointer=error.pointer)
            where = f" (at {error.pointer})" if error.pointer and error.pointer not in message else ""
            return Problem(400, "invalid_request", message + where, pointer=error.pointer)
        case IdentityError():
            return Problem(401, "invalid_api_key", message, ((b"www-authenticate", b"Bearer"),))
        case RightsError():
            return Problem(403, "insufficient_rights", message)
        case HeldError():
            return Problem(409, "held", message)
        case LimitError():
            wait = str(max(1, ceil(error.retry_after))).encode()
            again = refusal(error) if isinstance(error, RefusedError) else ()
            return Problem(429, "rate_limit_exceeded", message, ((b"retry-after", wait), *again))
        case UpstreamError():
            return Problem(error.status, "upstream_error", message)
        case ServiceError():
            return Problem(503, "service_unavailable", message, ((b"retry-after", b"1"),))
        case RedoubtError():
            return Problem(500, "internal_error", message)
    return Problem(500, "internal_error", _INTERNAL)


def ended(exchange: str, api: str, decision: str, status: int, seconds: float) -> None:
    """Log that a request is over, where everything is logged (``log_level = "debug"``)."""
    if _log.isEnabledFor(logging.DEBUG):
        extra = {
            "event": "request ended",
            "exchange": exchange,
            "api": api,
            "decision": decision,
            "status": status,
            "ms": f"{seconds * 1000:.1f}",
        }
        _log.debug("request ended", extra=extra)


def complain(what: str, error: Exception, exchange: str = "") -> None:
    """Log a failure of ours: type and place, never its message, which may quote what was inspected."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown"
    kind = type(error).__name__
    extra = {"event": what, "error": kind, "place": where, "exchange": exchange}
    _log.error("%s: %s at %s", what, kind, where, extra=extra)
