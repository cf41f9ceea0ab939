"""People and programs of an identity provider at a whole gateway, and whoever would like to be one of them."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx2
import pytest

from redoubt import compose
from redoubt.domain.evidence import Entry
from redoubt.domain.rights import Grant
from redoubt.services.identity.directory import PrincipalDraft
from tests.e2e.process import Installation, Process, install
from tests.issuer import API, CLIENT, Person, Provider, b64, new_key, part, sign
from tests.servers import free_port

CONFIG = f"""
[server]
port = PORT
per_second = 0
per_minute = 0
[store]
data_dir = "DATA"
[[identity.issuers]]
issuer = "ISSUER"
audience = "{API}"
algorithms = ["ES256"]
roles = {{ "sec-admins" = ["admin"], "staff" = ["developer"] }}
[identity.login]
issuer = "ISSUER"
client_id = "{CLIENT}"
client_secret = {{ env = "FAR_KEY" }}
redirect_uri = "http://127.0.0.1:PORT/redoubt/callback"
"""
COOKIE = "redoubt-without-tls"
CHAT = {"model": "practice-1", "messages": [{"role": "user", "content": "hello"}]}
SECRET = "far-key"
"""As `tests.e2e.process` sets it."""
STRANGER = Person("stranger", "Stranger", ("chess",))
"""Somebody whom the provider knows and no mapping does."""


@dataclass
class Place:
    provider: Provider
    where: Installation
    here: Process
    there: Process
    """Another gateway on the same store."""
    browsers: list[httpx2.Client] = field(default_factory=list)

    def browser(self) -> httpx2.Client:
        self.browsers.append(httpx2.Client(base_url=self.here.url, timeout=10))
        return self.browsers[-1]

    def log_in(self, person: Person | None = None) -> httpx2.Client:
        """A browser in which somebody has logged in."""
        self.provider.person = person or Person()
        browser = self.browser()
        landed = browser.get("/redoubt/login", follow_redirects=True)
        assert landed.status_code == 200, landed.text
        assert landed.url.path == "/redoubt/v1/me"
        return browser

    def stores(self, work: Callable[[compose.Stores], Any]) -> Any:
        stores = compose.stores(self.where.settings, compose.keyring(self.where.settings, {}))
        try:
            return work(stores)
        finally:
            asyncio.run(stores.audit.close())
            stores.dispose()

    def entries(self, api: str = "") -> list[Entry]:
        """What is on record, newest first."""

        async def read(stores: compose.Stores) -> list[Entry]:
            return [one.entry async for one in stores.audit.read(limit=100_000, reveal=True)]

        found: list[Entry] = self.stores(lambda stores: asyncio.run(read(stores)))
        return [entry for entry in found if api in ("", entry.api)]

    def cause(self, api: str, exchange: str) -> str:
        [entry] = [entry for entry in self.entries(api) if entry.exchange == exchange]
        assert entry.decision == "deny"
        return entry.note


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    provider = Provider("ES256")
    provider.secret = SECRET
    made: list[Process] = []
    folder = tmp_path_factory.mktemp("login")
    for name in ("here", "there"):
        (folder / name).mkdir()
        text = CONFIG.replace("ISSUER", provider.issuer).replace("PORT", str(free_port()))
        where = install(folder / name, text.replace("DATA", str(folder / "data")))
        made.append(Process(where))
    yield Place(provider, where, made[0], made[1])
    for process in made:
        process.stop()
    provider.close()


@pytest.fixture(autouse=True)
def afterwards(place: Place) -> Iterator[None]:
    yield
    while place.browsers:
        place.browsers.pop().close()
    place.provider.person, place.provider.more_claims, place.provider.callback = Person(), {}, {}


def me(browser: httpx2.Client) -> dict[str, Any]:
    said: dict[str, Any] = browser.get("/redoubt/v1/me").json()
    return said


def proof(browser: httpx2.Client) -> dict[str, str]:
    return {"x-redoubt-csrf": me(browser)["csrf"], "origin": str(browser.base_url).rstrip("/")}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_person_logs_in_and_manages(place: Place) -> None:
    browser = place.log_in()
    who = me(browser)
    assert (who["name"], who["kind"], who["roles"]) == ("Jane Doe", "user", ["admin"])
    made = browser.post("/redoubt/v1/keys", json={"name": "robot"}, headers=proof(browser))
    assert made.status_code == 201, made.text
    entry = place.entries("login")[0]
    assert (entry.principal, entry.decision, entry.kind) == (who["id"], "allow", "admin")


def test_the_cookie_is_for_this_host_alone_and_for_no_script(place: Place) -> None:
    browser = place.browser()
    answer = browser.get("/redoubt/login")
    assert answer.status_code == 303
    answer = browser.get(httpx2.get(answer.headers["location"]).headers["location"])
    jar = SimpleCookie(answer.headers.get_list("set-cookie")[0])
    assert jar[COOKIE]["httponly"]
    assert (jar[COOKIE]["samesite"], jar[COOKIE]["path"], jar[COOKIE]["domain"]) == ("Lax", "/", "")
    assert answer.headers["cache-control"] == "no-store"


def test_who_is_in_no_mapped_group_may_do_nothing(place: Place) -> None:
    browser = place.log_in(STRANGER)
    assert me(browser)["roles"] == me(browser)["rights"] == []
    for path in ("keys", "audit", "policies", "principals", "roles"):
        assert browser.get(f"/redoubt/v1/{path}").status_code == 403
    assert browser.post("/redoubt/v1/inspect", json={"text": "x"}, headers=proof(browser)).status_code == 403
    token = place.provider.token(sub="stranger", groups=["chess"])
    for url in ("/v1/chat/completions", "/redoubt/v1/inspect"):
        assert httpx2.post(place.here.url + url, json=CHAT, headers=bearer(token)).status_code == 403
    assert place.entries("model.call")[0].decision == "deny"


def test_a_program_calls_a_model_with_its_token(place: Place) -> None:
    token = place.provider.token(sub="robot", client_id="robot", groups=["staff"])
    url = f"{place.here.url}/v1/chat/completions"
    for headers in (bearer(token), {"x-api-key": token}):
        assert httpx2.post(url, json=CHAT, headers=headers).status_code == 200
    said = httpx2.get(f"{place.here.url}/redoubt/v1/me", headers=bearer(token)).json()
    assert (said["kind"], said["roles"]) == ("service", ["developer"])
    assert httpx2.get(f"{place.here.url}/redoubt/v1/keys", headers=bearer(token)).status_code == 403


def test_a_token_has_no_place_in_a_url(place: Place) -> None:
    url = f"{place.here.url}/v1beta/models/practice-1:generateContent"
    body = {"contents": [{"parts": [{"text": "hello"}]}]}
    assert httpx2.post(url, json=body, params={"key": place.provider.token()}).status_code == 401


def test_a_cookie_opens_no_model(place: Place) -> None:
    browser = place.log_in(Person(groups=("staff",)))
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


def test_whoever_is_disabled_is_out_within_a_second(place: Place) -> None:
    browser = place.log_in(Person("leaver", "Leaver", ("staff",)))
    token = place.provider.token(sub="leaver", groups=["staff"])
    id_ = me(browser)["id"]
    url = f"{place.here.url}/redoubt/v1/me"
    assert httpx2.get(url, headers=bearer(token)).json()["id"] == id_
    place.stores(lambda s: s.directory.make_principal(PrincipalDraft("Leaver", id=id_)))
    place.stores(lambda s: s.directory.change(id_, disabled=True))
    time.sleep(1.1)
    assert browser.get("/redoubt/v1/me").status_code == 401
    assert httpx2.get(url, headers=bearer(token)).status_code == 401
    again = place.browser().get("/redoubt/login", follow_redirects=True)
    assert again.status_code == 400
    assert "disabled" in place.cause("login.refused", again.headers["x-redoubt-exchange"])


ATTACKS: dict[str, tuple[Callable[[Provider], str], str]] = {
    "no signature": (
        lambda p: f"{part({'alg': 'none', 'kid': 'k0'})}.{part(p.claims())}.{b64(b'x')}",
        "token: algorithm not allowed",
    ),
    "another audience": (lambda p: p.token(aud="https://other.example"), "token: wrong audience"),
    "another issuer": (lambda p: p.token(iss="https://evil.example"), "token: wrong issuer"),
    "expired": (lambda p: p.token(exp=1_000), "token: expired"),
    "an ID token": (lambda p: p.token({"typ": "JWT"}, nonce="n"), "token: an ID token as bearer"),
    "an unknown key": (lambda p: p.token({"kid": "k9"}), "token: unknown key"),
    "a key of its own": (
        lambda p: sign(
            {"alg": "ES256", "kid": "k0", "jwk": new_key("ES256", 5).as_dict(private=False)},
            p.claims(),
            "ES256",
            new_key("ES256", 5),
        ),
        "token: wrong signature",
    ),
    "a critical header": (lambda p: p.token({"crit": ["x"]}), "token: critical header"),
    "a hundred kilobytes": (lambda p: p.token(x="x" * 40_000), "token: too long"),
    "rubbish": (lambda _: "eyJhbGciOi", "token: malformed"),
}


@pytest.mark.parametrize("what", ATTACKS)
def test_a_token_that_is_no_good_gets_401_and_an_entry(place: Place, what: str) -> None:
    make, cause = ATTACKS[what]
    url = f"{place.here.url}/v1/chat/completions"
    answer = httpx2.post(url, json=CHAT, headers=bearer(make(place.provider)))
    assert answer.status_code == 401
    assert place.cause("identity.refused", answer.headers["x-redoubt-exchange"]) == cause
    manage = httpx2.get(f"{place.here.url}/redoubt/v1/keys", headers=bearer(make(place.provider)))
    assert manage.status_code == 401
    assert manage.json()["error"]["message"] == answer.json()["error"]["message"]


def test_no_secret_and_no_claim_is_on_record_or_in_the_output(place: Place) -> None:
    browser = place.log_in()
    token = place.provider.token(groups=["staff"])
    httpx2.get(f"{place.here.url}/redoubt/v1/me", headers=bearer(token))
    httpx2.get(f"{place.here.url}/redoubt/v1/me", headers=bearer(token + "x"))
    secret, csrf = browser.cookies[COOKIE], me(browser)["csrf"]
    browser.post("/redoubt/logout", headers=proof(browser))
    record = json.dumps([repr(entry) for entry in place.entries()]) + "".join(place.here.said)
    for word in (secret, csrf, token, token[-40:], SECRET, "sec-admins", "Jane"):
        assert word not in record
    data = Path(place.where.settings.store.data_dir)
    stored = b"".join(path.read_bytes() for path in data.iterdir() if path.is_file())
    for word in (secret, csrf, SECRET, "sec-admins"):
        assert word.encode() not in stored
