"""How long and how large a server's reply may be."""

from dataclasses import dataclass


class BrokenReplyError(Exception):
    """The server's reply, or its connection, cannot be used.

    The message names no host and quotes no byte of the body.
    """

    def __init__(self, reason: str, *, timed_out: bool = False, untouched: bool = False) -> None:
        super().__init__(reason)
        self.timed_out = timed_out
        self.untouched = untouched
        """True where the connection ended before one byte of a reply arrived."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Times in seconds, sizes in bytes."""

    connect_timeout: float = 10.0
    """For name look-up, TCP and TLS handshake together."""
    read_timeout: float = 300.0
    """From the request to the end of the reply's head; then without one byte of the body."""
    total_timeout: float = 3600.0
    """From the request to the last byte of the body: a reply that drips for ever ends here."""
    idle_timeout: float = 55.0
    """How long an unused connection is kept; common load balancers close theirs after 60 s."""
    max_idle: int = 256
    """Unused connections kept open to one server."""
    max_head: int = 64 * 1024
    """Of a reply's head, of its trailers, and of the framing between two pieces of its body."""
    max_headers: int = 256
    max_body: int = 64 * 1024 * 1024
    """Also of the body once decompressed."""
    high_water: int = 256 * 1024
    """Unread bytes of a body at which the server is no longer listened to, until half of them are read."""
