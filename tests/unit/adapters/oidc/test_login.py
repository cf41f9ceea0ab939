"""The login against a real provider, step by step, with a browser that a test plays."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from redoubt.adapters.oidc.issuer import Issuer
from redoubt.adapters.oidc.login import OidcLogin
from redoubt.domain.errors import ServiceError, TokenError
from redoubt.domain.issuers import IssuerSettings, LoginSettings
from redoubt.domain.rights import Grant
from redoubt.services.identity.login import LoggedIn
from tests.issuer import API, CLIENT, SECRET, Provider

BACK = "https://redoubt.example/redoubt/callback"
ALGORITHMS = ("RS256", "ES256", "EdDSA")


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def visit(url: str) -> dict[str, str]:
    """Open the provider's page; return the parameters with which it sends the browser back."""
    with pytest.raises(HTTPError) as caught:  # that is how urllib says a redirect that it does not follow
        build_opener(_Stay).open(url, timeout=5)
    with caught.value as answer:
        assert answer.code == 302
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


@pytest.fixture(params=ALGORITHMS)
def provider(request: pytest.FixtureRequest) -> Iterator[Provider]:
    made = Provider(request.param)
    yield made
    made.close()


@pytest.fixture
def one() -> Iterator[Provider]:
    made = Provider("ES256")
    yield made
    made.close()


def login(provider: Provider, ahead: float = 0.0, secret: str = SECRET) -> OidcLogin:
    issuer = IssuerSettings(provider.issuer, (API,), roles={"sec-admins": ("admin",)})
    settings = LoginSettings(
        provider.issuer, CLIENT, BACK, secret, after_logout="https://redoubt.example/bye"
    )
    return OidcLogin(settings, Issuer(issuer, time.monotonic), b"k" * 32, clock=lambda: time.time() + ahead)


def through(provider: Provider, **changed: str | None) -> LoggedIn:
    """Go all the way, with what the provider sends back changed."""

    async def work() -> LoggedIn:
        door = login(provider)
        begun = await door.begin("/redoubt/v1/me")
        answer = await asyncio.to_thread(visit, begun.url)
        answer = {k: v for k, v in (answer | changed).items() if v is not None}
        return await login(provider).finish(begun.attempt, answer)  # another gateway, the same key

    return asyncio.run(work())


def why(provider: Provider, **changed: str | None) -> str:
    with pytest.raises(TokenError) as caught:
        through(provider, **changed)
    assert str(caught.value) == str(TokenError("x"))
    return caught.value.cause.removeprefix("token: ")


def test_a_person_logs_in(provider: Provider) -> None:
    done = through(provider)
    assert (done.who.subject, done.who.name, done.to) == ("248289761001", "Jane Doe", "/redoubt/v1/me")
    assert done.who.grants == (Grant("admin"),)


def test_what_is_asked_of_the_provider(one: Provider) -> None:
    url = asyncio.run(login(one).begin("/x")).url
    asked = dict(parse_qsl(urlsplit(url).query))
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == BACK
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"state": "0" * 64}, "wrong state"),
        ({"state": None}, "wrong state"),
        ({"state": "\u00e4"}, "wrong state"),
        ({"iss": "https://evil.example"}, "wrong provider"),
        ({"iss": None}, "wrong provider"),
        ({"code": None}, "no code"),
        ({"code": "x" * 5000}, "no code"),
        ({"code": "\u00e4"}, "no code"),
        ({"code": "guessed"}, "code refused by the provider"),
        ({"error": "access_denied"}, "refused by the provider"),
    ],
)
def test_callbacks_that_are_refused(one: Provider, changed: dict[str, str | None], cause: str) -> None:
    assert why(one, **changed) == cause


