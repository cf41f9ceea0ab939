import asyncio
import json
from typing import Any

import pytest

from redoubt.adapters.http.bounds import Bounds
from redoubt.domain.settings import OnDeny, PolicySettings, Settings, UpstreamKind
from redoubt.surfaces.gateway.owners import owner
from tests.rogue import Caller, Script, run, saying
from tests.unit.surfaces.gateway.rig import DEV, REVOKED, SMALL, Answer, Rig, json_reply, rig

PLAIN = Settings()


def chat(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-x", "messages": [{"role": "user", "content": text}], **more}


def completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "c", "object": "chat.completion", "choices": [choice], "new_field": {"kept": 1}}


def echo() -> Script:
    """A provider that answers a chat with the last message it got."""

    async def script(caller: Caller) -> None:
        while message := await caller.request():
            body = json.loads(message.partition(b"\r\n\r\n")[2])
            await caller.say(json_reply(completion(body["messages"][-1]["content"])))

    return script


def asked(script: Script, settings: Settings = PLAIN, bounds: Bounds | None = None, **request: Any) -> Answer:
    """The answer to one request."""

    async def work() -> Answer:
        async with rig(script, settings=settings, bounds=bounds or Bounds(read_timeout=5.0)) as r:
            return await r.call(**request)

    return run(work())


def test_a_request_with_nothing_to_change_arrives_with_the_same_values() -> None:
    body = chat(
        "hello", temperature=0.1, unknown={"a": [1, 2.5, None, True]}, big=123456789012345678901234567890
    )

    async def work() -> tuple[Answer, bytes]:
        async with rig(echo()) as r:
            return await r.call(body=body), r.provider.requests[0]

    answer, sent = run(work())
    assert json.loads(sent.partition(b"\r\n\r\n")[2]) == body
    assert answer.status == 200
    assert answer.json == completion("hello")
    assert answer.headers["x-redoubt-decision"] == "allow"
    assert answer.headers["x-redoubt-exchange"].startswith("ex_")
    assert answer.headers["content-type"] == "application/json"


def test_what_is_masked_is_not_sent_and_comes_back() -> None:
    async def work() -> tuple[Answer, bytes, Rig]:
        async with rig(echo()) as r:
            answer = await r.call(body=chat("SECRETWORD of jane@example.com"))
            return answer, r.provider.requests[0], r

    answer, sent, r = run(work())
    assert b"SECRETWORD" not in sent
    assert b"jane" not in sent
    said = answer.json["choices"][0]["message"]["content"]
    assert "jane@example.com" in said
    assert "SECRETWORD" not in said
    assert answer.headers["x-redoubt-decision"] == "redact"
    assert [entry.kind for entry in r.audit.entries] == ["prompt", "answer"]


def test_of_a_name_that_occurs_twice_the_last_value_is_inspected_and_sent() -> None:
    raw = b'{"model":"gpt-x","messages":[{"role":"user","content":"SECRETWORD"}],"messages":[{"role":"user","content":"hi"}]}'

    async def work() -> bytes:
        async with rig(echo()) as r:
            await r.call(raw=raw)
            return r.provider.requests[0]

    assert b"SECRETWORD" not in run(work())


@pytest.mark.parametrize(("on_deny", "status"), [(OnDeny.REFUSE, 200), (OnDeny.ERROR, 400)])
@pytest.mark.parametrize("stream", [True, False])
def test_a_denied_prompt_never_reaches_the_provider(on_deny: OnDeny, status: int, stream: bool) -> None:
    settings = Settings(policy=PolicySettings(on_deny=on_deny))

    async def work() -> tuple[Answer, Rig]:
        async with rig(echo(), settings=settings) as r:
            return await r.call(body=chat("BADWORD", stream=stream)), r

    answer, r = run(work())
    assert r.provider.requests == []
    assert answer.status == status
    assert answer.headers["x-redoubt-decision"] == "deny"
    assert b"content_filter" in answer.body
    assert b"BADWORD" not in answer.body
    assert answer.headers["content-type"].startswith(
        "text/event-stream" if stream and status == 200 else "application/json"
    )
    assert [entry.decision for entry in r.audit.entries] == ["deny"]


