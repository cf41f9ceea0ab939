"""The error tree.

* RedoubtError
  x ConfigError        - the operator's files are wrong; raised at start, never per request
  x InputError         - the text, file or message handed in cannot be inspected (malformed, too large, too deep)
  x IdentityError      - nobody we know sent this (401)
      x TokenError         - a bearer token or a login that is no good; knows why, and does not tell the caller
  x RightsError        - somebody we know may not do this (403)
  x LimitError         - a limit was reached (429); knows when to try again
  x UpstreamError      - the model provider failed or could not be reached
  x CallerGoneError      - the caller hung up before the answer was ready; there is nobody left to answer
  x ServiceError       - a service of ours could not answer; fail closed (503)
      x OverdueError     - inspecting one exchange took longer than the operator allows
      x ClosingError     - the gateway stops, and this exchange was still under way

No message ever quotes inspected text: say what happened, where, and what to do.
"""


class RedoubtError(Exception):
    """Base class of every error this package raises."""


class ConfigError(RedoubtError):
    """The operator's configuration cannot be used; the message names file, place and remedy."""


class InputError(RedoubtError):
    """What was handed in cannot be inspected; the message names the place, never the content."""

    def __init__(self, message: str, *, pointer: str = "", too_large: bool = False) -> None:
        super().__init__(message)
        self.pointer = pointer
        """JSON pointer (RFC 6901) of the offending place, or empty."""
        self.too_large = too_large
        """True where a size limit was passed (HTTP 413 rather than 400)."""


class IdentityError(RedoubtError):
    """The caller could not be identified. What it reads is the same whatever the cause; the cause is for the audit log."""

    def __init__(
        self,
        message: str,
        *,
        cause: str = "unknown",
        principal: str = "",
        tenant: str = "",
        credential: str = "",
    ) -> None:
        super().__init__(message)
        self.cause = cause
        """Why, in a word or two: ``missing``, ``malformed``, ``unknown``, ``expired``, ``revoked``, ``disabled``, ``address``."""
        self.principal = principal
        """Whose credential it was, where that is known; so are ``tenant`` and ``credential``, its public id."""
        self.tenant = tenant
        self.credential = credential


NOT_ACCEPTED = "this token is not accepted: it is from nobody configured here, not meant for this gateway, or no longer valid"
"""Said of every token, also of one whose owner has been disabled."""


class TokenError(IdentityError):
    """A token, or what came back from a login, is no good. To the caller all of them read alike.

    The cause is one of a few fixed phrases (``token: expired``), never a word of the token's.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(NOT_ACCEPTED, cause=f"token: {cause}")


class RightsError(RedoubtError):
    """The caller is known and may not do this."""


class LimitError(RedoubtError):
    """A limit was reached."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds until the same request would be let through."""


class UpstreamError(RedoubtError):
    """The model provider failed or could not be reached."""

    def __init__(self, message: str, *, status: int = 502) -> None:
        super().__init__(message)
        self.status = status
        """HTTP status to answer with: 502 (bad answer, unreachable) or 504 (took too long)."""


class CallerGoneError(RedoubtError):
    """The caller hung up before the answer was ready."""


class ServiceError(RedoubtError):
    """A service of ours could not answer."""


class OverdueError(ServiceError):
    """Inspecting the texts of one exchange took longer than the operator allows."""


class ClosingError(ServiceError):
    """The gateway stops; an exchange that was still under way is ended."""
