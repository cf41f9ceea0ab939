"""Bearer tokens of other issuers: verified once, then known by a keyed digest until they end."""

import secrets
import time
from collections.abc import Callable, Mapping

from redoubt.adapters.oidc.issuer import Issuer
from redoubt.adapters.oidc.keys import VerifyingKey
from redoubt.domain.errors import ServiceError, TokenError
from redoubt.services.identity.claims import check_bearer
from redoubt.services.identity.compact import MAX_BYTES, read_compact
from redoubt.services.identity.interface import Outsider
from redoubt.services.identity.keys import Digest
from redoubt.services.identity.mapping import outsider

MAX_KNOWN = 8192
"""Verified tokens that are remembered; beyond, the oldest is forgotten."""
_ID_BYTES = 8

_Known = tuple[float, Issuer, VerifyingKey, Outsider]


class OidcTokens:
    """Implements `Tokens`."""

    def __init__(
        self,
        issuers: Mapping[str, Issuer],
        *,
        clock: Callable[[], float] = time.time,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """``issuers`` by their names; ``clock``: seconds since the epoch."""
        self._issuers = issuers
        self._clock = clock
        self._digest = Digest(random(32))
        self._known: dict[bytes, _Known] = {}

    @property
    def every(self) -> float:
        """See `Tokens.every`."""
        return min(issuer.settings.refresh for issuer in self._issuers.values())

    async def verify(self, token: str) -> Outsider:
        """See `Tokens.verify`."""
        if len(token) > MAX_BYTES:
            raise TokenError("too long")
        now = self._clock()
        # Asked by a keyed digest that a caller can neither choose nor predict: its timing tells nothing.
        digest = self._digest(token)
        known = self._known.get(digest)
        if known is not None:
            until, issuer, key, who = known
            if now < until and issuer.holds(key):
                return who
            del self._known[digest]
        return await self._verify(token, digest, now)

    async def refresh(self) -> tuple[str, ...]:
        """See `Tokens.refresh`."""
        failed = []
        for name, issuer in self._issuers.items():
            try:
                await issuer.refresh()
            except ServiceError as error:
                failed.append(f"{name}: {error}")
        return tuple(failed)

    async def _verify(self, token: str, digest: bytes, now: float) -> Outsider:
        compact = read_compact(token)
        named = compact.claims.get("iss")
        issuer = self._issuers.get(named) if isinstance(named, str) else None
        if issuer is None:
            raise TokenError("wrong issuer")
        _, key = await issuer.verify(compact)
        until = check_bearer(compact.claims, compact.header, issuer.settings, now)
        who = outsider(compact.claims, issuer.settings, f"jwt_{digest[:_ID_BYTES].hex()}")
        if len(self._known) >= MAX_KNOWN:
            self._known.pop(next(iter(self._known)), None)
        self._known[digest] = (until, issuer, key, who)
        return who