def test_a_denied_answer_never_reaches_the_caller() -> None:
    answer = asked(saying(json_reply(completion("so BADWORD"))), body=chat("hi"))
    assert (answer.status, answer.headers["x-redoubt-decision"]) == (200, "deny")
    assert b"BADWORD" not in answer.body


def test_a_detector_that_fails_denies() -> None:
    answer = asked(echo(), body=chat("BOOMWORD"))
    assert answer.headers["x-redoubt-decision"] == "deny"


@pytest.mark.parametrize("status", [401, 403])
def test_a_provider_that_refuses_our_own_key_is_not_a_callers_wrong_key(status: int) -> None:
    answer = asked(saying(json_reply({"error": {"message": "bad key"}}, status)), body=chat("hi"))
    assert answer.status == 502
    assert b"credentials" in answer.body


@pytest.mark.parametrize("status", [400, 404, 429, 500, 529])
def test_an_error_of_the_provider_reaches_the_caller(status: int) -> None:
    answer = asked(saying(json_reply({"error": {"message": "no"}}, status)), body=chat("hi"))
    assert (answer.status, answer.json) == (status, {"error": {"message": "no"}})


def test_an_error_that_quotes_the_prompt_is_restored_and_inspected() -> None:
    async def script(caller: Caller) -> None:
        message = await caller.request()
        text = json.loads(message.partition(b"\r\n\r\n")[2])["messages"][0]["content"]
        await caller.say(json_reply({"error": {"message": f"cannot say {text} SECRETWORD"}}, 400))

    answer = asked(script, body=chat("jane@example.com"))
    assert "jane@example.com" in answer.json["error"]["message"]
    assert "SECRETWORD" not in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/chat/completions", lambda body: body["error"]["message"]),
        ("/v1/messages", lambda body: body["error"]["message"] if body["type"] == "error" else ""),
        (
            "/v1beta/models/gem:generateContent",
            lambda body: body["error"]["status"] and body["error"]["message"],
        ),
        ("/v1/no/such/path", lambda body: body["error"]["message"]),
    ],
)
def test_without_a_known_key_401_in_the_providers_shape(path: str, shape: Any) -> None:
    async def work() -> list[Answer]:
        async with rig(echo()) as r:
            none = await r.call(path, chat("hi"), key="")
            revoked = await r.call(path, chat("hi"), key=REVOKED)
            bad = await r.call(path, chat("hi"), key="", headers={"authorization": "Basic x"})
            assert r.provider.requests == []
            return [none, revoked, bad]

    for answer in run(work()):
        assert answer.status == 401
        assert shape(answer.json)
        assert REVOKED not in answer.body.decode()
        assert answer.headers["x-redoubt-exchange"]


@pytest.mark.parametrize(
    "headers", [{"x-api-key": "rdt_dev"}, {"x-goog-api-key": "rdt_dev"}, {"authorization": "bearer  rdt_dev"}]
)
def test_each_sdks_way_of_sending_a_key(headers: dict[str, str]) -> None:
    assert asked(echo(), body=chat("hi"), key="", headers=headers).status == 200


def test_googles_key_in_the_url_is_for_googles_paths_alone_and_goes_no_further() -> None:
    reply = json_reply({"candidates": [{"content": {"parts": [{"text": "hi"}]}, "finishReason": "STOP"}]})

    async def work() -> tuple[Answer, Answer, bytes]:
        async with rig(saying(reply)) as r:
            body = {"contents": [{"parts": [{"text": "hi"}]}]}
            good = await r.call("/v1beta/models/gem:generateContent?key=rdt_dev", body, key="")
            bad = await r.call("/v1/chat/completions?key=rdt_dev", chat("hi"), key="")
            return good, bad, r.provider.requests[0]

    good, bad, sent = run(work())
    assert (good.status, bad.status) == (200, 401)
    assert b"rdt_dev" not in sent
    assert b"x-goog-api-key: far-key" in sent


def test_limits_give_429_with_the_time_to_wait() -> None:
    async def work() -> Answer:
        async with rig(echo()) as r:
            r.quota.left = 0
            return await r.call(body=chat("hi"))

    answer = run(work())
    assert (answer.status, answer.headers["retry-after"]) == (429, "2")


