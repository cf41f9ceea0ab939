"""Promise 1: a prompt that is denied never reaches a model; an answer that is denied never reaches the user."""

import json

import openai
import pytest

from redoubt.domain.settings import OnDeny
from tests.e2e.callers import BAD_REQUEST, KINDS, caller
from tests.e2e.provider import CUTS
from tests.e2e.rig import House, tells
from tests.e2e.values import CARD, EMAIL, HIDINGS, REDACTED

REFUSED = {"openai": "content_filter", "anthropic": "refusal", "gemini": "SAFETY"}
BOTH = pytest.mark.parametrize("streamed", [False, True])
ALL = pytest.mark.parametrize("kind", KINDS)


@ALL
@BOTH
def test_a_denied_prompt_is_refused_and_never_reaches_the_model(
    house: House, kind: str, streamed: bool
) -> None:
    door = house.door("strict")
    with caller(kind, door) as client:
        for value in REDACTED.values():
            said = client.ask(f"please use {value} now", streamed=streamed)
            assert said.ended == REFUSED[kind]
            assert said.text
            assert not tells(said.text.encode(), value)
    assert house.provider.seen == []


@ALL
def test_hiding_it_does_not_help(house: House, kind: str) -> None:
    with caller(kind, house.door("strict")) as client:
        for hide in HIDINGS.values():
            assert client.ask(f"use {hide(CARD)} now", streamed=False).ended == REFUSED[kind]
    assert house.provider.seen == []


@ALL
@BOTH
def test_a_denial_as_an_error_is_the_sdks_own(house: House, kind: str, streamed: bool) -> None:
    door = house.door("strict", OnDeny.ERROR)
    with caller(kind, door) as client, pytest.raises(BAD_REQUEST[kind]) as caught:
        client.ask(f"please use {CARD} now", streamed=streamed)
    assert not tells(str(caught.value).encode(), CARD)
    assert house.provider.seen == []


def test_a_denial_as_an_error_has_the_code_that_clients_look_for(house: House) -> None:
    door = house.door("strict", OnDeny.ERROR)
    with openai.OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0) as client:
        with pytest.raises(openai.BadRequestError) as caught:
            client.chat.completions.create(model="gpt-x", messages=[{"role": "user", "content": CARD}])
        assert caught.value.code == "content_filter"
        with pytest.raises(openai.BadRequestError):
            client.embeddings.create(model="text-embedding-x", input=CARD)
    assert house.provider.seen == []


@ALL
@pytest.mark.parametrize("cut", [None, *CUTS])
def test_a_denied_answer_never_reaches_the_user(house: House, kind: str, cut: str | None) -> None:
    """The practice model's customer table holds card numbers."""
    door = house.door("strict")
    if cut is not None:
        house.provider.cut = CUTS[cut]
    with caller(kind, door) as client:
        said = client.ask("list all customers", streamed=cut is not None)
    assert len(house.provider.seen) == 1
    assert said.ended == REFUSED[kind]
    assert not tells(said.text.encode(), CARD)
    assert "5555" not in said.text
    assert [stored.entry.decision for stored in door.entries()][-2:] == ["allow", "deny"]


@ALL
@BOTH
def test_a_refusal_is_on_record_without_what_was_refused(house: House, kind: str, streamed: bool) -> None:
    door = house.door("strict")
    with caller(kind, door) as client:
        client.ask(f"please use {CARD} now", streamed=streamed)
    stored = door.entries(reveal=True)[-1].entry
    assert (stored.kind, stored.decision) == ("prompt", "deny")
    assert [record.finding.category for record in stored.findings] == ["finance.card"]
    assert not tells(stored.text.encode(), CARD)


@ALL
def test_what_the_strict_policy_does_not_deny_still_works(house: House, kind: str) -> None:
    with caller(kind, house.door("strict")) as client:
        assert client.ask(f"repeat: {EMAIL}", streamed=True).text == EMAIL
    assert not tells(house.provider.everything, EMAIL)


def test_a_picture_that_cannot_be_inspected_is_denied(house: House) -> None:
    door = house.door("strict")
    picture = {"type": "image_url", "image_url": {"url": "https://pictures.example/1.png"}}
    with openai.OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0) as client:
        answer = client.chat.completions.create(
            model="gpt-x",
            messages=[{"role": "user", "content": [{"type": "text", "text": "what is it?"}, picture]}],  # type: ignore[list-item, misc]
        )
    assert answer.choices[0].finish_reason == "content_filter"
    assert house.provider.seen == []
    assert json.dumps(answer.to_dict()).count("pictures.example") == 0
