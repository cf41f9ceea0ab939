"""People log in at a whole gateway, and so would others like to."""

import httpx2
import pytest

from tests.e2e.people import COOKIE, Place, me, proof


def test_a_person_logs_in_and_manages(place: Place) -> None:
    browser = place.log_in()
    who = me(browser)
    assert (who["name"], who["kind"], who["roles"]) == ("Jane Doe", "user", ["admin"])
    made = browser.post("/redoubt/v1/keys", json={"name": "robot"}, headers=proof(browser))
    assert made.status_code == 201, made.text
    entry = place.entries("login")[0]
    assert (entry.principal, entry.decision, entry.kind) == (who["id"], "allow", "admin")


@pytest.mark.parametrize(
    ("callback", "claims", "cause"),
    [
        ({"state": "0" * 64}, {}, "token: wrong state"),
        ({"code": "guessed"}, {}, "token: code refused by the provider"),
        ({"iss": "https://evil.example"}, {}, "token: wrong provider"),
        ({"error": "access_denied"}, {}, "token: refused by the provider"),
        ({}, {"nonce": "another"}, "token: wrong nonce"),
        ({}, {"aud": "another"}, "token: wrong audience"),
    ],
)
def test_a_login_that_fails_reads_alike_and_is_on_record(
    place: Place, callback: dict[str, str], claims: dict[str, str], cause: str
) -> None:
    place.provider.callback, place.provider.more_claims = callback, claims
    browser = place.browser()
    answer = browser.get("/redoubt/login", follow_redirects=True)
    assert answer.status_code == 400
    assert COOKIE not in browser.cookies
    exchange = answer.headers["x-redoubt-exchange"]
    assert place.cause("login.refused", exchange) == cause
    plain = httpx2.get(f"{place.here.url}/redoubt/callback")  # nothing at all
    assert answer.text.replace(exchange, "") == plain.text.replace(plain.headers["x-redoubt-exchange"], "")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=a&state=b",
        "code=%ff%fe",
        "&".join(f"a{n}=1" for n in range(40)),
        "x=" + "y" * 9000,
        "%",
        "=",
        "a;b",
        "error=x",
    ],
)
@pytest.mark.parametrize("cookie", ["", "x", "A" * 300])
def test_any_callback_is_answered(place: Place, query: str, cookie: str) -> None:
    headers = {"cookie": f"{COOKIE}-login={cookie}"}
    answer = httpx2.get(f"{place.here.url}/redoubt/callback?{query}", headers=headers)
    assert answer.status_code == 400
    assert f"{COOKIE}=" not in "".join(answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "login"), ("POST", "callback"), ("DELETE", "logout"), ("PUT", "login")]
)
def test_other_methods_do_nothing(place: Place, method: str, path: str) -> None:
    answer = httpx2.request(method, f"{place.here.url}/redoubt/{path}")
    assert answer.status_code == 400


def test_a_callback_that_another_browser_began(place: Place) -> None:
    """Login CSRF: the attacker's own code in the victim's browser."""
    attacker, victim = place.browser(), place.browser()
    back = httpx2.get(attacker.get("/redoubt/login").headers["location"]).headers["location"]
    assert victim.get(back).status_code == 400
    victim.get("/redoubt/login")
    assert victim.get(back).status_code == 400
    assert COOKIE not in victim.cookies


def test_a_callback_is_good_once(place: Place) -> None:
    browser = place.browser()
    answer = browser.get("/redoubt/login")
    attempt = dict(browser.cookies)
    back = httpx2.get(answer.headers["location"]).headers["location"]
    assert browser.get(back).status_code == 303
    assert httpx2.get(back, cookies=attempt).status_code == 400


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "/console/..//evil.example", "/console//evil.example",
        "/console/%2f/evil.example", "javascript:alert(1)", "/redoubt/logout", "", "/console\r\nset-cookie: x=1", "http:evil.example",
    ],
)  # fmt: skip
def test_a_login_leads_nowhere_else(place: Place, to: str) -> None:
    answer = place.browser().get("/redoubt/login", params={"next": to}, follow_redirects=True)
    assert answer.url.path == "/redoubt/v1/me"
    assert str(answer.url).startswith(place.here.url)
