"""Where checkpoints go that need no answer: a folder, a webhook."""

import asyncio
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec

from redoubt.adapters.evidence.export import put
from redoubt.adapters.evidence.post import Poster
from redoubt.domain.errors import ServiceError
from redoubt.services.audit.evidence import KeptCheckpoint, TamperedError
from redoubt.services.telling.signing import headers, key_of

QUEUED = 1000
"""Checkpoints kept for a webhook that does not answer: sixteen hours of them, at one a minute."""


_NAME = re.compile("[0-9]{12}")


class FolderOutlet:
    """Puts each checkpoint down as a file named by its size, and changes none that is there."""

    name = "folder"
    depth = QUEUED
    everyone = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def deliver(self, kept: KeptCheckpoint) -> None:
        """See `Outlet.deliver`. Raises TamperedError where the folder has another checkpoint of that size."""
        await asyncio.to_thread(self._put, kept)

    async def newest(self) -> bytes:
        """Return the checkpoint of the largest tree in the folder; empty where there is none. Raises ServiceError."""
        return await asyncio.to_thread(self._newest)

    def _newest(self) -> bytes:
        try:
            names = [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
            return max(names).read_bytes() if names else b""
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise ServiceError(
                f"{self._folder}: cannot be read ({type(error).__name__}); see [audit] checkpoint_dir"
            ) from error

    def _put(self, kept: KeptCheckpoint) -> None:
        # Twelve digits: the order of the names is the order of the log.
        path = self._folder / f"{kept.size:012}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            there = path.read_bytes() if path.exists() else b""
            if there and not there.startswith(kept.signed):
                raise TamperedError(
                    f"{path}: another checkpoint of {kept.size} entries was put down there before"
                )
            if not there:
                put(path, kept.signed)
        except OSError as error:
            raise ServiceError(
                f"{self._folder}: cannot be written ({type(error).__name__}); see [audit] checkpoint_dir"
            ) from error


class WebhookOutlet:
    """Posts each checkpoint as JSON, signed as `redoubt.services.telling.signing` says."""

    name = "webhook"
    depth = QUEUED
    everyone = False

    def __init__(self, poster: Poster, secret: str, clock: Callable[[], float]) -> None:
        """``clock``: seconds since the epoch."""
        self._poster, self._key, self._clock = poster, key_of(secret), clock

    async def deliver(self, kept: KeptCheckpoint) -> None:
        """See `Outlet.deliver`. The message's id is the checkpoint's digest: who gets it twice can tell."""
        body = msgspec.json.encode(
            {"type": "audit.checkpoint", "size": kept.size, "note": kept.signed.decode()}
        )
        name = sha256(kept.signed).hexdigest()
        signed = headers(self._key, name, int(self._clock()), body)
        reply = await self._poster.post(body, (("content-type", "application/json"), *signed))
        if not 200 <= reply.status < 300:
            raise ServiceError(f"audit.checkpoint_webhook answered with HTTP status {reply.status}")
