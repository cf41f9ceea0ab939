"""A person's exchanges through a whole gateway: found, revealed by two, held, erased; and what goes on afterwards."""

from typing import Any

import httpx2
import pytest

from redoubt.domain.rights import Grant
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from tests.e2e.provider import plain, saying
from tests.e2e.rig import Door, House, new_key
from tests.e2e.values import EMAIL

ANSWER = plain(b'{"id":"c","object":"chat.completion","choices":[]}')
SAID = "the words of one who will be forgotten"
AWS = "AKIAIOSFODNN7EXAMPLF"


@pytest.fixture
def shop(door: Door) -> str:
    return new_key(door.stores, app="shop", trusted=True)


@pytest.fixture
def auditor(door: Door) -> str:
    return new_key(door.stores, app="desk", role="auditor")


def say(house: House, door: Door, key: str, person: str, words: str = SAID) -> str:
    """Return the exchange."""
    house.provider.forget()
    house.provider.acts.append(saying(ANSWER))
    body = {"model": "gpt-x", "messages": [{"role": "user", "content": f"{words} {EMAIL}"}], "user": person}
    headers = {"authorization": f"Bearer {key}", "x-redoubt-session": "desk"}
    answer = httpx2.post(f"{door.url}/v1/chat/completions", json=body, headers=headers)
    assert answer.status_code == 200
    return str(answer.headers["x-redoubt-exchange"])


def call(door: Door, key: str, method: str, path: str, **more: Any) -> httpx2.Response:
    headers = {"authorization": f"Bearer {key}"}
    return httpx2.request(method, f"{door.url}/redoubt/v1/audit{path}", headers=headers, timeout=30, **more)


def found(answer: httpx2.Response) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {entry["exchange"] for entry in answer.json()["entries"]}


def recorded(door: Door, *events: str) -> list[tuple[str, str, str]]:
    return [(s.entry.api, s.entry.decision, s.entry.note) for s in door.entries() if s.entry.api in events]


def test_what_was_said_is_found_by_what_is_asked(house: House, door: Door, shop: str, auditor: str) -> None:
    first = say(house, door, shop, "findme@example.com")
    second = say(house, door, shop, "other@example.com")
    assert found(call(door, auditor, "GET", "/search", params={"subject": "findme@example.com"})) == {first}
    assert first in found(call(door, auditor, "GET", "/search", params={"category": "pii", "app": "shop"}))
    for params in (
        {"limit": "x"},
        {"limit": "0"},
        {"since": "yesterday"},
        {"model": "m" * 301},
        {"value": "v"},
    ):
        assert call(door, auditor, "GET", "/search", params=params).status_code == 400
    page = call(door, auditor, "GET", "/search", params={"app": "shop", "limit": 1}).json()
    assert len(page["entries"]) == 1
    rest = call(
        door, auditor, "GET", "/search", params={"app": "shop", "limit": 1, "before": page["next"]}
    ).json()
    assert rest["entries"][0]["index"] < page["entries"][0]["index"]
    assert second != first


def test_who_sent_a_value_and_the_search_is_on_record_once(
    house: House, door: Door, shop: str, auditor: str
) -> None:
    leaked = f"leaked.{AWS.lower()}@example.com"
    exchange = say(house, door, shop, "ann", f"mail {leaked} now")
    before = len(recorded(door, "audit.search"))
    for page in ({}, {"before": 1 << 40}, {"limit": 5}):
        answer = call(door, auditor, "POST", "/search", json={"value": f" {leaked.upper()}\n", **page})
        assert found(answer) == {exchange}
    assert found(call(door, auditor, "POST", "/search", json={"value": "nobody@example.com"})) == set()
    notes = recorded(door, "audit.search")[before:]
    assert notes == [("audit.search", "allow", "entries by a value")] * 2
    assert call(door, auditor, "POST", "/search", json={"value": " "}).status_code == 400
    assert leaked not in str(door.entries(reveal=True)).replace(f"mail {leaked}", "")


