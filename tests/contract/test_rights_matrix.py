"""Every endpoint of the management API, and the models, asked by every kind of caller, through the gateway as `compose` builds it.

The table is written out: whoever adds an endpoint says here who may use it.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from redoubt.domain.rights import ROLES, Grant
from redoubt.services.identity.directory import KeyDraft, NewKey, PrincipalDraft
from redoubt.surfaces.gateway.endpoints import ENDPOINTS
from tests.e2e.provider import plain, saying
from tests.e2e.rig import Door, House

A, P, V, U, D, S = "admin", "policy-author", "approver", "auditor", "developer", "user"
EVERYBODY = {A, P, V, U, D, S, "nobody"}
"""``nobody`` has a role of its own that allows nothing here; everybody has a good key."""

MATRIX: dict[tuple[str, str], set[str]] = {
    ("POST", "/redoubt/v1/inspect"): {A, P, D},
    ("POST", "/redoubt/v1/mask"): {A, P, D},
    ("POST", "/redoubt/v1/restore"): {A, D},
    ("GET", "/redoubt/v1/me"): EVERYBODY,
    ("GET", "/redoubt/v1/keys"): {A, U},
    ("POST", "/redoubt/v1/keys"): {A},
    ("POST", "/redoubt/v1/keys/{id}/rotate"): {A},
    ("DELETE", "/redoubt/v1/keys/{id}"): {A},
    ("GET", "/redoubt/v1/principals"): {A, U},
    ("POST", "/redoubt/v1/principals"): {A},
    ("PATCH", "/redoubt/v1/principals/{id}"): {A},
    ("POST", "/redoubt/v1/grants"): {A},
    ("DELETE", "/redoubt/v1/grants/{id}"): {A},
    ("GET", "/redoubt/v1/roles"): {A, U},
    ("PUT", "/redoubt/v1/roles/{id}"): {A},
    ("DELETE", "/redoubt/v1/roles/{id}"): {A},
    ("GET", "/redoubt/v1/audit"): {A, U},
    ("GET", "/redoubt/v1/audit/head"): {A, U},
    ("GET", "/redoubt/v1/audit/checkpoint"): {A, U},
    ("GET", "/redoubt/v1/audit/proof"): {A, U},
    ("GET", "/redoubt/v1/audit/consistency"): {A, U},
    ("POST", "/redoubt/v1/audit/cosignatures"): {A, U},
    ("GET", "/redoubt/v1/limits"): {A, P, U, D},
    ("GET", "/redoubt/v1/audit/search"): {A, U},
    ("POST", "/redoubt/v1/audit/search"): {A, U},
    ("POST", "/redoubt/v1/audit/subjects/{id}/erase"): {A},
    ("POST", "/redoubt/v1/audit/subjects/{id}/release"): {A, U},
    ("GET", "/redoubt/v1/audit/holds"): {A, U},
    ("POST", "/redoubt/v1/audit/holds"): {A, U},
    ("GET", "/redoubt/v1/audit/reveals"): {A, U},
    ("POST", "/redoubt/v1/audit/reveals"): {A, U},
    ("POST", "/redoubt/v1/audit/reveals/{id}/approve"): {A, U},
    ("POST", "/redoubt/v1/audit/reveals/{id}/open"): {A, U},
    ("GET", "/redoubt/v1/policies"): {A, P, V, U, D},
    ("POST", "/redoubt/v1/policies/reload"): {A, P},
}
MODELS: dict[tuple[str, str], set[str]] = {
    ("POST", "/v1/chat/completions"): {A, D, S},
    ("POST", "/v1/embeddings"): {A, D, S},
    ("GET", "/v1/models"): {A, D, S},
    ("GET", "/v1/responses/resp_1"): {A, D, S},
}
"""The same of the provider's paths: who may call models."""

