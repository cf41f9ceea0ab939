"""What attackers make of tokens (RFC 8725; the pitfalls of JWT libraries since 2015). Each is refused, for the reason that is named."""

import asyncio
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from redoubt.domain.errors import TokenError
from tests.issuer import API, Provider, b64, new_key, part, sign
from tests.unit.adapters.oidc.doors import settings, tokens, who, why


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


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
    assert why(provider, f"{bare}.") == ("algorithm not allowed" if algorithm else "malformed")


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
