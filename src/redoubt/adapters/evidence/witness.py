"""Asks witnesses for cosignatures: C2SP ``tlog-witness``, the call ``add-checkpoint`` (https://c2sp.org/tlog-witness)."""

import re

from redoubt.adapters.evidence.post import Poster
from redoubt.adapters.http.client import Whole
from redoubt.domain.errors import InputError, ServiceError
from redoubt.services.audit.evidence import KeptCheckpoint
from redoubt.services.audit.notary import Notary
from redoubt.services.audit.note import to_base64

_SIZE = re.compile(rb"(0|[1-9][0-9]{0,17})\n")
_TRIES = 2
"""A witness that knows another size says so once, and is asked again from there."""


class WitnessOutlet:
    """Shows checkpoints to one witness, with the proof that the log grew from what it saw last."""

    depth = 1
    everyone = False

    def __init__(self, name: str, poster: Poster, notary: Notary) -> None:
        """``name``: of the witness's key."""
        self.name = name
        self._poster, self._notary = poster, notary
        self._seen = 0

    async def deliver(self, kept: KeptCheckpoint) -> None:
        """See `Outlet.deliver`. The cosignature is verified before it is kept."""
        for _ in range(_TRIES):
            reply = await self._ask(kept)
            if reply.status == 200:
                await self._take(kept, reply.body)
                self._seen = kept.size
                return
            size = _SIZE.fullmatch(reply.body) if reply.status == 409 else None
            if size is None or int(size[1]) > kept.size:
                break
            self._seen = int(size[1])
        raise ServiceError(f"the witness {self.name} did not cosign: HTTP status {reply.status}")

    async def _ask(self, kept: KeptCheckpoint) -> Whole:
        old = min(self._seen, kept.size)
        proof = await self._notary.prover.consistency(old, kept.size)
        lines = (f"old {old}", *map(to_base64, proof), "")
        body = "".join(f"{line}\n" for line in lines).encode() + kept.signed
        return await self._poster.post(
            body, (("content-type", "text/plain; charset=utf-8"),), "/add-checkpoint"
        )

    async def _take(self, kept: KeptCheckpoint, lines: bytes) -> None:
        try:
            await self._notary.cosign(kept.size, lines.decode())
        except (InputError, UnicodeDecodeError) as error:
            raise ServiceError(f"the witness {self.name} answered with no cosignature of its own") from error