BODIES: dict[str, Any] = {
    "/redoubt/v1/inspect": {"text": "hello"},
    "/redoubt/v1/mask": {"text": "hello"},
    "/redoubt/v1/restore": {"text": "hello", "session": "s"},
    "/redoubt/v1/keys": {"name": "made by the matrix"},
    "/redoubt/v1/keys/{id}/rotate": {"overlap": 0},
    "/redoubt/v1/principals": {"name": "made by the matrix"},
    "/redoubt/v1/principals/{id}": {"disabled": True},
    "/redoubt/v1/grants": {"role": "user", "group": "staff"},
    "/redoubt/v1/audit/search": {"value": "a value that nobody sent"},
    "/redoubt/v1/audit/holds": {"subject": "nobody of that name", "reason": "the matrix"},
    "/redoubt/v1/audit/reveals": {"exchange": "ex_none", "reason": "the matrix"},
    "/redoubt/v1/roles/{id}": {"actions": ["model.call"]},
    "/redoubt/v1/audit/cosignatures": {"size": 1, "lines": "x"},
    "/v1/chat/completions": {"model": "gpt-x", "messages": [{"role": "user", "content": "hello"}]},
    "/v1/embeddings": {"model": "text-embedding-x", "input": "hello"},
}
FOREIGN = {"/redoubt/v1/policies/reload"} | {
    f"/redoubt/v1/audit/{what}" for what in ("proof", "consistency", "cosignatures")
}
"""What is for the operator's tenant alone, whatever role somebody of another one has."""
WITHOUT = {"/redoubt/v1/policies/reload"}
"""What the gateway of this test cannot do, even for who may: it answers 503."""

