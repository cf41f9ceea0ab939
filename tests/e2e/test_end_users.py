"""Whose data it is: the end user's only where the application may name one. Pseudonyms are kept apart by who is named in any case."""

import json

import httpx2
import pytest

from tests.e2e.provider import plain, saying
from tests.e2e.rig import Door, House, new_key
from tests.e2e.values import EMAIL

ANSWER = plain(b'{"id":"c","object":"chat.completion","choices":[]}')


def ask(house: House, door: Door, key: str, header: str = "", **more: str) -> tuple[str, str, list[str], str]:
    """Return subject and notes of what was recorded, and what went to the provider."""
    house.provider.forget()
    house.provider.acts.append(saying(ANSWER))
    body = {"model": "gpt-x", "messages": [{"role": "user", "content": EMAIL}], **more}
    headers = {"authorization": f"Bearer {key}", "x-redoubt-session": "desk"}
    if header:
        headers["x-redoubt-end-user"] = header
    answer = httpx2.post(f"{door.url}/v1/chat/completions", json=body, headers=headers)
    assert answer.status_code == 200
    entries = [stored.entry for stored in door.entries(answer.headers["x-redoubt-exchange"])]
    assert len({entry.subject for entry in entries}) == 1
    sent = json.loads(house.provider.seen[-1].body)["messages"][0]["content"]
    return entries[0].subject, entries[0].principal, [entry.note for entry in entries], sent


@pytest.fixture
def keys(door: Door) -> tuple[str, str]:
    return new_key(door.stores, app="shop", trusted=True), new_key(door.stores, app="shop", trusted=False)


def test_a_trusted_application_names_the_subject(house: House, door: Door, keys: tuple[str, str]) -> None:
    by_body, *_ = ask(house, door, keys[0], user="jane")
    by_header, *_ = ask(house, door, keys[0], header="jane")
    both, *_ = ask(house, door, keys[0], header="jane", user="joan")
    assert by_body == by_header == both
    assert by_body.startswith("eu_")
    subject, principal, notes, _ = ask(house, door, keys[0])
    assert subject == principal
    assert not any(notes)


def test_another_ones_subject_is_itself_and_pseudonyms_differ_all_the_same(
    house: House, door: Door, keys: tuple[str, str]
) -> None:
    subject, principal, notes, janes = ask(house, door, keys[1], user="jane")
    assert subject == principal
    assert [note for note in notes if "end user" in note] == ["an end user was named by who may not name one"]
    assert [ask(house, door, keys[1], header="jane")[3], ask(house, door, keys[1], user="joan")[3]] != [
        janes,
        janes,
    ]
    assert ask(house, door, keys[1], header="jane")[3] == janes
    assert ask(house, door, keys[1], user="joan")[3] != janes
    assert ask(house, door, keys[1])[3] != janes


def test_the_header_stays_here(house: House, door: Door, keys: tuple[str, str]) -> None:
    ask(house, door, keys[0], header="jane-the-end-user")
    assert b"jane-the-end-user" not in house.provider.everything
    assert "jane-the-end-user" not in str(door.entries(reveal=True))
