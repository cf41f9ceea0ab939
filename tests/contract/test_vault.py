"""One suite for the vault's port, run against each adapter for real: SQLite, PostgreSQL, Redis."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import text

from redoubt.adapters.redis.connection import open_redis
from redoubt.adapters.redis.vault import RedisVault
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.vault import SqlVault
from redoubt.domain.errors import ServiceError
from redoubt.domain.pseudonym import Alias
from redoubt.domain.settings import Durability
from redoubt.services.vault import sealing
from redoubt.services.vault.interface import Scope, Vault
from redoubt.services.vault.sealing import KEPT_SECONDS
from tests.servers import Postgres, Redis, new_redis

TTL = 50.0
REDIS_TTL, REDIS_KEPT = 0.6, 1.5
"""Redis has a clock of its own: what takes fifty seconds elsewhere is waited for here."""
CANARY = "jane.canary@example.org"
ALIASES = tuple(Alias(f"<EMAIL_{n}>", f"a{n}@example.org", "pii.email") for n in range(5))


@dataclass
class Stand:
    """One adapter over an empty store."""

    vault: Callable[[bytes], Vault]
    """Opens it under a master key."""
    dump: Callable[[], bytes]
    """Everything it holds."""
    swap: Callable[[], None]
    """Give all aliases of the first session to another one."""
    redis: bool = False
    now: list[float] = field(default_factory=lambda: [1000.0])

    @property
    def mine(self) -> Vault:
        return self.vault(b"v" * 32)

    def later(self, share: float, *, kept: bool = False) -> None:
        """Let so large a share of a session's life pass (``kept``: of an id's)."""
        if self.redis:
            time.sleep(share * (REDIS_KEPT if kept else REDIS_TTL))
        else:
            self.now[0] += share * (KEPT_SECONDS if kept else TTL)


def sql(url: str, folder: Path) -> Iterator[Stand]:
    engine = open_database(url, folder, Durability.PROCESS)

    def dump() -> bytes:
        with engine.connect() as connection:
            rows = [
                value
                for table in ("vault_sessions", "vault_aliases")
                for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - our own tables
                for value in row
            ]
        return b"\0".join(v if isinstance(v, bytes) else str(v).encode() for v in rows)

    def swap() -> None:
        with engine.begin() as connection:
            names = (
                connection.execute(text("SELECT scope FROM vault_sessions ORDER BY scope")).scalars().all()
            )
            connection.execute(
                text("UPDATE vault_aliases SET scope = :to WHERE scope = :of"),
                {"of": names[0], "to": names[1]},
            )

    now = [1000.0]
    yield Stand(
        lambda master: SqlVault(engine, master=master, ttl=TTL, clock=lambda: now[0]), dump, swap, now=now
    )
    engine.dispose()


def in_redis(url: str) -> Iterator[Stand]:
    client = open_redis(url, retries=1)
    client.flushdb()

    def names() -> list[bytes]:
        return sorted(client.scan_iter(b"redoubt:vault:*"))

    def dump() -> bytes:
        held: list[Any] = []
        for name in client.scan_iter():
            held.append(name)
            kind: Any = client.type(name)
            if kind == b"hash":
                for pair in client.hgetall(name).items():
                    held.extend(pair)
            else:
                held.append(client.get(name))
        return b"\0".join(held)

    def swap() -> None:
        one, two = names()
        client.rename(one, two)

    yield Stand(
        lambda master: RedisVault(client, master=master, ttl=REDIS_TTL, kept=REDIS_KEPT),
        dump,
        swap,
        redis=True,
    )
    client.flushdb()
    client.close()


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    if request.param == "redis":
        server: Redis = request.getfixturevalue("redis_server")
        yield from in_redis(server.url[:-1] + "7")
        return
    url = ""
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.database()
    yield from sql(url, tmp_path)


def test_a_session_keeps_its_aliases_in_order_and_shares_them_with_nobody(stand: Stand) -> None:
    vault = stand.mine
    mine = Scope("t", "app", "key_a", "s")
    others = [
        Scope("u", "app", "key_a", "s"),
        Scope("t", "apps", "key_a", "s"),
        Scope("t", "app", "key_b", "s"),
        Scope("t", "app", "key_a", "s2"),
        Scope("t", "app", "key_a", ""),
        Scope("ta", "pp", "key_a", "s"),
    ]

    async def scenario() -> None:
        await vault.save(mine, ALIASES[3:1:-1])
        await vault.save(mine, ALIASES)
        await vault.save(mine, ())
        assert await vault.load(mine) == (ALIASES[3], ALIASES[2], ALIASES[0], ALIASES[1], ALIASES[4])
        for other in others:
            assert await vault.load(other) == ()
            assert vault.key(other) != vault.key(mine)
        assert await vault.forget(mine) == 5
        assert await vault.load(mine) == ()
        assert await vault.forget(mine) == 0

    asyncio.run(scenario())


def test_many_callers_of_one_session_lose_nothing(stand: Stand) -> None:
    mine = Scope("t", "app", "key_a", "s")
    vaults = [stand.mine for _ in range(8)]

    async def scenario() -> None:
        await asyncio.gather(*(vault.save(mine, (alias,)) for vault in vaults for alias in ALIASES))
        assert sorted(await stand.mine.load(mine), key=lambda a: a.pseudonym) == list(ALIASES)

    asyncio.run(scenario())


def test_sessions_end_after_their_last_use(stand: Stand) -> None:
    vault = stand.mine
    mine, yours = Scope("t", "a", "k", "1"), Scope("t", "a", "k", "2")

    async def scenario() -> None:
        await vault.save(mine, ALIASES[:1])
        await vault.save(yours, ALIASES[:1])
        stand.later(0.7)
        await vault.save(yours, ALIASES[:2])
        assert await vault.load(mine) == ALIASES[:1]
        stand.later(0.5)
        assert await vault.load(mine) == ()
        await vault.purge()
        assert await vault.load(yours) == ALIASES[:2]

    asyncio.run(scenario())


def test_what_a_provider_keeps_is_its_first_owners(stand: Stand) -> None:
    vault = stand.mine
    mine, yours = Scope("t", "shop", "key_1"), Scope("t", "shop", "key_2")

    async def scenario() -> None:
        assert not await vault.owns("resp_1", mine)
        assert await vault.claim("resp_1", mine)
        assert await vault.claim("resp_1", mine)
        assert not await vault.claim("resp_1", yours)
        assert [await vault.owns("resp_1", who) for who in (mine, yours)] == [True, False]
        assert not await vault.owns("resp_2", mine)
        assert await vault.load(Scope("t", "", "", "resp_1")) == ()
        stand.later(1.1, kept=True)
        await vault.purge()
        assert not await vault.owns("resp_1", mine)

    asyncio.run(scenario())


def test_of_many_who_claim_at_once_one_gets_it(stand: Stand) -> None:
    vaults = [stand.mine for _ in range(16)]
    owners = [Scope("t", "shop", f"key_{n}") for n in range(16)]

    async def scenario() -> None:
        won = await asyncio.gather(
            *(vault.claim("resp_1", owner) for vault, owner in zip(vaults, owners, strict=True))
        )
        assert sum(won) == 1
        assert [await stand.mine.owns("resp_1", owner) for owner in owners] == won

    asyncio.run(scenario())


def test_the_store_sees_no_value_and_no_name(stand: Stand) -> None:
    async def scenario() -> None:
        await stand.mine.save(
            Scope("tenant", "shop-app", "key_a/jane", "s1"), (Alias("<EMAIL_1>", CANARY, "pii.email"),)
        )
        await stand.mine.claim("resp_canary", Scope("tenant", "shop-app", "key_a/jane"))

    asyncio.run(scenario())
    held = stand.dump()
    assert len(held) > 100
    for word in (CANARY, "canary", "EMAIL_1", "pii.email", "jane", "shop-app", "s1\0", "resp_canary"):
        assert word.encode() not in held, word


def test_an_alias_moved_to_another_session_does_not_open(stand: Stand) -> None:
    vault = stand.mine
    scopes = [Scope("t", "a", "k", "1"), Scope("t", "a", "k", "2")]

    async def opens(scope: Scope) -> bool:
        try:
            await vault.load(scope)
        except ServiceError:
            return False
        return True

    async def scenario() -> None:
        await vault.save(scopes[0], ALIASES[:1])
        await vault.save(scopes[1], ALIASES[1:2])
        stand.swap()
        assert [await opens(scope) for scope in scopes].count(False) == 1

    asyncio.run(scenario())


def test_another_master_key_finds_nothing(stand: Stand) -> None:
    mine = Scope("t", "a", "k", "1")

    async def scenario() -> None:
        await stand.mine.save(mine, ALIASES)
        assert await stand.vault(b"w" * 32).load(mine) == ()

    asyncio.run(scenario())


def test_a_session_holds_no_more_than_it_may(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("redoubt.adapters.redis.vault", "redoubt.services.vault.sealing"):
        monkeypatch.setattr(f"{module}.MAX_ALIASES", 3)
    assert sealing.MAX_ALIASES == 3
    mine = Scope("t", "a", "k", "1")

    async def scenario() -> None:
        await stand.mine.save(mine, ALIASES[:3])
        with pytest.raises(ServiceError, match="at most 3"):
            await stand.mine.save(mine, ALIASES[2:4])
        assert await stand.mine.load(mine) == ALIASES[:3]

    asyncio.run(scenario())


def test_a_redis_that_is_gone_fails_closed_in_bounded_time_and_is_found_again() -> None:
    server = new_redis()
    mine = Scope("t", "a", "k", "1")
    vault = RedisVault(open_redis(server.url, retries=1), master=b"v" * 32, ttl=60.0)

    async def scenario() -> None:
        await vault.save(mine, ALIASES)
        server.stop()
        begun = time.monotonic()
        for asked in (
            vault.load(mine),
            vault.save(mine, ALIASES),
            vault.claim("r", mine),
            vault.owns("r", mine),
            vault.forget(mine),
        ):
            with pytest.raises(ServiceError, match=r"vault.*redis_url"):
                await asked
        assert time.monotonic() - begun < 30
        server.start()
        assert await vault.load(mine) == (), "nothing outlives a Redis that keeps nothing on disk"
        await vault.save(mine, ALIASES)
        assert await vault.load(mine) == ALIASES

    try:
        asyncio.run(scenario())
    finally:
        server.close()


def test_a_redis_that_runs_out_of_memory_says_so(redis_server: Redis) -> None:
    client = open_redis(redis_server.url[:-1] + "7", retries=1)
    vault = RedisVault(client, master=b"v" * 32, ttl=60.0)
    client.config_set("maxmemory", "1")
    try:
        with pytest.raises(ServiceError, match="memory"):
            asyncio.run(vault.save(Scope("t", "a", "k", "1"), ALIASES))
    finally:
        client.config_set("maxmemory", "0")
    assert isinstance(client, redis.Redis)


def test_a_person_is_forgotten_in_all_sessions_and_nobody_else(stand: Stand) -> None:
    def of(session: str, subject: str, principal: str = "key_a") -> Scope:
        return Scope("t", "shop", f"{principal}/{subject}", session, subject)

    async def scenario() -> None:
        vault = stand.mine
        anns, bobs = (of("1", "ann"), of("2", "ann"), of("1", "ann", "key_b")), of("1", "bob")
        for scope in (*anns, bobs):
            await vault.save(scope, ALIASES[:2])
        assert await vault.claim("resp_1", anns[0])
        assert await vault.forget_person("u", "ann") == 0, "of another tenant"
        assert await vault.forget_person("t", "ann") == 6
        assert [await vault.load(scope) for scope in anns] == [(), (), ()]
        assert await vault.load(bobs) == ALIASES[:2]
        assert await vault.owns("resp_1", anns[0]), "what a provider keeps must not become somebody else's"
        assert await vault.forget_person("t", "ann") == 0
        await vault.save(anns[0], ALIASES[:1])
        assert await vault.forget_person("t", "ann") == 1, "who comes again can be forgotten again"

    asyncio.run(scenario())


def test_a_session_stays_a_persons_whoever_adds_to_it(stand: Stand) -> None:
    async def scenario() -> None:
        scope = Scope("t", "shop", "key_1/ann", "s", "ann")
        await stand.mine.save(scope, ALIASES[:1])
        await stand.mine.save(Scope("t", "shop", "key_1/ann", "s"), ALIASES[1:2])
        assert await stand.mine.forget_person("t", "ann") == 2
        assert await stand.mine.load(scope) == ()

    asyncio.run(scenario())
