"""The vault in Redis, for gateways that share hot sessions. It holds what the tables hold: keyed hashes and ciphertexts.

A session is a hash ``redoubt:vault:NAME`` (field: mark of an alias; value: its place, 4 bytes, and its ciphertext), the sessions of a
person are a set ``redoubt:person:NAME``, an id that a provider keeps is a string ``redoubt:kept:NAME`` (value: mark of its owner). Redis
forgets all of them by itself when their time is over.
"""

import secrets
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from redis import Redis

from redoubt.adapters.redis.connection import answering
from redoubt.domain.errors import ServiceError
from redoubt.domain.pseudonym import Alias
from redoubt.services.vault.blocking import BlockingVault
from redoubt.services.vault.interface import Scope
from redoubt.services.vault.sealing import KEPT_SECONDS, MAX_ALIASES, Sealing, check_size

WHAT = "the vault"
_SESSION, _KEPT, _PERSON = b"redoubt:vault:", b"redoubt:kept:", b"redoubt:person:"
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
if KEYS[2] then
  redis.call('SADD', KEYS[2], KEYS[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
return held
"""
"""Adds the aliases that are new, in order, and renews the session and the set of its person's; all of it in one step.

Returns how many there would be.
"""


class RedisVault(BlockingVault):
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
        super().__init__(Sealing(master, random))
        self._ttl = max(1, round(ttl * 1000))
        self._kept = max(1, round(kept * 1000))
        self._script = client.register_script(_SAVE)

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
        names = [_SESSION + session.name]
        if scope.subject:
            names.append(_PERSON + self._sealing.person(scope.tenant, scope.subject))
        for start in range(0, max(1, len(aliases)), _BATCH):
            arguments: list[Any] = [self._ttl, MAX_ALIASES]
            for alias in aliases[start : start + _BATCH]:
                mark = session.mark(alias)
                arguments += (mark, session.seal(mark, alias))
            with answering(WHAT):
                held: Any = self._script(keys=names, args=arguments)
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

    def _forget_person(self, tenant: str, subject: str) -> int:
        person = _PERSON + self._sealing.person(tenant, subject)
        count = 0
        with answering(WHAT):
            sessions: Any = self._client.smembers(person)
            for name in sessions:
                pipeline = self._client.pipeline(transaction=True)
                pipeline.hlen(name)
                pipeline.delete(name)
                pipeline.srem(person, name)
                count += int(pipeline.execute()[0])
        return count
