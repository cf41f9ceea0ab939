from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.directory import SqlDirectory
from redoubt.domain.errors import InputError
from redoubt.domain.settings import Durability
from redoubt.services.identity.directory import Directory
from redoubt.services.identity.keys import well_formed
from redoubt.surfaces.gateway import bodies
from redoubt.surfaces.gateway.endpoints import ENDPOINTS
from redoubt.surfaces.gateway.management import find, structured
from redoubt.surfaces.gateway.openapi import document
from tests.rogue import run, saying
from tests.unit.surfaces.gateway.rig import ADMIN, AUDITOR, DEV, Answer, rig

NOTHING = saying(b"")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    engine = open_database("", tmp_path, Durability.PROCESS)
    yield SqlDirectory(engine, pepper=b"p" * 32, clock=lambda: 1000.0)
    engine.dispose()


def asked(path: str, body: Any = None, **more: Any) -> Answer:
    async def work() -> Answer:
        async with rig(NOTHING) as r:
            return await r.call(path, body, **more)

    return run(work())


def test_inspect() -> None:
    answer = asked("/redoubt/v1/inspect", {"text": "a SECRETWORD"})
    assert answer.status == 200
    assert answer.headers["x-redoubt-decision"] == answer.json["decision"] == "redact"
    [finding] = answer.json["findings"]
    assert finding == {
        "category": "secret.test",
        "rule": "word-secret.test",
        "start": 2,
        "end": 12,
        "confidence": 1.0,
        "view": "plain",
        "action": "redact",
    }
    assert b"SECRETWORD" not in answer.body


def test_mask_and_restore_are_inverse_and_private() -> None:
    async def work() -> tuple[Answer, Answer, Answer, list[str]]:
        async with rig(NOTHING) as r:
            masked = await r.call("/redoubt/v1/mask", {"text": "to jane@example.com, SECRETWORD"})
            body = {"text": masked.json["text"], "session": masked.json["session"]}
            mine = await r.call("/redoubt/v1/restore", body)
            others = await r.call("/redoubt/v1/restore", body, key=ADMIN)
            return masked, mine, others, [entry.api for entry in r.audit.entries]

    masked, mine, others, recorded = run(work())
    assert masked.json["decision"] == "redact"
    assert "jane" not in masked.json["text"]
    assert mine.json["text"] == "to jane@example.com, [REDACTED:secret.test]"
    assert others.json["text"] == masked.json["text"]
    assert recorded == ["restore", "restore"]


def test_a_restoration_that_cannot_be_recorded_does_not_happen() -> None:
    async def work() -> Answer:
        async with rig(NOTHING) as r:
            masked = await r.call("/redoubt/v1/mask", {"text": "to jane@example.com"})
            r.audit.fails_at = "admin"
            body = {"text": masked.json["text"], "session": masked.json["session"]}
            return await r.call("/redoubt/v1/restore", body)

    answer = run(work())
    assert answer.status == 503
    assert b"jane" not in answer.body


def test_keys(directory: Directory) -> None:
    async def work() -> tuple[Answer, Answer, Answer, Answer, list[tuple[str, str, str]]]:
        async with rig(NOTHING, directory=directory) as r:
            made = await r.call("/redoubt/v1/keys", {"name": "app", "per_second": 5}, key=ADMIN)
            revoked = await r.call(f"/redoubt/v1/keys/{made.json['key']['id']}", method="DELETE", key=ADMIN)
            listed = await r.call("/redoubt/v1/keys", key=ADMIN)
            missing = await r.call("/redoubt/v1/keys/key_none", method="DELETE", key=ADMIN)
            return made, revoked, listed, missing, [(e.api, e.decision, e.note) for e in r.audit.entries]

    made, revoked, listed, missing, recorded = run(work())
    assert made.status == 201
    assert well_formed(made.json["secret"])
    assert revoked.json["revoked_at"] == 1000.0
    assert [key["name"] for key in listed.json["keys"]] == ["app"]
    assert made.json["secret"].encode() not in listed.body
    assert missing.status == 404
    key = made.json["key"]
    assert recorded == [
        ("keys.create", "allow", f"{key['id']} of {key['principal']}"),
        ("keys.revoke", "allow", key["id"]),
        ("keys.list", "allow", ""),
        ("keys.revoke", "allow", "?"),
        ("keys.revoke", "deny", "not done: not_found"),
    ]


def test_what_cannot_be_recorded_is_not_done(directory: Directory) -> None:
    async def work() -> Answer:
        async with rig(NOTHING, directory=directory) as r:
            r.audit.fails_at = "admin"
            return await r.call("/redoubt/v1/keys", {"name": "app"}, key=ADMIN)

    assert run(work()).status == 503
    assert directory.list_keys() == ()


def test_audit(directory: Directory) -> None:
    async def work() -> tuple[Answer, Answer, Answer, list[str]]:
        async with rig(NOTHING, directory=directory) as r:
            await r.call("/redoubt/v1/keys", {"name": "app"}, key=ADMIN)
            listed = await r.call("/redoubt/v1/audit?limit=5", key=AUDITOR)
            revealed = await r.call("/redoubt/v1/audit?reveal=true", key=AUDITOR)
            head = await r.call("/redoubt/v1/audit/head", key=AUDITOR)
            return listed, revealed, head, [entry.api for entry in r.audit.entries]

    listed, revealed, head, recorded = run(work())
    assert [entry["api"] for entry in listed.json["entries"]] == ["audit.read", "keys.create"]
    assert len(revealed.json["entries"]) == 3
    assert head.json == {"size": 3, "root": "00" * 32}
    assert recorded == ["keys.create", "audit.read", "audit.reveal"]


