"""Errors are the SDKs' own, whoever made them, and they quote nothing."""

import json
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from google.genai import errors

from redoubt.domain.rights import Grant
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from tests.e2e.callers import KINDS, caller
from tests.e2e.provider import Act, half, hang_up, plain, saying
from tests.e2e.rig import Door, House, tells
from tests.e2e.values import CARD, EMAIL

ALL = pytest.mark.parametrize("kind", KINDS)
BOTH = pytest.mark.parametrize("streamed", [False, True])
RAISED: dict[int, dict[str, type[Exception]]] = {
    401: {"openai": openai.AuthenticationError, "anthropic": anthropic.AuthenticationError},
    404: {"openai": openai.NotFoundError, "anthropic": anthropic.NotFoundError},
    413: {"openai": openai.APIStatusError, "anthropic": anthropic.APIStatusError},
    429: {"openai": openai.RateLimitError, "anthropic": anthropic.RateLimitError},
    500: {"openai": openai.InternalServerError, "anthropic": anthropic.InternalServerError},
}


def raised(status: int, kind: str) -> type[Exception]:
    if kind == "gemini":
        return errors.ServerError if status >= 500 else errors.ClientError
    return RAISED[min(status, 500)][kind]


def code_of(error: Any) -> int:
    return int(getattr(error, "status_code", 0) or error.code)


def fails(
    door: Door, kind: str, text: str = "hi", *, streamed: bool = False, status: int, **more: str
) -> Any:
    """Ask, expect the SDK's own error, and return it."""
    key = more.pop("key", "")
    with caller(kind, door, key) as client, pytest.raises(raised(status, kind)) as caught:
        client.ask(text, streamed=streamed, **more)
    assert code_of(caught.value) == status
    return caught.value


@ALL
@BOTH
@pytest.mark.parametrize("key", ["rdt_nonsense", "sk-something-else", "rdt_" + "A" * 50])
def test_an_unknown_key(house: House, door: Door, kind: str, streamed: bool, key: str) -> None:
    error = fails(door, kind, streamed=streamed, status=401, key=key)
    assert key not in str(error)
    assert house.provider.seen == []


@ALL
def test_a_revoked_key(house: House, door: Door, kind: str) -> None:
    service = PrincipalDraft("short-lived", app="shop", grants=(Grant("developer"),))
    made = door.stores.directory.make_service(service, KeyDraft("short-lived"))
    door.stores.directory.revoke_key(made.info.id)
    fails(door, kind, status=401, key=made.secret)
    assert house.provider.seen == []


@ALL
@BOTH
def test_an_unknown_model(house: House, door: Door, kind: str, streamed: bool) -> None:
    fails(door, kind, streamed=streamed, status=404, model=f"{CARD.replace(' ', '')}-model")
    assert house.provider.seen == []


@ALL
def test_a_rate_limit_says_when_to_come_back(house: House, door: Door, kind: str) -> None:
    key = door.new_key(per_minute=1)
    with caller(kind, door, key) as client:
        assert client.ask("hello", streamed=False).text
    error = fails(door, kind, status=429, key=key)
    assert 1 <= int(error.response.headers["retry-after"]) <= 60
    assert len(house.provider.seen) == 1


@ALL
def test_too_large(house: House, kind: str) -> None:
    error = fails(house.door(max_body_bytes=10_000), kind, f"{EMAIL} " * 1000, status=413)
    assert not tells(str(error).encode(), EMAIL)
    assert house.provider.seen == []


@ALL
@BOTH
@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_an_error_of_the_provider(house: House, door: Door, kind: str, streamed: bool, status: int) -> None:
    body = {"error": {"message": "the provider says no", "code": status, "status": "UNAVAILABLE"}}
    house.provider.acts.append(saying(plain(json.dumps(body).encode(), status)))
    assert "the provider says no" in str(fails(door, kind, streamed=streamed, status=status))


GARBAGE: dict[str, Act] = {
    "not JSON": saying(plain(b"<html>no</html>", 200, b"text/html")),
    "nothing": saying(plain(b"")),
    "half of it": saying(b"HTTP/1.1 200 X\r\ncontent-length: 99\r\n\r\n{", close=True),
    "a number": saying(plain(b"42")),
    "no HTTP": saying(b"\x00\x01\x02 nonsense \r\n\r\n", close=True),
    "not UTF-8": saying(plain(b'{"a":"\xff\xfe"}')),
    "deep": saying(plain(b"[" * 100_000)),
    "a reset": hang_up,
}


@ALL
@BOTH
@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_of_the_provider(house: House, door: Door, kind: str, streamed: bool, garbage: str) -> None:
    house.provider.acts.extend([GARBAGE[garbage]] * 2)  # a kept connection that breaks is tried once more
    fails(door, kind, streamed=streamed, status=502)
    house.provider.acts.clear()
    with caller(kind, door) as client:
        assert "still here" in client.ask("still here", streamed=streamed).text


@ALL
def test_a_stream_that_breaks_off_is_an_error_and_not_an_end(house: House, door: Door, kind: str) -> None:
    house.provider.acts.append(half)
    expected = {
        "openai": openai.APIError,
        "anthropic": anthropic.APIStatusError,
        "gemini": errors.ServerError,
    }[kind]
    with caller(kind, door) as client, pytest.raises(expected) as caught:
        client.ask(f"write to {EMAIL} " * 20, streamed=True)
    assert not tells(str(caught.value).encode(), EMAIL)
    assert door.entries()[-1].entry.note == "upstream broke off"


@ALL
@BOTH
def test_an_error_that_echoes_the_request_tells_nobody_elses_secret(
    house: House, door: Door, kind: str, streamed: bool
) -> None:
    """Providers quote requests in errors: what was masked is not in them, and what is found in them is masked."""
    body = {"error": {"message": f"cannot use the card {CARD}", "code": 500, "status": "INTERNAL"}}
    house.provider.acts.append(saying(plain(json.dumps(body).encode(), 500)))
    assert not tells(str(fails(door, kind, streamed=streamed, status=500)).encode(), CARD)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"model":',
        b"[]",
        b"1",
        b'"x"',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"model":1}',
        b'{"model":"practice-1"}',
    ],
)
@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/v1/chat/completions", ("error", "message")),
        ("/v1/responses", ("error", "message")),
        ("/v1/messages", ("error", "message")),
        ("/v1beta/models/gemini-x:generateContent", ("error", "status")),
    ],
)
def test_a_body_that_is_no_request(
    house: House, door: Door, path: str, place: tuple[str, str], body: bytes
) -> None:
    headers = {"authorization": f"Bearer {door.key}", "content-type": "application/json"}
    answer = httpx2.post(door.url + path, content=body, headers=headers)
    if answer.status_code == 200:  # the provider's own matter
        assert json.loads(body)
        assert house.provider.seen
        return
    assert answer.status_code == 400
    assert answer.json()[place[0]][place[1]]
    assert house.provider.seen == []