def test_a_broken_key_store_is_503() -> None:
    assert asked(echo(), body=chat("hi"), key="rdt_broken").status == 503


@pytest.mark.parametrize(("kind", "requests"), [("prompt", 0), ("answer", 1)])
def test_nothing_goes_on_that_is_not_on_record(kind: str, requests: int) -> None:
    async def work() -> tuple[Answer, int]:
        async with rig(echo()) as r:
            r.audit.fails_at = kind
            return await r.call(body=chat("hi there")), len(r.provider.requests)

    answer, sent = run(work())
    assert answer.status == 503
    assert sent == requests
    assert b"hi there" not in answer.body


def test_unknown_model_names_what_is_configured() -> None:
    async def work() -> Answer:
        async with rig(echo(), models=("gpt-*", "o3")) as r:
            assert (await r.call(body=chat("hi"))).status == 200
            return await r.call(body={**chat("hi"), "model": "claude"})

    answer = run(work())
    assert answer.status == 404
    assert answer.json["error"]["code"] == "model_not_found"
    assert "gpt-*, o3" in answer.json["error"]["message"]


def test_no_upstream_of_that_kind() -> None:
    async def work() -> Answer:
        async with rig(echo(), kinds=(UpstreamKind.OPENAI,)) as r:
            return await r.call("/v1/messages", {"model": "m", "max_tokens": 1, "messages": []})

    answer = run(work())
    assert (answer.status, answer.json["type"]) == (404, "error")


def test_the_practice_kind_serves_every_protocol() -> None:
    async def work() -> list[int]:
        async with rig(
            saying(json_reply({"error": {"message": "reached"}}, 418)), kinds=(UpstreamKind.PRACTICE,)
        ) as r:
            return [
                (await r.call("/v1/chat/completions", chat("hi"))).status,
                (await r.call("/v1/messages", chat("hi"))).status,
                (await r.call("/v1beta/models/g:generateContent", {"contents": []})).status,
            ]

    # The rig's client cannot be made for the practice kind without an address, so it is pointed at the server.
    assert run(work()) == [418, 418, 418]


BAD: list[tuple[bytes, dict[str, str], int]] = [
    (b"", {}, 400),
    (b"{", {}, 400),
    (b"[]", {}, 400),
    (b"null", {}, 400),
    (b'"text"', {}, 400),
    (b'{"model":"gpt-x"}', {}, 400),
    (b'{"messages":[{"role":"user","content":"hi"}]}', {}, 400),
    (b'{"model":5,"messages":[]}', {}, 400),
    (b'{"model":"gpt-x","messages":"hi"}', {}, 400),
    (b'{"model":"gpt-x","messages":[5]}', {}, 400),
    (b'{"model":"gpt-x","messages":[{"role":"user","content":"\xff\xfe"}]}', {}, 400),
    (b'{"model":"gpt-x","messages":[{"role":"user","content":"\\ud800"}]}', {}, 400),
    (b"[" * 5000, {}, 400),
    (b'{"a":' * 100 + b"1" + b"}" * 100, {}, 400),
    (b'{"model":"gpt-x","messages":[],"n":1e999}', {}, 400),
    (b'{"model":"gpt-x","messages":[],"n":' + b"9" * 5000 + b"}", {}, 400),
    (b'{"model":"gpt-x","messages":[]} trailing', {}, 400),
    (b"x" * 10_001, {}, 413),
    (b"{}", {"content-type": "text/plain"}, 415),
    (b"{}", {"content-type": ""}, 415),
    (b"{}", {"content-type": "multipart/form-data; boundary=x"}, 415),
    (b"{}", {"content-encoding": "gzip"}, 415),
    (b"{}", {"x-redoubt-session": "a b"}, 400),
    (b"{}", {"x-redoubt-session": "x" * 129}, 400),
]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/embeddings"])
def test_bad_bodies_get_clear_errors_and_the_process_stays_up(path: str) -> None:
    async def work() -> None:
        async with rig(echo(), settings=Settings(server=SMALL)) as r:
            for raw, headers, status in BAD:
                if path != "/v1/chat/completions" and status == 400 and b"model" in raw:
                    continue
                answer = await r.call(path, raw=raw, headers=headers, method="POST")
                assert answer.status == status, (raw[:40], headers, answer)
                assert answer.json["error"]["message"]
            assert r.provider.requests == []
            assert (await r.call(body=chat("still there"))).status == 200

    run(work())


