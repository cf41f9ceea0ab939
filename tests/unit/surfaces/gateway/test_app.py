from typing import Any

from tests.rogue import run, saying
from tests.unit.surfaces.gateway.rig import ADMIN, Answer, json_reply, rig

CHAT = {"model": "gpt-x", "messages": [{"role": "user", "content": "SECRETWORD of jane@example.com"}]}
REPLY = json_reply({"choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"}}]})


def asked(path: str, **more: Any) -> Answer:
    async def work() -> Answer:
        async with rig(saying(REPLY)) as r:
            return await r.call(path, **more)

    return run(work())


def test_health_needs_no_key() -> None:
    for path in ("/healthz", "/readyz"):
        answer = asked(path, key="")
        assert answer.status == 200
        assert answer.headers["x-redoubt-exchange"]
        assert answer.headers["x-redoubt-decision"] == "allow"


def test_what_cannot_answer_is_not_ready() -> None:
    async def work() -> Answer:
        async with rig(saying(REPLY), kinds=()) as r:
            return await r.call("/readyz", key="")

    answer = run(work())
    assert (answer.status, answer.json["failing"]) == (503, ["upstreams"])


def test_metrics_count_and_hold_no_text() -> None:
    async def work() -> str:
        async with rig(saying(REPLY)) as r:
            await r.call(body=CHAT)
            await r.call(body=CHAT, key="rdt_wrong")
            return (await r.call("/metrics", key="")).body.decode()

    text = run(work())
    assert 'redoubt_requests_total{api="openai.chat",decision="redact",status="200"} 1.0' in text
    assert 'redoubt_requests_total{api="none",decision="allow",status="401"} 1.0' in text
    assert 'redoubt_findings_total{action="redact",category="secret.test"} 1.0' in text
    assert "redoubt_audit_append_seconds_count 2.0" in text
    assert "redoubt_in_flight 0.0" in text
    for secret in ("SECRETWORD", "jane", "rdt_", "gpt-x"):
        assert secret not in text


def test_an_unknown_path_says_what_is_served() -> None:
    answer = asked("/nothing")
    assert answer.status == 404
    assert "/v1/chat/completions" in answer.json["error"]["message"]


def test_models_are_listed_merged_and_narrowed_to_what_may_be_asked_for() -> None:
    rows = [{"id": "gpt-1", "object": "model"}, {"id": "other", "object": "model"}]

    async def work() -> tuple[Answer, Answer]:
        reply = json_reply({"object": "list", "data": rows})
        async with rig(saying(reply), models=("gpt-*",)) as r:
            return await r.call("/v1/models"), await r.call("/v1/models/other")

    listed, other = run(work())
    assert listed.json == {"object": "list", "data": [rows[0]]}
    assert other.status == 404


def test_management_is_reached() -> None:
    assert asked("/redoubt/v1/me", key=ADMIN).status == 200
    assert asked("/redoubt/v1/me", key="").status == 401