NOT_THERE = {("POST", "/redoubt/v1/audit/holds"), ("POST", "/redoubt/v1/audit/reveals")}
"""What the matrix asks for somebody, or something, that there is not."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("matrix"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def door(house: House) -> Door:
    return house.door()


@pytest.fixture(scope="module")
def keys(door: Door) -> dict[str, str]:
    """A key of each kind of caller."""
    directory = door.stores.directory
    directory.put_role("nobody", ("operations.backup",))
    made = {role: _made(door, role).secret for role in (*ROLES, "nobody")}
    made["foreign"] = _made(door, "admin", tenant="acme").secret
    short = _made(door, "admin", expires_at=time.time() + 1.5)
    elsewhere = _made(door, "admin", addresses=("192.0.2.0/24",))
    revoked = _made(door, "admin")
    directory.revoke_key(revoked.info.id)
    disabled = _made(door, "admin")
    directory.change(disabled.info.principal, disabled=True)
    rotated = _made(door, "admin")
    directory.rotate_key(rotated.info.id, 0.0)
    time.sleep(1.5)
    made |= {"none": "", "expired": short.secret, "elsewhere": elsewhere.secret, "revoked": revoked.secret}
    return made | {"disabled": disabled.secret, "rotated": rotated.secret, "invented": "rdt_" + "0" * 49}


NOT_LET_IN = ("none", "expired", "elsewhere", "revoked", "disabled", "rotated", "invented")


def _made(door: Door, role: str, tenant: str = "", **key: Any) -> NewKey:
    draft = PrincipalDraft(f"of the matrix: {role}", app="shop", tenant=tenant, grants=(Grant(role),))
    return door.stores.directory.make_service(draft, KeyDraft(role, **key))


@pytest.fixture(scope="module")
def things(door: Door) -> dict[str, str]:
    """Something for each ``{id}``, whose owner may do nothing."""
    victim = _made(door, "nobody").info
    return {
        "keys": victim.id,
        "principals": victim.principal,
        "grants": "grn_none",
        "roles": "made-by-the-matrix",
    }


def ask(door: Door, key: str, method: str, path: str, things: dict[str, str]) -> httpx2.Response:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    room = path.removeprefix("/redoubt/v1/").partition("/")[0]
    where = path.replace("{id}", things.get(room, "x"))
    body = BODIES.get(path) if method != "GET" and method != "DELETE" else None
    return httpx2.request(method, f"{door.url}{where}", json=body, headers=headers, timeout=30)


def entries(door: Door, answer: httpx2.Response) -> list[tuple[str, str, str, str]]:
    found = door.entries(answer.headers["x-redoubt-exchange"])
    return [(e.entry.kind, e.entry.decision, e.entry.api, e.entry.note) for e in found]


def test_the_table_is_whole() -> None:
    assert {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS} == MATRIX.keys()
    assert set(ROLES) | {"nobody"} == EVERYBODY


@pytest.mark.parametrize("who", sorted(EVERYBODY))
@pytest.mark.parametrize(("method", "path"), [*MATRIX, *MODELS])
def test_who_may(
    house: House, door: Door, keys: dict[str, str], things: dict[str, str], who: str, method: str, path: str
) -> None:
    house.provider.forget()
    answer = ask(door, keys[who], method, path, things)
    if who in (MATRIX | MODELS)[method, path]:
        assert answer.status_code not in (401, 403), answer.text
        assert answer.status_code < 500 or path in WITHOUT
        return
    assert answer.status_code == 403, answer.text
    error = answer.json()["error"]
    assert "this needs the right '" in error["message"]
    assert house.provider.seen == [], "nothing went to a provider"
    [(kind, decision, api, note)] = entries(door, answer)
    assert (kind, decision) == ("admin", "deny")
    assert api
    assert "this needs the right '" in note


@pytest.mark.parametrize("who", NOT_LET_IN)
@pytest.mark.parametrize(("method", "path"), [*MATRIX, *MODELS])
def test_who_is_not_let_in(
    house: House, door: Door, keys: dict[str, str], things: dict[str, str], who: str, method: str, path: str
) -> None:
    house.provider.forget()
    answer = ask(door, keys[who], method, path, things)
    assert answer.status_code == 401
    said = answer.json()["error"]["message"]
    assert said.startswith("no API key was sent" if who == "none" else "this API key is not known")
    assert house.provider.seen == []


@pytest.mark.parametrize("who", NOT_LET_IN)
def test_who_is_not_let_in_is_on_record(
    door: Door, keys: dict[str, str], things: dict[str, str], who: str
) -> None:
    causes = {"none": "missing", "elsewhere": "address", "invented": "malformed"}
    time.sleep(2.1)  # floods of one cause are counted together
    answer = ask(door, keys[who], "GET", "/redoubt/v1/keys", things)
    [(kind, decision, api, note)] = entries(door, answer)
    assert (kind, decision, api) == ("admin", "deny", "identity.refused")
    assert note.split()[0] == causes.get(who, who if who != "rotated" else "unknown")
    [stored] = door.entries(answer.headers["x-redoubt-exchange"], reveal=True)
    assert "127.0.0.1" in stored.entry.text
    known = who not in ("none", "invented", "rotated")
    assert (stored.entry.principal != "unknown") == known
    assert note.endswith(stored.entry.note.split()[-1])
    if keys[who]:
        assert keys[who] not in str(stored)


@pytest.mark.parametrize(("method", "path"), MATRIX)
def test_a_key_of_another_tenant_sees_and_does_nothing_here(
    door: Door, keys: dict[str, str], things: dict[str, str], method: str, path: str
) -> None:
    """Its role is ``admin``, in its own tenant."""
    before = _state(door)
    answer = ask(door, keys["foreign"], method, path, things)
    if path in FOREIGN:
        assert answer.status_code == 403
    elif path == "/redoubt/v1/roles/{id}":
        assert answer.status_code == 200, "it has made and deleted a role of its own tenant"
    elif path.split("/")[3] in ("keys", "principals") and "{id}" in path:
        assert answer.status_code == 403, "an id that nobody guesses"
    elif "{id}" in path or (method, path) in NOT_THERE:
        assert answer.status_code == 404, "nothing of that name, here or elsewhere"
    else:
        assert answer.status_code < 300
    assert b"of the matrix: nobody" not in answer.content
    assert b'"tenant":"default"' not in answer.content.replace(b" ", b"")
    assert _state(door) == before
    if answer.status_code == 403:
        decisions = [(kind, decision) for kind, decision, *_ in entries(door, answer)]
        assert decisions[-1] == ("admin", "deny")


def _state(door: Door) -> str:
    directory = door.stores.directory
    everybody = (directory.list_principals(), directory.list_keys(), directory.list_groups())
    return json.dumps([[repr(each) for each in part if each.tenant == "default"] for part in everybody])


def test_what_is_managed_is_on_record_before_it_is_done(
    door: Door, keys: dict[str, str], things: dict[str, str]
) -> None:
    silent = {"/redoubt/v1/inspect", "/redoubt/v1/mask", "/redoubt/v1/me", "/redoubt/v1/policies"}
    silent |= {"/redoubt/v1/roles", "/redoubt/v1/audit/head", "/redoubt/v1/limits"}
    silent |= {f"/redoubt/v1/audit/{what}" for what in ("checkpoint", "proof", "consistency")}
    for method, path in MATRIX:
        if path in ("/redoubt/v1/audit/search", "/redoubt/v1/audit"):
            continue  # once for each thing that is looked for, not at every page
        answer = ask(door, keys["admin"], method, path, things)
        found = entries(door, answer)
        if path in silent and method in ("GET", "POST"):
            assert found == []
        else:
            assert found[0][:2] == ("admin", "allow"), path
            assert found[-1][1] == ("allow" if answer.status_code < 300 else "deny")


def test_a_call_is_refused_in_the_providers_own_shape(house: House, door: Door, keys: dict[str, str]) -> None:
    house.provider.forget()
    message = [{"role": "user", "content": "hello"}]
    anthropic = {"model": "claude-x", "max_tokens": 9, "messages": message}
    gemini = {"contents": [{"parts": [{"text": "hello"}]}]}
    headers = {"authorization": f"Bearer {keys['auditor']}"}
    said = httpx2.post(f"{door.url}/v1/messages", json=anthropic, headers=headers)
    assert (said.status_code, said.json()["error"]["type"]) == (403, "permission_error")
    said = httpx2.post(f"{door.url}/v1beta/models/gemini-x:generateContent", json=gemini, headers=headers)
    assert (said.status_code, said.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert house.provider.seen == []


def test_a_right_is_for_its_model_and_upstream(house: House, door: Door) -> None:
    from redoubt.domain.rights import Limits

    directory = door.stores.directory
    made = directory.make_service(PrincipalDraft("one model", app="shop"), KeyDraft("k"))
    directory.grant(
        Grant("user", Limits(app="shop", upstream="openai", model="gpt-x")), principal=made.info.principal
    )
    headers = {"authorization": f"Bearer {made.secret}"}
    message = [{"role": "user", "content": "hello"}]
    house.provider.acts.append(saying(plain(b'{"id":"c","object":"chat.completion","choices":[]}')))
    for model, status in (("gpt-x", 200), ("gpt-y", 403), ("gpt-X", 403)):
        answer = httpx2.post(
            f"{door.url}/v1/chat/completions", json={"model": model, "messages": message}, headers=headers
        )
        assert answer.status_code == status
    url = f"{door.url}/v1/chat/completions"
    for member in ({"models": ["gpt-x", "gpt-y"]}, {"fallbacks": [{"model": "gpt-y"}]}):
        sent = {"model": "gpt-x", "messages": message} | member
        assert httpx2.post(url, json=sent, headers=headers).status_code == 403, (
            "not by a member beside it either"
        )
    anthropic = {"model": "practice-gpt-x", "max_tokens": 9, "messages": message}
    assert httpx2.post(f"{door.url}/v1/messages", json=anthropic, headers=headers).status_code == 403


def test_floods_of_refusals_are_counted(door: Door) -> None:
    time.sleep(2.1)

    def counted() -> int:
        return sum(e.entry.note.startswith("missing,") for e in door.entries())

    before, begun = counted(), time.monotonic()
    with httpx2.Client(base_url=door.url) as client:
        first = [client.get("/redoubt/v1/keys").status_code for _ in range(50)]
    assert set(first) == {401}
    time.sleep(1.5)
    notes = [e.entry.note for e in door.entries() if e.entry.api == "identity.refused"]
    assert [note for note in notes if note.startswith("missing")][-1].endswith("times")
    assert counted() - before <= time.monotonic() - begun + 1, "one a second at most, however many there are"
