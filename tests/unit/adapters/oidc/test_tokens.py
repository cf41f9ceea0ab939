"""Real tokens of a real provider, and what attackers make of them."""

import asyncio
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from redoubt.adapters.oidc.issuer import Issuer
from redoubt.adapters.oidc.tokens import OidcTokens
from redoubt.domain.errors import ServiceError, TokenError
from redoubt.domain.issuers import IssuerSettings
from redoubt.domain.principal import Kind
from redoubt.domain.rights import Grant
from redoubt.services.identity.interface import Outsider
from tests.issuer import API, Provider, b64, new_key, part, sign


class Clock:
    """Two clocks that a test can move."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def steady(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


def settings(provider: Provider, **more: Any) -> IssuerSettings:
    roles = {"sec-admins": ("admin",), "staff": ("developer", "auditor")}
    return IssuerSettings(provider.issuer, (API,), roles=roles, apps={"staff": "desk"}, **more)


def tokens(*of: IssuerSettings, clock: Clock | None = None) -> OidcTokens:
    clock = clock or Clock()
    return OidcTokens({one.issuer: Issuer(one, clock.steady) for one in of}, clock=clock.now)


def who(provider: Provider, token: str, **more: Any) -> Outsider:
    return asyncio.run(tokens(settings(provider, **more)).verify(token))


def why(provider: Provider, token: str, **more: Any) -> str:
    with pytest.raises(TokenError) as caught:
        who(provider, token, **more)
    assert str(caught.value) == str(TokenError("x"))  # all read alike
    return caught.value.cause.removeprefix("token: ")


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


NOW = int(time.time())
BAD_CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "another audience": ({"aud": "https://other.example"}, "wrong audience"),
    "a longer audience": ({"aud": API + "/"}, "wrong audience"),
    "no audience": ({"aud": None}, "wrong audience"),
    "an empty audience": ({"aud": []}, "wrong audience"),
    "an audience that is no text": ({"aud": [API, 7]}, "wrong audience"),
    "an audience as object": ({"aud": {API: 1}}, "wrong audience"),
    "another issuer": ({"iss": "https://evil.example"}, "wrong issuer"),
    "no issuer": ({"iss": None}, "wrong issuer"),
    "an issuer as list": ({"iss": ["x"]}, "wrong issuer"),
    "expired": ({"exp": NOW - 100}, "expired"),
    "no expiry": ({"exp": None}, "no expiry"),
    "an expiry as text": ({"exp": str(NOW + 100)}, "malformed"),
    "an expiry as truth": ({"exp": True}, "malformed"),
    "an endless expiry": ({"exp": 1e300}, "malformed"),
    "not yet valid": ({"nbf": NOW + 1000}, "not yet valid"),
    "issued in the future": ({"iat": NOW + 1000}, "issued in the future"),
    "issued too long ago": ({"iat": NOW - 90_000}, "too old"),
    "no time of issue": ({"iat": None}, "no time of issue"),
    "no subject": ({"sub": None}, "no subject"),
    "an empty subject": ({"sub": ""}, "no subject"),
    "a subject with a line break": ({"sub": "a\nb"}, "no subject"),
    "a subject beyond ASCII": ({"sub": "j\u00e4ne"}, "no subject"),
    "a subject of half a character": ({"sub": "\ud800"}, "no subject"),
    "a subject as number": ({"sub": 7}, "no subject"),
    "an ID token": ({"nonce": "n"}, "an ID token as bearer"),
    "an ID token by its hash": ({"at_hash": "x"}, "an ID token as bearer"),
    "a refresh token of Keycloak's": ({"typ": "Refresh"}, "an ID token as bearer"),
}


@pytest.mark.parametrize("what", BAD_CLAIMS)
def test_claims_that_are_refused(provider: Provider, what: str) -> None:
    claims, cause = BAD_CLAIMS[what]
    assert why(provider, provider.token({"typ": "JWT"}, **claims)) == cause


def test_a_required_claim(provider: Provider) -> None:
    assert why(provider, provider.token(tid="7"), required={"tid": "8"}) == "a required claim is missing"
    assert who(provider, provider.token(tid="8"), required={"tid": "8"})


def test_id_tokens_where_the_operator_says_so(provider: Provider) -> None:
    assert who(provider, provider.token({"typ": "JWT"}, nonce="n"), id_tokens=True)


def test_clocks_may_differ_a_little(provider: Provider) -> None:
    assert who(provider, provider.token(exp=NOW - 5, iat=NOW - 100))
    assert who(provider, provider.token(nbf=int(time.time()) + 30))
    assert why(provider, provider.token(exp=int(time.time()) - 5), leeway=0.0) == "expired"


BAD_HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "critical extension": ({"crit": ["b64"], "b64": False}, "critical header"),
    "compressed": ({"zip": "DEF"}, "critical header"),
    "nested": ({"cty": "JWT"}, "nested token"),
    "a logout token": ({"typ": "logout+jwt"}, "wrong type"),
    "a proof": ({"typ": "dpop+jwt"}, "wrong type"),
    "a type that is no text": ({"typ": 7}, "wrong type"),
    "no key id": ({"kid": ""}, "no key id"),
    "a key id that is no text": ({"kid": ["k0"]}, "no key id"),
    "a key id that is a path": ({"kid": "../../dev/null"}, "unknown key"),
    "an unknown key": ({"kid": "k99"}, "unknown key"),
    "an algorithm that is no text": ({"alg": ["RS256"]}, "algorithm not allowed"),
    "an algorithm in lower case": ({"alg": "rs256"}, "algorithm not allowed"),
    "an algorithm of another kind of key": ({"alg": "ES256"}, "wrong signature"),
    "an algorithm that is not allowed here": ({"alg": "RS512"}, "algorithm not allowed"),
}


@pytest.mark.parametrize("what", BAD_HEADERS)
def test_headers_that_are_refused(provider: Provider, what: str) -> None:
    header, cause = BAD_HEADERS[what]
    assert why(provider, provider.token(header)) == cause


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_no_signature_at_all(provider: Provider, algorithm: str) -> None:
    bare = f"{part({'alg': algorithm, 'kid': 'k0'})}.{part(provider.claims())}"
    assert why(provider, f"{bare}.{b64(b'x')}") == "algorithm not allowed"
    assert why(provider, f"{bare}.") == "malformed"


@pytest.mark.parametrize("algorithms", [("RS256",), ("RS256", "ES256", "EdDSA")])
def test_the_public_key_is_no_shared_secret(provider: Provider, algorithms: tuple[str, ...]) -> None:
    public = provider.keys["k0"]
    assert isinstance(public, RSAKey)
    signed = f"{part({'alg': 'HS256', 'kid': 'k0'})}.{part(provider.claims())}"
    for secret in (public.as_pem(private=False), json.dumps(public.as_dict(private=False)).encode()):
        forged = f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256'))}"
        assert why(provider, forged, algorithms=algorithms) == "algorithm not allowed"


def test_a_key_that_the_token_brings_is_not_looked_at(provider: Provider) -> None:
    mine = new_key("RS256", 7)
    for header in (
        {"jwk": mine.as_dict(private=False)},
        {"jku": "http://127.0.0.1:9/jwks"},
        {"x5u": "http://127.0.0.1:9/x"},
        {"x5c": ["AAAA"]},
    ):
        whole = {"alg": "RS256", "kid": "k0", **header}
        assert why(provider, sign(whole, provider.claims(), "RS256", mine)) == "wrong signature"
        assert why(provider, sign(whole | {"kid": "mine"}, provider.claims(), "RS256", mine)) == "unknown key"


def test_a_key_of_another_issuer_vouches_for_its_own_alone(provider: Provider) -> None:
    other = Provider("RS256")
    other.keys = {"other": new_key("RS256", 3)}
    try:
        both = tokens(settings(provider), settings(other))
        forged = sign({"alg": "RS256", "kid": "other"}, provider.claims(), "RS256", other.keys["other"])
        with pytest.raises(TokenError, match=r"not accepted") as caught:
            asyncio.run(both.verify(forged))
        assert caught.value.cause == "token: unknown key"
        assert asyncio.run(tokens(settings(other)).verify(other.token())).issuer == other.issuer
    finally:
        other.close()


TRICKS: dict[str, Callable[[Provider], str]] = {
    "a claim twice": lambda p: sign(
        {"alg": "RS256", "kid": "k0"}, json.dumps(p.claims())[:-1].encode() + b', "sub": "root"}', "RS256", p.keys["k0"]
    ),
    "a header twice": lambda p: sign(b'{"alg":"RS256","kid":"k0","alg":"none"}', p.claims(), "RS256", p.keys["k0"]),
    "not a number": lambda p: sign({"alg": "RS256", "kid": "k0"}, b'{"exp": NaN}', "RS256", p.keys["k0"]),
    "a nested token": lambda p: sign({"alg": "RS256", "kid": "k0"}, p.token().encode(), "RS256", p.keys["k0"]),
    "a list": lambda p: sign({"alg": "RS256", "kid": "k0"}, b"[1]", "RS256", p.keys["k0"]),
    "a deep nest": lambda p: sign({"alg": "RS256", "kid": "k0"}, b"[" * 5000, "RS256", p.keys["k0"]),
    "a long number": lambda p: sign({"alg": "RS256", "kid": "k0"}, b'{"exp": ' + b"9" * 5000 + b"}", "RS256", p.keys["k0"]),
    "padding": lambda p: p.token() + "=",
    "the other alphabet": lambda p: p.token().replace("_", "/").replace("-", "+") + "+",
    "two parts": lambda p: p.token().rpartition(".")[0],
    "four parts": lambda p: p.token() + ".x",
    "five parts": lambda p: p.token() + ".x.y",
    "a blank": lambda p: " " + p.token(),
    "bytes that are no text": lambda p: sign({"alg": "RS256", "kid": "k0"}, b'{"a":"\xff"}', "RS256", p.keys["k0"]),
}  # fmt: skip


@pytest.mark.parametrize("what", TRICKS)
def test_forms_that_are_refused(provider: Provider, what: str) -> None:
    assert why(provider, TRICKS[what](provider)) == "malformed"


def test_a_token_of_a_hundred_kilobytes(provider: Provider) -> None:
    assert why(provider, provider.token(more="x" * 100_000)) == "too long"
    assert provider.asked == []


def test_a_changed_signature_or_claim(provider: Provider) -> None:
    head, claims, signature = provider.token().split(".")
    other = part(provider.claims(sub="root"))
    assert why(provider, f"{head}.{other}.{signature}") == "wrong signature"
    swapped = ("B" if signature[9] == "A" else "A").join((signature[:9], signature[10:]))
    assert why(provider, f"{head}.{claims}.{swapped}") == "wrong signature"


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
