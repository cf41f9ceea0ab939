"""Whoever is logged in, whoever is not any more, and pages that are not ours."""

import re
import time
from http.cookies import SimpleCookie

import httpx2
import pytest

from redoubt.domain.rights import Grant
from tests.e2e.people import CHAT, COOKIE, STRANGER, Place, proof
from tests.issuer import Person


def test_the_cookie_is_for_this_host_alone_and_for_no_script(place: Place) -> None:
    browser = place.browser()
    answer = browser.get("/redoubt/login")
    assert answer.status_code == 303
    answer = browser.get(httpx2.get(answer.headers["location"]).headers["location"])
    jar = SimpleCookie(answer.headers.get_list("set-cookie")[0])
    assert jar[COOKIE]["httponly"]
    assert (jar[COOKIE]["samesite"], jar[COOKIE]["path"], jar[COOKIE]["domain"]) == ("Lax", "/", "")
    assert answer.headers["cache-control"] == "no-store"


def test_a_cookie_opens_no_model(place: Place) -> None:
    browser = place.log_in(Person(groups=("staff",)))
    time.sleep(1.1)  # another test may have come without a key, and its entry would count this one
    answer = browser.post("/v1/chat/completions", json=CHAT, headers=proof(browser))
    assert answer.status_code == 401
    assert place.cause("identity.refused", answer.headers["x-redoubt-exchange"]) == "missing"


@pytest.mark.parametrize(
    "changed",
    [
        {"x-redoubt-csrf": None},
        {"x-redoubt-csrf": ""},
        {"x-redoubt-csrf": "A" * 43},
        {"x-redoubt-csrf": "\u00e4"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": None},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_a_change_that_no_page_of_ours_sent(place: Place, changed: dict[str, str | None]) -> None:
    browser = place.log_in()
    sent = [(k.encode(), v.encode()) for k, v in {**proof(browser), **changed}.items() if v is not None]
    before = len(browser.get("/redoubt/v1/keys").json()["keys"])
    answer = browser.post("/redoubt/v1/keys", json={"name": "forged"}, headers=sent)
    assert answer.status_code == 403
    assert place.cause("session.refused", answer.headers["x-redoubt-exchange"]).startswith("not done")
    assert len(browser.get("/redoubt/v1/keys").json()["keys"]) == before


def test_the_token_of_another_session_is_no_proof(place: Place) -> None:
    browser, other = place.log_in(), place.log_in()
    answer = browser.post("/redoubt/v1/inspect", json={"text": "x"}, headers=proof(other))
    assert answer.status_code == 403


def test_reading_from_within_another_site(place: Place) -> None:
    browser = place.log_in()
    inside = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert browser.get("/redoubt/v1/keys", headers=inside).status_code == 403
    assert browser.get("/redoubt/v1/keys", headers=inside | {"sec-fetch-mode": "navigate"}).status_code == 200


def test_a_logout_is_seen_everywhere_at_once(place: Place) -> None:
    browser = place.log_in()
    cookies = {COOKIE: browser.cookies[COOKIE]}
    elsewhere = f"{place.there.url}/redoubt/v1/me"
    assert httpx2.get(elsewhere, cookies=cookies).status_code == 200
    answer = browser.post("/redoubt/logout", headers=proof(browser))
    assert answer.json()["next"].startswith(f"{place.provider.issuer}/end?client_id=")
    assert COOKIE not in browser.cookies
    for url in (elsewhere, f"{place.here.url}/redoubt/v1/me"):
        assert httpx2.get(url, cookies=cookies).status_code == 401
    assert place.entries("logout")[0].decision == "allow"


def test_a_logout_by_the_page_and_not_by_another_site(place: Place) -> None:
    browser = place.log_in()
    origin = {"origin": place.here.url}
    assert browser.post("/redoubt/logout", data={"csrf": "x"}, headers=origin).status_code == 403
    page = browser.get("/redoubt/logout").text
    found = re.search('name="csrf" value="([^"]+)"', page)
    assert found is not None
    form = {"csrf": found[1]}
    assert browser.post("/redoubt/logout", data=form, headers={"origin": "null"}).status_code == 403
    assert browser.post("/redoubt/logout", data=form, headers=origin).status_code == 303
    assert browser.get("/redoubt/v1/me").status_code == 401


def test_a_planted_session_is_not_the_one_that_is_logged_in(place: Place) -> None:
    attacker = place.log_in(STRANGER)
    planted = attacker.cookies[COOKIE]
    victim = place.browser()
    victim.cookies.set(COOKIE, planted, domain="127.0.0.1")
    place.provider.person = Person()
    assert victim.get("/redoubt/login", follow_redirects=True).status_code == 200
    assert victim.cookies[COOKIE] != planted
    assert attacker.get("/redoubt/v1/me").status_code == 401


def test_two_cookies_of_one_name_are_none(place: Place) -> None:
    secret = place.log_in().cookies[COOKIE]
    twice = {"cookie": f"{COOKIE}={secret}; {COOKIE}={secret}"}
    assert httpx2.get(f"{place.here.url}/redoubt/v1/me", headers=twice).status_code == 401


def test_other_roles_mean_another_secret(place: Place) -> None:
    browser = place.log_in(Person("chess-player", "Player", ("chess-club",)))
    before = browser.cookies[COOKIE]
    granted = place.stores(lambda s: s.directory.grant(Grant("auditor"), group="chess-club"))
    time.sleep(1.1)
    said = browser.get("/redoubt/v1/me")
    assert said.json()["roles"] == ["auditor"]
    assert browser.cookies[COOKIE] != before
    assert httpx2.get(f"{place.here.url}/redoubt/v1/me", cookies={COOKIE: before}).status_code == 401
    assert browser.get("/redoubt/v1/audit").status_code == 200
    place.stores(lambda s: s.directory.withdraw(granted.id))
