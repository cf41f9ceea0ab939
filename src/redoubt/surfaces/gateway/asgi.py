"""The few words of ASGI that the gateway speaks (https://asgi.readthedocs.io/en/latest/specs/www.html)."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
RawHeaders = tuple[tuple[bytes, bytes], ...]

WHOLE_BODY = "redoubt.whole_body"
"""Key of a scope whose body was here before the app was called: no need to time its reading."""
HANGUP = "redoubt.hangup"
"""Key of a scope whose server tells of a hang-up by a call, which is cheaper than a task that waits for it."""
JSON = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")


class Hangup:
    """A connection that may be lost: whoever must know of it leaves a callback."""

    __slots__ = ("callback",)

    def __init__(self) -> None:
        self.callback: Callable[[], None] | None = None

    def tell(self) -> None:
        """Call back."""
        if self.callback is not None:
            self.callback()


async def send_whole(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    """Send an answer in one piece."""
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": (*headers, length)})
    await send({"type": "http.response.body", "body": body})