def test_a_body_that_never_ends_or_comes_too_slowly() -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer rdt_dev\r\nconnection: close\r\n"
    head += b"content-type: application/json\r\n"

    async def work() -> tuple[int, int, int]:
        async with rig(echo(), settings=Settings(server=SMALL)) as r:
            slow = await r.send(head + b"content-length: 50\r\n\r\n{")
            chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
            endless = await r.send(head + b"transfer-encoding: chunked\r\n\r\n" + chunk * 20)
            announced = await r.send(head + b"content-length: 999999999\r\n\r\n")
            return slow.status, endless.status, announced.status

    assert run(work()) == (408, 413, 413)


def test_a_caller_that_leaves_in_the_middle_of_its_body() -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer rdt_dev\r\n"
    head += b"content-type: application/json\r\ncontent-length: 500\r\n\r\n{"

    async def work() -> tuple[int, list[bytes]]:
        async with rig(echo()) as r:
            _, writer = await r.connect()
            writer.write(head)
            await writer.drain()
            writer.close()
            return (await r.call(body=chat("hi"))).status, r.provider.requests

    status, requests = run(work())
    assert status == 200
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (b"", 502),
        (b"garbage\r\n\r\n", 502),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{", 502),
        (b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>", 502),
        (b"HTTP/1.1 503 X\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>", 502),
        (b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 8\r\n\r\ndata: x\n", 502),
        (json_reply([]), 502),
        (json_reply({"choices": 5}), 502),
        (b"HTTP/1.1 302 X\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n", 502),
    ],
)
def test_replies_that_cannot_be_used_are_502(reply: bytes, status: int) -> None:
    async def work() -> tuple[Answer, Rig]:
        async with rig(saying(reply, close=True)) as r:
            return await r.call(body=chat("hi")), r

    answer, r = run(work())
    assert answer.status == status
    assert answer.json["error"]["message"]
    assert b"<html>" not in answer.body
    assert [entry.kind for entry in r.audit.entries] == ["prompt", "answer"]


def test_a_provider_that_says_nothing_is_504() -> None:
    async def script(caller: Caller) -> None:
        await caller.request()
        await caller.gone()

    assert asked(script, bounds=Bounds(read_timeout=0.05), body=chat("hi")).status == 504


def test_a_caller_that_hangs_up_cancels_the_call() -> None:
    async def script(caller: Caller) -> None:
        await caller.request()
        reached.set()
        await caller.gone()

    async def work() -> list[str]:
        async with rig(script) as r:
            data = json.dumps(chat("hi")).encode()
            _, writer = await r.connect()
            writer.write(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer rdt_dev\r\n"
                b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(data), data)
            )
            await reached.wait()
            writer.close()
            await r.provider.gone.wait()
            while len(r.audit.entries) < 2:
                await asyncio.sleep(0)
            return [entry.note for entry in r.audit.entries]

    reached = asyncio.Event()
    assert run(work()) == ["", "client went away"]


def test_only_documented_headers_and_parameters_go_on() -> None:
    headers = {
        "anthropic-beta": "b1",
        "x-stainless-lang": "python",
        "user-agent": "sdk/1",
        "cookie": "SECRETWORD",
        "x-forwarded-user": "SECRETWORD",
        "x-anything": "SECRETWORD",
    }

    async def work() -> tuple[bytes, Answer]:
        async with rig(saying(json_reply({"error": {"message": "x"}}, 400))) as r:
            body = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]}
            await r.call("/v1/messages?beta=true", body, headers=headers)
            refused = await r.call("/v1/messages?note=SECRETWORD", body)
            return r.provider.requests[0], refused

    sent, refused = run(work())
    assert sent.startswith(b"POST /v1/messages?beta=true HTTP/1.1\r\n")
    for part in (b"anthropic-beta: b1", b"x-stainless-lang: python", b"user-agent: sdk/1"):
        assert part in sent
    assert b"SECRETWORD" not in sent
    assert refused.status == 400
    assert b"SECRETWORD" not in refused.body


