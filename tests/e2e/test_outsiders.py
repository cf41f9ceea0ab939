"""Tokens of an identity provider at a whole gateway: what they open, and which ones open nothing."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from redoubt.services.identity.directory import PrincipalDraft
from tests.e2e.people import CHAT, COOKIE, STRANGER, Place, bearer, me, proof
from tests.e2e.process import FAR_KEY
from tests.issuer import Person, Provider, b64, new_key, part, sign


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
    for word in (secret, csrf, token, token[-40:], FAR_KEY, "sec-admins", "Jane"):
        assert word not in record
    data = Path(place.where.settings.store.data_dir)
    stored = b"".join(path.read_bytes() for path in data.iterdir() if path.is_file())
    for word in (secret, csrf, FAR_KEY, "sec-admins"):
        assert word.encode() not in stored
