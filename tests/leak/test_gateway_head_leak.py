"""Promise 2, for what stands around a prompt: headers, the end user's name, and what a provider says of our own key."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.e2e.provider import plain, saying
from tests.e2e.rig import House, tells

EMAIL = "canary.bird@acme-widgets.com"
AWS_KEY = "AKIAQ3EGTV7KXCANARY2"
CARD = "4539148803436467"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("head"))
    yield made
    made.close()


def chat(**more: str) -> dict[str, object]:
    return {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}], **more}


@pytest.mark.parametrize("value", [AWS_KEY, EMAIL, CARD])
@pytest.mark.parametrize(
    "name",
    ["user-agent", "idempotency-key", "x-client-request-id", "openai-organization", "x-stainless-lang"],
)
def test_a_header_that_holds_a_value_stays_here(house: House, name: str, value: str) -> None:
    door = house.door()
    house.provider.forget()
    headers = {"authorization": f"Bearer {door.key}", "openai-project": "proj_1", name: f"it is {value}"}
    for method, path, body in (("POST", "/v1/chat/completions", chat()), ("GET", "/v1/models", None)):
        answer = httpx2.request(method, f"{door.url}{path}", json=body, headers=headers)
        assert answer.status_code == 200
    assert len(house.provider.seen) >= 2
    assert b"openai-project: proj_1" in house.provider.everything.lower()
    assert not tells(house.provider.everything, value)


def test_the_name_of_an_end_user_is_in_no_file(tmp_path: Path) -> None:
    """An application that uses mail addresses as ids: the log names its people, and cannot be changed, so it must not name them so."""
    house = House(tmp_path)
    try:
        door = house.door()
        headers = {"authorization": f"Bearer {door.key}", "x-redoubt-session": "s"}
        for name in (EMAIL, EMAIL, "somebody.else@acme-widgets.com"):
            answer = httpx2.post(f"{door.url}/v1/chat/completions", json=chat(user=name), headers=headers)
            assert answer.status_code == 200
        subjects = [stored.entry.subject for stored in door.entries() if stored.entry.kind == "prompt"]
        assert subjects[0] == subjects[1] != subjects[2]
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert [file.name for file in files if tells(file.read_bytes(), EMAIL)] == []
        assert any(subjects[0].encode() in file.read_bytes() for file in files)
    finally:
        house.close()


@pytest.mark.parametrize("status", [401, 403])
def test_a_provider_that_quotes_our_key_is_not_quoted(house: House, status: int) -> None:
    door = house.door()
    house.provider.forget()
    said = json.dumps({"error": {"message": "Incorrect API key provided: far-key"}}).encode()
    for path in ("/v1/models", "/v1/models/gpt-x"):
        house.provider.acts.append(saying(plain(said, status)))
        answer = httpx2.get(f"{door.url}{path}", headers={"authorization": f"Bearer {door.key}"})
        assert answer.status_code == 502
        assert b"far-key" not in answer.content
