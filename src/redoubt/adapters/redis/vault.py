"""The vault in Redis, for gateways that share hot sessions. It holds what the tables hold: keyed hashes and ciphertexts.

A session is a hash ``redoubt:vault:NAME`` (field: mark of an alias; value: its place, 4 bytes, and its ciphertext), an id that a provider
keeps is a string ``redoubt:kept:NAME`` (value: mark of its owner). Redis forgets both by itself when their time is over.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from redis import Redis

from redoubt.adapters.redis.connection import answering
from redoubt.domain.errors import ServiceError
from redoubt.domain.pseudonym import Alias
from redoubt.services.vault.interface import Scope
from redoubt.services.vault.sealing import KEPT_SECONDS, MAX_ALIASES, Sealing, check_size

WHAT = "the vault"
_SESSION, _KEPT = b"redoubt:vault:", b"redoubt:kept:"
_PLACE_BYTES = 4
_BATCH = 1000
"""Aliases that one script takes: Redis does nothing else meanwhile."""

_SAVE = """
local held = redis.call('HLEN', KEYS[1])
for i = 3, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then
    if held >= tonumber(ARGV[2]) then return held + 1 end
    held = held + 1
    redis.call('HSET', KEYS[1], ARGV[i], struct.pack('>I4', held) .. ARGV[i + 1])
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return held
"""
"""Adds the aliases that are new, in order, and renews the session; all of it in one step. Returns how many there would be."""


class RedisVault:
    """Implements `Vault` over redis-py."""

    def __init__(
        self,
        client: Redis,
        *,
        master: bytes,
        ttl: float,
        kept: float = KEPT_SECONDS,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """``ttl`` and ``kept``: seconds that a session lives after its last use, and that an id stays bound."""
        self._client = client
        self._sealing = Sealing(master, random)
        self._ttl = max(1, round(ttl * 1000))
        self._kept = max(1, round(kept * 1000))
        self._script = client.register_script(_SAVE)

    def key(self, scope: Scope) -> bytes:
        """See `Vault.key`."""
        return self._sealing.key(scope)

    async def load(self, scope: Scope) -> tuple[Alias, ...]:
        """See `Vault.load`."""
        return await asyncio.to_thread(self._load, scope)

    async def save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        """See `Vault.save`."""
        await asyncio.to_thread(self._save, scope, aliases)

    async def claim(self, name: str, owner: Scope) -> bool:
        """See `Vault.claim`."""
        return await asyncio.to_thread(self._claim, name, owner)

    async def owns(self, name: str, owner: Scope) -> bool:
        """See `Vault.owns`."""
        return await asyncio.to_thread(self._owns, name, owner)

    async def forget(self, scope: Scope) -> int:
        """See `Vault.forget`."""
        return await asyncio.to_thread(self._forget, scope)

    async def purge(self) -> Mapping[str, int]:
        """See `Vault.purge`: Redis has done it already, and counts for nobody."""
        return {}

    def _load(self, scope: Scope) -> tuple[Alias, ...]:
        session = self._sealing.session(scope)
        with answering(WHAT):
            held: Any = self._client.hgetall(_SESSION + session.name)
        rows = sorted(held.items(), key=lambda row: row[1][:_PLACE_BYTES])
        return tuple(session.open(mark, value[_PLACE_BYTES:]) for mark, value in rows)

    def _save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        session = self._sealing.session(scope)
        for start in range(0, max(1, len(aliases)), _BATCH):
            arguments: list[Any] = [self._ttl, MAX_ALIASES]
            for alias in aliases[start : start + _BATCH]:
                mark = session.mark(alias)
                arguments += (mark, session.seal(mark, alias))
            with answering(WHAT):
                held: Any = self._script(keys=[_SESSION + session.name], args=arguments)
            check_size(held)

    def _claim(self, name: str, owner: Scope) -> bool:
        kept, mark = self._sealing.claim(name, owner)
        with answering(WHAT):
            if self._client.set(_KEPT + kept, mark, nx=True, px=self._kept):
                return True
            bound: Any = self._client.get(_KEPT + kept)
        if bound is None:
            raise ServiceError(f"{WHAT} lost an owner between two looks; try again")
        return compare_digest(bound, mark)

    def _owns(self, name: str, owner: Scope) -> bool:
        kept, mark = self._sealing.claim(name, owner)
        with answering(WHAT):
            bound: Any = self._client.get(_KEPT + kept)
        return bound is not None and compare_digest(bound, mark)

    def _forget(self, scope: Scope) -> int:
        name = _SESSION + self._sealing.session(scope).name
        with answering(WHAT):
            pipeline = self._client.pipeline(transaction=True)
            pipeline.hlen(name)
            pipeline.delete(name)
            count, _ = pipeline.execute()
        return int(count)
