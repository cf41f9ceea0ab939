"""Whatever comes as a token, a cookie or metadata: an answer or a clear error, never a traceback."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redoubt.adapters.oidc.issuer import Issuer
from redoubt.adapters.oidc.keys import read_keys
from redoubt.adapters.oidc.metadata import read_metadata
from redoubt.adapters.oidc.tokens import OidcTokens
from redoubt.domain.errors import ServiceError, TokenError
from redoubt.domain.issuers import IssuerSettings
from redoubt.services.identity.attempts import Attempt, open_attempt, seal_attempt
from redoubt.services.identity.compact import read_compact
from redoubt.surfaces.gateway.browser import Cookie
from tests.issuer import API, Provider, b64, new_key, sign

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = ("iss", "aud", "sub", "exp", "iat", "nbf", "nonce", "azp", "groups", "name", "typ", "client_id")
HEADERS = ("alg", "kid", "typ", "cty", "crit", "jwk", "jku", "x5c", "zip", "b64")


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider("EdDSA")
    yield made
    made.close()


def door(provider: Provider) -> OidcTokens:
    one = IssuerSettings(provider.issuer, (API,), roles={"sec-admins": ("admin",)})
    return OidcTokens({one.issuer: Issuer(one, time.monotonic)})


def refused(tokens: OidcTokens, token: str) -> bool:
    try:
        asyncio.run(tokens.verify(token))
    except TokenError:
        return True
    return False


@given(token=st.text() | st.binary().map(lambda data: data.decode("latin-1")) | st.from_regex(r"eyJ[\w.-]*"))
def test_any_text_is_refused(provider: Provider, token: str) -> None:
    assert refused(door(provider), token)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    header=st.dictionaries(st.sampled_from(HEADERS) | st.text(max_size=5), JSON, max_size=5),
    claims=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), JSON, max_size=6),
)
def test_what_our_issuer_signs_is_taken_or_refused(
    provider: Provider, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    """The signature is right: all that can be wrong is what it says."""
    key = provider.keys["k0"]
    whole = {"alg": "EdDSA", "kid": "k0"}
    refused(door(provider), sign(whole | header, provider.claims(), "EdDSA", key))
    refused(door(provider), sign(whole, provider.claims() | claims, "EdDSA", key))
    if claims.keys() & {"iss", "aud", "sub", "exp"}:
        assert refused(door(provider), sign(whole, claims, "EdDSA", key))


@given(place=st.integers(0, 10_000), letter=st.sampled_from("ABCabc019-_.= \n\x00é"))
def test_one_changed_letter_is_refused(provider: Provider, place: int, letter: str) -> None:
    token = provider.token()
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    # The last letter of a signature of 64 bytes carries four bits that say nothing.
    if changed != token and place != len(token) - 1:
        assert refused(door(provider), changed)


@given(data=st.binary(max_size=200) | JSON.map(repr).map(str.encode))
def test_any_bytes_as_keys_or_metadata(data: bytes) -> None:
    with contextlib.suppress(ServiceError):
        read_keys(data)
    with contextlib.suppress(ServiceError):
        read_metadata(data, "https://id.example")


@given(
    row=st.fixed_dictionaries({"kid": st.text(), "kty": st.sampled_from(["RSA", "EC", "OKP", "oct"])}),
    more=JSON,
)
def test_any_key_is_read_or_passed_over(row: dict[str, Any], more: Any) -> None:
    import json

    good = new_key("EdDSA").as_dict(private=False) | {"kid": "good"}
    rows = [row | dict.fromkeys(("n", "e", "x", "y", "crv", "alg"), more), good, more]
    assert read_keys(json.dumps({"keys": rows}).encode()).keys() >= {"good"}


@given(text=st.text())
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    with contextlib.suppress(TokenError):
        read_compact(text)


@given(value=st.text() | st.binary().map(lambda data: b64(data)))
def test_any_text_is_no_login_under_way(value: str) -> None:
    with pytest.raises(TokenError):
        open_attempt(value, bytes(32), 0.0)


@given(place=st.integers(0, 10_000), letter=st.sampled_from("ABCabc019-_"))
def test_a_login_under_way_cannot_be_changed(place: int, letter: str) -> None:
    sealed = seal_attempt(Attempt("s", "n", "v", "/x", 1.0), bytes(32), bytes)
    place %= len(sealed) - 1  # the last letter may carry bits that say nothing
    changed = sealed[:place] + letter + sealed[place + 1 :]
    if changed == sealed:
        assert open_attempt(changed, bytes(32), 0.0).to == "/x"
    else:
        with pytest.raises(TokenError):
            open_attempt(changed, bytes(32), 0.0)


@given(data=st.binary(max_size=200))
def test_any_cookie_header_is_read(data: bytes) -> None:
    value = Cookie("__Host-redoubt", True).read({"headers": [(b"cookie", data)]})
    assert value == "" or value.encode("latin-1") in data
