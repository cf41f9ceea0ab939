"""Real tokens of a real provider, and keys that come and go. What attackers make of tokens: `tests/bypass/test_token_bypass.py`."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from redoubt.domain.errors import ServiceError, TokenError
from redoubt.domain.principal import Kind
from redoubt.domain.rights import Grant
from tests.issuer import Provider
from tests.unit.adapters.oidc.doors import Clock, settings, tokens, who, why


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "PS256", "ES384"])
def test_a_good_token(algorithm: str) -> None:
    provider = Provider(algorithm)
    try:
        found = who(provider, provider.token(groups=["staff", "chess"]), algorithms=(algorithm,))
    finally:
        provider.close()
    assert (found.issuer, found.subject, found.name) == (provider.issuer, "248289761001", "Jane Doe")
    assert found.grants == (Grant("auditor"), Grant("developer"))
    assert (found.app, found.tenant, found.kind) == ("desk", "default", Kind.USER)
    assert found.groups == ("staff", "chess")


@pytest.mark.parametrize(
    "groups", [None, [], ["chess"], "chess", {"sec-admins": 1}, [["sec-admins"]], 7, ["SEC-ADMINS"]]
)
def test_nobody_gets_a_right_that_no_mapping_gives(provider: Provider, groups: Any) -> None:
    assert who(provider, provider.token(groups=groups)).grants == ()


def test_groups_inside_another_claim(provider: Provider) -> None:
    token = provider.token(groups=None, realm_access={"roles": ["sec-admins"]})
    assert who(provider, token, groups_claim=("realm_access", "roles")).grants == (Grant("admin"),)
    assert who(provider, token).grants == ()


def test_a_client_is_a_service_and_a_claim_may_say_agent(provider: Provider) -> None:
    assert who(provider, provider.token(sub="robot", client_id="robot")).kind is Kind.SERVICE
    assert who(provider, provider.token(actor="agent"), kind_claim="actor").kind is Kind.AGENT
    assert who(provider, provider.token(actor="king"), kind_claim="actor").kind is Kind.USER


def test_id_tokens_where_the_operator_says_so(provider: Provider) -> None:
    assert who(provider, provider.token({"typ": "JWT"}, nonce="n"), id_tokens=True)


def test_clocks_may_differ_a_little(provider: Provider) -> None:
    assert who(provider, provider.token(exp=int(time.time()) - 5, iat=int(time.time()) - 100))
    assert who(provider, provider.token(nbf=int(time.time()) + 30))
    assert why(provider, provider.token(exp=int(time.time()) - 5), leeway=0.0) == "expired"


def test_rotation_is_seen_at_the_first_token_and_costs_one_look(provider: Provider) -> None:
    async def work() -> None:
        clock = Clock()
        door = tokens(settings(provider), clock=clock)
        old = provider.token()
        await door.verify(old)
        provider.rotate()
        new = provider.token()
        clock.ahead += 60
        found = await asyncio.gather(*(door.verify(new) for _ in range(20)))
        assert len(found) == 20
        assert provider.asked.count("/jwks") == 2
        with pytest.raises(TokenError):  # its key is gone, and what was verified with it is not remembered
            await door.verify(old)

    asyncio.run(work())


def test_unknown_keys_do_not_make_us_a_weapon(provider: Provider) -> None:
    async def work() -> None:
        clock = Clock()
        door = tokens(settings(provider, refetch=30.0), clock=clock)
        for number in range(50):
            with pytest.raises(TokenError):
                await door.verify(provider.token({"kid": f"x{number}"}))
        assert provider.asked.count("/jwks") == 1
        clock.ahead += 31
        with pytest.raises(TokenError):
            await door.verify(provider.token({"kid": "x"}))
        assert provider.asked.count("/jwks") == 2

    asyncio.run(work())


def test_an_issuer_that_is_down_keeps_its_keys_for_a_time_and_then_nobody_comes_in(
    provider: Provider,
) -> None:
    async def work() -> None:
        clock = Clock()
        door = tokens(settings(provider, keep=3600.0), clock=clock)
        await door.verify(provider.token())
        provider.down = True
        assert len(await door.refresh()) == 1
        clock.ahead += 3000
        later = provider.token(iat=int(clock.now()), exp=int(clock.now()) + 3600)
        await door.verify(later)
        clock.ahead += 700
        with pytest.raises(ServiceError):
            await door.verify(later)
        provider.down = False
        clock.ahead += 31
        assert await door.verify(later)

    asyncio.run(work())


def test_a_known_token_ends_when_it_says(provider: Provider) -> None:
    async def work() -> None:
        clock = Clock()
        door = tokens(settings(provider), clock=clock)
        token = provider.token()
        first = await door.verify(token)
        assert await door.verify(token) is first
        clock.ahead += 361
        with pytest.raises(TokenError):
            await door.verify(token)

    asyncio.run(work())


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://other.example"}, {"jwks_uri": "http://other.example/jwks"}]
)
def test_metadata_that_cannot_be_trusted(provider: Provider, metadata: dict[str, str]) -> None:
    provider.more_metadata = metadata
    with pytest.raises(ServiceError):
        who(provider, provider.token())


def test_keys_without_discovery(provider: Provider) -> None:
    given = replace(settings(provider), jwks_uri=f"{provider.issuer}/jwks")
    assert asyncio.run(tokens(given).verify(provider.token()))
    assert provider.asked == ["/jwks"]
