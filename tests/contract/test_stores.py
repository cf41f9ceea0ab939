"""What every store of keys and pseudonyms must do."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Engine

from redoubt.adapters.sql.vault import SqlVault
from redoubt.domain.errors import ServiceError
from redoubt.domain.pseudonym import Alias
from redoubt.services.vault.interface import Scope
from tests.contract.stands import Stand


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


ALIASES = tuple(Alias(f"<EMAIL_{n}>", f"a{n}@example.org", "pii.email") for n in range(5))


def in_vault(engine: Engine, clock: Callable[[], float]) -> SqlVault:
    return SqlVault(engine, master=b"v" * 32, ttl=50.0, clock=clock)


def test_a_session_keeps_its_aliases_and_shares_them_with_nobody(engine: Engine) -> None:
    vault = in_vault(engine, lambda: 0.0)
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
        await vault.save(mine, ALIASES[:2])
        await vault.save(mine, ALIASES)
        assert await vault.load(mine) == ALIASES
        for other in others:
            assert await vault.load(other) == ()
            assert vault.key(other) != vault.key(mine)
        assert await vault.forget(mine) == 5
        assert await vault.load(mine) == ()

    asyncio.run(scenario())


def test_what_a_provider_keeps_is_its_first_owners(engine: Engine) -> None:
    clock = Clock()
    vault = in_vault(engine, clock)
    mine, yours = Scope("t", "shop", "key_1"), Scope("t", "shop", "key_2")

    async def work() -> None:
        assert not await vault.owns("resp_1", mine)
        assert await vault.claim("resp_1", mine)
        assert await vault.claim("resp_1", mine)
        assert not await vault.claim("resp_1", yours)
        assert [await vault.owns("resp_1", who) for who in (mine, yours)] == [True, False]
        assert not await vault.owns("resp_2", mine)
        assert await vault.load(Scope("t", "", "", "resp_1")) == ()
        clock.now += 91 * 24 * 3600
        await vault.purge()
        assert not await vault.owns("resp_1", mine)

    asyncio.run(work())


def test_sessions_end(engine: Engine) -> None:
    clock = Clock()
    vault = in_vault(engine, clock)
    mine, yours = Scope("t", "a", "k", "1"), Scope("t", "a", "k", "2")

    async def scenario() -> None:
        await vault.save(mine, ALIASES[:1])
        clock.now += 40.0
        await vault.save(yours, ALIASES[:2])
        assert await vault.load(mine) == ALIASES[:1]
        clock.now += 10.0
        assert await vault.load(mine) == ()
        assert await vault.purge() == {"t": 1}
        assert await vault.load(yours) == ALIASES[:2]

    asyncio.run(scenario())


def test_an_alias_moved_to_another_session_does_not_open(stand: Stand) -> None:
    vault = in_vault(stand.engine, lambda: 0.0)
    mine, yours = Scope("t", "a", "k", "1"), Scope("t", "a", "k", "2")

    async def scenario() -> None:
        await vault.save(mine, ALIASES[:1])
        await vault.save(yours, ALIASES[1:2])
        stand.run(
            "UPDATE vault_aliases SET scope = (SELECT scope FROM vault_sessions ORDER BY scope LIMIT 1)"
        )
        moved = [await _opens(vault, mine), await _opens(vault, yours)]
        assert False in moved, "the session that got the foreign alias must not open it"

    asyncio.run(scenario())


async def _opens(vault: SqlVault, scope: Scope) -> bool:
    try:
        await vault.load(scope)
    except ServiceError:
        return False
    return True