@pytest.mark.parametrize(
    ("claims", "cause"),
    [
        ({"nonce": "another"}, "wrong nonce"),
        ({"nonce": None}, "wrong nonce"),
        ({"nonce": "\ud800"}, "wrong nonce"),
        ({"aud": API}, "wrong audience"),
        ({"aud": [CLIENT, API]}, "wrong party"),
        ({"azp": "another"}, "wrong party"),
        ({"at_hash": "AAAA"}, "wrong access token"),
        ({"at_hash": 7}, "wrong access token"),
        ({"iss": "https://evil.example"}, "wrong issuer"),
        ({"exp": 1}, "expired"),
    ],
)
def test_id_tokens_that_are_refused(one: Provider, claims: dict[str, Any], cause: str) -> None:
    one.more_claims = claims
    assert why(one) == cause


def test_a_person_in_hundreds_of_groups(one: Provider) -> None:
    one.person.groups = (*(f"00000000-0000-0000-0000-{n:012}" for n in range(200)), "sec-admins")
    assert through(one).who.grants == (Grant("admin"),)
    one.person.groups = ("x" * 60_000,)
    assert why(one) == "too long"


def test_several_audiences_and_the_party_named(one: Provider) -> None:
    one.more_claims = {"aud": [CLIENT, API], "azp": CLIENT}
    assert through(one).who.subject


def test_a_code_is_good_once(one: Provider) -> None:
    async def work() -> str:
        door = login(one)
        begun = await door.begin("/x")
        answer = await asyncio.to_thread(visit, begun.url)
        await door.finish(begun.attempt, answer)
        with pytest.raises(TokenError) as caught:
            await door.finish(begun.attempt, answer)
        return caught.value.cause

    assert asyncio.run(work()) == "token: code refused by the provider"


def test_a_code_of_somebody_elses_login_is_no_good(one: Provider) -> None:
    """A thief who holds a code, but not the verifier that only the victim's browser keeps, gets nothing (RFC 7636)."""

    async def work() -> str:
        door = login(one)
        victim, thief = await door.begin("/x"), await door.begin("/x")
        stolen = await asyncio.to_thread(visit, victim.url)
        own = await asyncio.to_thread(visit, thief.url)
        with pytest.raises(TokenError) as caught:
            await door.finish(thief.attempt, own | {"code": stolen["code"]})
        return caught.value.cause

    assert asyncio.run(work()) == "token: code refused by the provider"


@pytest.mark.parametrize("attempt", ["", "x", "A" * 200, "\u00e4", "A" * 100_000, "====", "\ud800"])
def test_cookies_that_nobody_made(one: Provider, attempt: str) -> None:
    with pytest.raises(TokenError) as caught:
        asyncio.run(login(one).finish(attempt, {"state": "x", "code": "y"}))
    assert caught.value.cause == "token: no login under way"


def test_a_login_that_takes_too_long(one: Provider) -> None:
    async def work() -> None:
        begun = await login(one).begin("/x")
        answer = await asyncio.to_thread(visit, begun.url)
        await login(one, ahead=601).finish(begun.attempt, answer)

    with pytest.raises(TokenError) as caught:
        asyncio.run(work())
    assert caught.value.cause == "token: login took too long"


def test_a_wrong_client_secret(one: Provider) -> None:
    async def work() -> None:
        door = login(one, secret="wrong")
        begun = await door.begin("/x")
        await door.finish(begun.attempt, await asyncio.to_thread(visit, begun.url))

    with pytest.raises(TokenError):
        asyncio.run(work())


def test_a_provider_that_is_down(one: Provider) -> None:
    one.down = True
    with pytest.raises(ServiceError):
        asyncio.run(login(one).begin("/x"))
    assert asyncio.run(login(one).farewell()) == ""


def test_the_provider_logs_the_person_out_too(one: Provider) -> None:
    url = asyncio.run(login(one).farewell())
    assert url.startswith(f"{one.issuer}/end?")
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "client_id": CLIENT,
        "post_logout_redirect_uri": "https://redoubt.example/bye",
    }