def test_the_providers_rate_limit_headers_come_back() -> None:
    reply = b"HTTP/1.1 429 X\r\ncontent-type: application/json\r\nretry-after: 7\r\nx-ratelimit-reset: 1s\r\n"
    reply += b"set-cookie: a=b\r\nserver: far\r\ncontent-length: 2\r\n\r\n{}"
    answer = asked(saying(reply), body=chat("hi"))
    assert (answer.headers["retry-after"], answer.headers["x-ratelimit-reset"]) == ("7", "1s")
    assert "set-cookie" not in answer.headers
    assert "server" not in answer.headers


def test_a_session_lets_pseudonyms_live_on() -> None:
    async def work() -> tuple[str, str]:
        async with rig(echo()) as r:
            first = await r.call(body=chat("jane@example.com"), headers={"x-redoubt-session": "s1"})
            assert "jane" in first.json["choices"][0]["message"]["content"]
            alias = json.loads(r.provider.requests[0].partition(b"\r\n\r\n")[2])["messages"][0]["content"]
            mine = await r.call(body=chat(alias), headers={"x-redoubt-session": "s1"})
            other = await r.call(body=chat(alias), headers={"x-redoubt-session": "s2"})
            return tuple(a.json["choices"][0]["message"]["content"] for a in (mine, other))

    mine, other = run(work())
    assert "jane" not in other
    assert mine


def test_many_at_once() -> None:
    async def work() -> None:
        async with rig(echo()) as r:
            answers = await asyncio.gather(*(r.call(body=chat(f"text {i}")) for i in range(60)))
            texts = [a.json["choices"][0]["message"]["content"] for a in answers]
            assert texts == [f"text {i}" for i in range(60)]

    run(work())


def test_kept_answers_are_fetched_inspected_and_deleted() -> None:
    kept = {
        "id": "resp_1",
        "object": "response",
        "status": "completed",
        "output": [
            {"type": "message", "id": "m", "role": "assistant", "status": "completed",
             "content": [{"type": "output_text", "text": "a SECRETWORD", "annotations": []}]}
        ],
    }  # fmt: skip

    async def script(caller: Caller) -> None:
        while message := await caller.request():
            gone = {"id": "resp_1", "object": "response.deleted", "deleted": True}
            await caller.say(json_reply(gone if message.startswith(b"DELETE") else kept))

    async def work() -> tuple[Answer, Answer, Answer, list[bytes]]:
        async with rig(script) as r:
            principal = r.gateway.identity.authenticate(DEV)
            await r.gateway.vault.claim("resp_1", owner(principal))
            got = await r.call("/v1/responses/resp_1")
            gone = await r.call("/v1/responses/resp_1", method="DELETE")
            strange = await r.call("/v1/responses/resp_1/input_items")
            return got, gone, strange, r.provider.requests

    got, gone, strange, requests = run(work())
    assert got.status == 200
    assert b"SECRETWORD" not in got.body
    assert got.headers["x-redoubt-decision"] == "redact"
    assert gone.json["deleted"] is True
    assert strange.status == 404
    assert requests[0].startswith(b"GET /v1/responses/resp_1 ")


def test_a_models_name_is_no_place_for_a_text() -> None:
    """It is kept in the log and told to others; one of megabytes would have made every entry as large."""
    assert asked(echo(), body=chat("hello") | {"model": "gpt-" + "x" * 252}).status == 200
    refused = asked(echo(), body=chat("hello") | {"model": "gpt-" + "x" * 253})
    assert refused.status == 400
    assert "longer than 256 characters" in refused.json["error"]["message"]


def test_a_failure_after_the_answer_holds_nobodys_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> int:
        async with rig(echo()) as r:
            monkeypatch.delattr(type(r.gateway.metrics), "answered")
            await r.call(body=chat("hello"))
            return r.quota.under_way

    assert run(work()) == 0