def test_a_person_is_erased_and_goes_on_under_a_new_key(house: House, door: Door, shop: str) -> None:
    gone, stays = say(house, door, shop, "gone"), say(house, door, shop, "stays")
    answer = call(door, door.admin, "POST", "/subjects/gone/erase", params={"app": "shop"})
    assert answer.status_code == 200, answer.text
    [erased] = answer.json()["erased"]
    assert erased["subject"].startswith("eu_")
    assert (erased["keys"], erased["entries"]) == (1, 2)
    assert erased["aliases"] > 0
    texts = {s.entry.exchange: s.entry.text for s in door.entries(reveal=True) if s.entry.kind == "prompt"}
    assert texts[gone] == ""
    assert SAID in texts[stays]
    again = say(house, door, shop, "gone")
    assert SAID in next(s.entry.text for s in door.entries(again, reveal=True) if s.entry.kind == "prompt")
    [(_, decision, note)] = [r for r in recorded(door, "audit.erased") if erased["subject"] in r[2]]
    assert decision == "allow"
    assert "2 entries" in note
    assert call(door, door.admin, "POST", "/subjects/nobody-of-that-name/erase").status_code == 404


def test_a_hold_wins(house: House, door: Door, shop: str, auditor: str) -> None:
    exchange = say(house, door, shop, "held")
    asked = {"subject": "held", "app": "shop", "reason": "case 7"}
    placed = call(door, auditor, "POST", "/holds", json=asked)
    assert placed.status_code == 201, placed.text
    [hold] = placed.json()["holds"]
    assert hold["id"] in [each["id"] for each in call(door, auditor, "GET", "/holds").json()["holds"]]
    refused = call(door, door.admin, "POST", "/subjects/held/erase")
    assert refused.status_code == 409
    assert hold["id"] in refused.json()["error"]["message"]
    assert recorded(door, "audit.erase")[-1] == ("audit.erase", "deny", "not done: held")
    assert any(SAID in s.entry.text for s in door.entries(exchange, reveal=True))
    assert call(door, auditor, "POST", "/subjects/held/release").json() == {"released": 1}
    assert call(door, door.admin, "POST", "/subjects/held/erase").status_code == 200
    past = {**asked, "until": 5.0}
    assert call(door, auditor, "POST", "/holds", json=past).status_code == 400


def test_it_takes_two_to_see_a_text(
    house: House, door: Door, shop: str, auditor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = say(house, door, shop, "ann")
    other = new_key(door.stores, app="desk", role="auditor")
    monkeypatch.setattr(type(door.settings.audit), "reveal_needs", 2, raising=False)
    assert call(door, auditor, "GET", "", params={"exchange": exchange, "reveal": "true"}).status_code == 403
    asked = call(door, auditor, "POST", "/reveals", json={"exchange": exchange, "reason": "incident 9"})
    assert asked.status_code == 201, asked.text
    path = f"/reveals/{asked.json()['id']}"
    assert call(door, auditor, "POST", f"{path}/open").status_code == 400, "not approved yet"
    assert call(door, auditor, "POST", f"{path}/approve").status_code == 403, "not by oneself"
    approved = call(door, other, "POST", f"{path}/approve")
    assert approved.json()["state"] == "approved"
    assert call(door, other, "POST", f"{path}/open").status_code == 403
    opened = call(door, auditor, "POST", f"{path}/open")
    assert [SAID in entry["text"] for entry in opened.json()["entries"]] == [False, True]
    assert call(door, auditor, "POST", f"{path}/open").status_code == 400, "once"
    assert recorded(door, "audit.reveal")[-1] == (
        "audit.reveal",
        "allow",
        f"{exchange}: 2 entries: incident 9",
    )
    assert call(door, auditor, "POST", "/reveals/rv_none/approve").status_code == 404
    wanted = {"exchange": "ex_none", "reason": "r"}
    assert call(door, auditor, "POST", "/reveals", json=wanted).status_code == 404
    foreign = door.stores.directory.make_service(
        PrincipalDraft("foreign", app="desk", tenant="acme", grants=(Grant("admin"),)), KeyDraft("k")
    ).secret
    wanted = {"exchange": exchange, "reason": "r"}
    assert call(door, foreign, "POST", "/reveals", json=wanted).status_code == 403, (
        "another tenant's exchange"
    )
    assert call(door, foreign, "POST", f"{path}/approve").status_code == 403, "another tenant's request"
    assert door.entries()[-1].entry.decision == "deny"
