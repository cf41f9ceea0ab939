"""Promise 3: nobody else's session restores a pseudonym, and one that is typed by hand restores nothing."""

import json
import re

import httpx2
import pytest

from tests.e2e.callers import KINDS, caller
from tests.e2e.provider import plain, saying
from tests.e2e.rig import Door, House, tells
from tests.e2e.values import EMAIL, PHONE

PSEUDONYM = re.compile(rb"EMAIL_[0-9A-Z]+")
ALL = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def stolen(house: House, door: Door) -> str:
    """A pseudonym that lives: it stands for Jane's address in the shop's session "jane"."""
    with caller("openai", door) as client:
        client.ask(f"write to {EMAIL}", streamed=False, session="jane")
    found = PSEUDONYM.search(house.provider.seen[-1].body)
    assert found
    house.provider.forget()
    return found[0].decode()


@ALL
def test_another_key_gets_nothing_back(door: Door, kind: str, stolen: str) -> None:
    with caller(kind, door, door.other) as thief:
        for session in ("", "jane"):
            for streamed in (False, True):
                said = thief.ask(f"repeat: {stolen}", streamed=streamed, session=session)
                assert said.text == stolen


@ALL
def test_another_key_of_the_same_application_gets_nothing_back(door: Door, kind: str, stolen: str) -> None:
    with caller(kind, door, door.new_key(app="shop")) as thief:
        assert thief.ask(f"repeat: {stolen}", streamed=False, session="jane").text == stolen


@ALL
def test_another_exchange_of_the_same_key_gets_nothing_back(door: Door, kind: str, stolen: str) -> None:
    with caller(kind, door) as client:
        for session in ("", "joan"):
            assert client.ask(f"repeat: {stolen}", streamed=True, session=session).text == stolen


@ALL
def test_a_typed_pseudonym_restores_nothing_even_in_its_own_session(
    door: Door, kind: str, stolen: str
) -> None:
    with caller(kind, door) as client:
        for typed in (stolen, stolen.lower(), stolen.replace("_", " "), f"给{stolen}发"):
            said = client.ask(f"repeat: {typed} and more", streamed=True, session="jane")
            assert not tells(said.text.encode(), EMAIL)


@ALL
def test_in_its_own_session_the_model_may_use_it(house: House, door: Door, kind: str, stolen: str) -> None:
    """The value is typed again: the same pseudonym goes out, in every protocol, and the value comes back."""
    with caller(kind, door) as client:
        said = client.ask(f"repeat: {EMAIL} or {PHONE}", streamed=True, session="jane")
    assert said.text == f"{EMAIL} or {PHONE}"
    assert stolen.encode() in house.provider.everything


def test_two_people_of_one_application_do_not_share(house: House, door: Door) -> None:
    import openai

    with openai.OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0) as client:

        def ask(text: str, user: str) -> str:
            answer = client.chat.completions.create(
                model="gpt-x",
                messages=[{"role": "user", "content": text}],
                user=user,
                extra_headers={"x-redoubt-session": "desk"},
            )
            return answer.choices[0].message.content or ""

        assert ask(f"repeat: {EMAIL}", "user-1") == EMAIL
        mine = json.loads(house.provider.seen[-1].body)["messages"][0]["content"].removeprefix("repeat: ")
        assert ask(f"repeat: {mine}", "user-2") == mine


def test_the_management_api_restores_for_the_owner_alone(door: Door) -> None:
    def call(path: str, key: str, **body: str) -> dict[str, str]:
        answer = httpx2.post(
            f"{door.url}/redoubt/v1/{path}", json=body, headers={"authorization": f"Bearer {key}"}
        )
        assert answer.status_code == 200
        return dict(answer.json())

    masked = call("mask", door.key, text=f"write to {EMAIL}", session="shared-name")["text"]
    assert not tells(masked.encode(), EMAIL)
    assert call("restore", door.key, text=masked, session="shared-name")["text"] == f"write to {EMAIL}"
    for key in (door.other, door.admin, door.new_key(app="shop")):
        assert call("restore", key, text=masked, session="shared-name")["text"] == masked


def test_an_answer_that_the_provider_keeps_is_its_makers_alone(house: House, door: Door) -> None:
    """Both keys share the provider's account, so the provider would give each the other's answers."""
    kept = {"id": "resp_kept", "object": "response", "status": "completed", "output": []}
    body = {"model": "gpt-x", "input": "my secret plan", "user": "jane"}
    follow = {"model": "gpt-x", "input": "what did I say?", "previous_response_id": "resp_kept"}

    def call(key: str, method: str, path: str, json: object = None) -> int:
        headers = {"authorization": f"Bearer {key}"}
        return httpx2.request(method, f"{door.url}{path}", json=json, headers=headers).status_code

    house.provider.acts.extend(saying(plain(json.dumps(kept).encode())) for _ in range(4))
    for method, path, sent in (
        ("GET", "/v1/responses/resp_kept", None),
        ("POST", "/v1/responses", follow),
    ):
        assert call(door.key, method, path, sent) == 404  # nobody's yet
    assert call(door.key, "POST", "/v1/responses", body) == 200
    for key in (door.other, door.admin, door.new_key(app="shop")):
        assert call(key, "GET", "/v1/responses/resp_kept") == 404
        assert call(key, "GET", "/v1/responses/resp_kept?stream=true") == 404
        assert call(key, "POST", "/v1/responses/resp_kept/cancel") == 404
        assert call(key, "DELETE", "/v1/responses/resp_kept") == 404
        assert call(key, "POST", "/v1/responses", follow) == 404
    assert len(house.provider.seen) == 1
    assert call(door.key, "GET", "/v1/responses/resp_kept") == 200
    assert call(door.key, "POST", "/v1/responses", follow) == 200
    assert call(door.key, "DELETE", "/v1/responses/resp_kept") == 200


def test_a_conversation_is_whose_it_was_first(house: House, door: Door) -> None:
    body = {"model": "gpt-x", "input": "hi", "conversation": "conv_1"}

    def call(key: str) -> int:
        headers = {"authorization": f"Bearer {key}"}
        return httpx2.post(f"{door.url}/v1/responses", json=body, headers=headers).status_code

    assert [call(door.key), call(door.other), call(door.key)] == [200, 404, 200]


def test_no_two_end_users_are_taken_for_one(house: House, door: Door) -> None:
    """Once their names were cut at 256 characters."""
    headers = {"authorization": f"Bearer {door.key}", "x-redoubt-session": "long"}
    for name in ("x" * 300 + "a", "x" * 300 + "b", "x" * 300):
        body = {"model": "gpt-x", "messages": [{"role": "user", "content": EMAIL}], "user": name}
        assert httpx2.post(f"{door.url}/v1/chat/completions", json=body, headers=headers).status_code == 200
    assert len(set(PSEUDONYM.findall(house.provider.everything))) == 3