def test_turning_the_pages_of_the_log_is_one_event_and_showing_texts_is_one_each_time(
    directory: Directory,
) -> None:
    async def work() -> list[tuple[str, str, str]]:
        async with rig(NOTHING, directory=directory) as r:
            for query in (
                "limit=0",  # not done, so what follows is an event still
                "limit=1", "limit=1&before=1", "limit=2&before=5",
                "limit=1&exchange=ex_00",
                "reveal=true&limit=1", "reveal=true&limit=1&before=1",
            ):  # fmt: skip
                await r.call(f"/redoubt/v1/audit?{query}", key=AUDITOR)
            await r.call("/redoubt/v1/audit?limit=1", key=ADMIN)
            return [(entry.api, entry.decision, entry.note) for entry in r.audit.entries]

    assert run(work()) == [
        ("audit.read", "allow", ""),
        ("audit.read", "deny", "not done: invalid_request"),
        ("audit.read", "allow", ""),
        ("audit.read", "allow", "exchange=ex_00"),
        ("audit.reveal", "allow", "limit=1"),
        ("audit.reveal", "allow", "before=1 limit=1"),
        ("audit.read", "allow", ""),
    ]


def test_policies() -> None:
    [policy] = asked("/redoubt/v1/policies").json["policies"]
    assert (policy["name"], policy["in_force"], policy["rules"]) == (
        "test",
        True,
        ["secrets", "people", "attacks"],
    )


@pytest.mark.parametrize(
    ("path", "method", "key", "status"),
    [
        ("/redoubt/v1/keys", "GET", "", 401),
        ("/redoubt/v1/keys", "GET", "rdt_nobody", 401),
        ("/redoubt/v1/keys", "GET", DEV, 403),
        ("/redoubt/v1/keys", "POST", AUDITOR, 403),
        ("/redoubt/v1/audit", "GET", DEV, 403),
        ("/redoubt/v1/keys/key_1", "DELETE", DEV, 403),
        ("/redoubt/v1/keys", "PUT", ADMIN, 405),
        ("/redoubt/v1/nothing", "GET", ADMIN, 404),
        ("/redoubt/v1/keys/a/b", "DELETE", ADMIN, 404),
        ("/redoubt/v1/audit?limit=0", "GET", ADMIN, 400),
        ("/redoubt/v1/audit?limit=x", "GET", ADMIN, 400),
        ("/redoubt/v1/audit?before=-1", "GET", ADMIN, 400),
        ("/redoubt/v1/audit?reveal=maybe", "GET", ADMIN, 400),
        ("/redoubt/v1/audit?other=1", "GET", ADMIN, 400),
        ("/redoubt/v1/keys?x=1", "GET", ADMIN, 400),
    ],
)
def test_who_may_and_what_is_there(path: str, method: str, key: str, status: int) -> None:
    answer = asked(path, method=method, key=key)
    assert answer.status == status
    assert answer.json["error"]["code"]
    assert answer.json["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": 5},
        {"text": None},
        {"text": "a", "role": "SECRETWORD"},
        {"text": "a", "SECRETWORD": 1},
        {"text": "a", "direction": ["prompt"]},
        [],
        "text",
    ],
)
def test_bad_bodies_name_the_place_and_quote_nothing(body: Any) -> None:
    with pytest.raises(InputError) as caught:
        structured(body, bodies.InspectRequest)
    assert "SECRETWORD" not in str(caught.value)
    assert "SECRETWORD" not in caught.value.pointer


def test_a_pointer_leads_to_the_place() -> None:
    with pytest.raises(InputError) as caught:
        structured({"text": "a", "role": 5}, bodies.InspectRequest)
    assert caught.value.pointer == "/role"


def test_the_document_describes_every_endpoint_with_its_own_types() -> None:
    described = document("1.2.3")
    assert described["info"]["version"] == "1.2.3"
    schemas = described["components"]["schemas"]
    for endpoint in ENDPOINTS:
        operation = described["paths"][endpoint.path][endpoint.method.lower()]
        if endpoint.takes is not None:
            ref = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            assert ref.endswith(f"/{endpoint.takes.__name__}")
            names = {field.encode_name for field in msgspec.structs.fields(endpoint.takes)}
            assert set(schemas[endpoint.takes.__name__]["properties"]) == names
        reply = operation["responses"][str(endpoint.status)]["content"]["application/json"]["schema"]["$ref"]
        assert reply.endswith(f"/{endpoint.gives.__name__}")
        assert find(endpoint.method, endpoint.path.replace("{id}", "x"))[0] is endpoint


def test_the_document_is_served_without_a_key() -> None:
    answer = asked("/redoubt/openapi.json", key="")
    assert answer.status == 200
    assert answer.json["openapi"] == "3.1.0"


def test_a_text_that_policy_denies_is_not_given_out() -> None:
    async def work() -> list[Answer]:
        async with rig(saying(b"")) as r:
            return [await r.call("/redoubt/v1/mask", {"text": text}) for text in ("a BADWORD", "a BOOMWORD")]

    for answer in run(work()):
        assert (answer.json["decision"], answer.json["text"]) == ("deny", "")
