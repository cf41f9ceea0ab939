import asyncio
import json
from typing import Any

import openai
import pytest

from redoubt.domain.errors import InputError, UpstreamError
from redoubt.domain.exchange import Role, Syntax, Trust, Usage
from redoubt.surfaces.gateway.wire.openai_chat import ChatCodec
from tests.unit.surfaces.gateway.wire.openai_sdk import async_client, client

CODEC = ChatCodec()
REQUEST = CODEC.read_request({"model": "m", "messages": []})


def chat(**more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [], **more}


def places(body: Any) -> dict[str, str]:
    return {s.path: s.text for s in CODEC.read_request(body).segments}


def test_each_message_speaks_with_its_own_role() -> None:
    roles = ["system", "developer", "user", "assistant", "tool", "function"]
    request = CODEC.read_request(
        chat(messages=[{"role": r, "content": r} for r in roles], stream=True, user="u7")
    )
    assert [(s.text, s.role, s.trust, s.path) for s in request.segments] == [
        ("system", Role.SYSTEM, Trust.OPERATOR, "/messages/0/content"),
        ("developer", Role.DEVELOPER, Trust.OPERATOR, "/messages/1/content"),
        ("user", Role.USER, Trust.USER, "/messages/2/content"),
        ("assistant", Role.ASSISTANT, Trust.MODEL, "/messages/3/content"),
        ("tool", Role.TOOL_RESULT, Trust.EXTERNAL, "/messages/4/content"),
        ("function", Role.TOOL_RESULT, Trust.EXTERNAL, "/messages/5/content"),
        ("u7", Role.USER, Trust.USER, "/user"),
    ]
    assert (request.model, request.stream, request.end_user) == ("m", True, "u7")


def test_tool_calls_are_json_and_plain_names_are_left_alone() -> None:
    calls = [
        {"id": "c1", "type": "function", "function": {"name": "find_customer", "arguments": '{"a": 1}'}},
        {"id": "c2", "type": "custom", "custom": {"name": "sh", "input": "ls"}},
    ]
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": calls,
        "function_call": {"name": "f", "arguments": "{}"},
    }
    request = CODEC.read_request(chat(messages=[message]))
    assert [(s.text, s.path.removeprefix("/messages/0/"), s.role, s.syntax) for s in request.segments] == [
        ('{"a": 1}', "tool_calls/0/function/arguments", Role.TOOL_CALL, Syntax.JSON),
        ("ls", "tool_calls/1/custom/input", Role.TOOL_CALL, Syntax.PLAIN),
        ("{}", "function_call/arguments", Role.TOOL_CALL, Syntax.JSON),
    ]


def test_a_name_that_could_hide_something_is_text() -> None:
    tool = {"type": "function", "function": {"name": "mail_jo@example.org"}}
    assert places(chat(tools=[tool])) == {"/tools/0/function/name": "mail_jo@example.org"}


def test_tool_definitions() -> None:
    schema = {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "where", "enum": ["Rome"], "default": "Bari"}
        },
        "required": ["city"],
    }
    tool = {
        "type": "function",
        "function": {"name": "f", "description": "what", "parameters": schema, "strict": True},
    }
    request = CODEC.read_request(chat(tools=[tool]))
    assert [s.text for s in request.segments] == ["what", "where", "Rome", "Bari"]
    assert {(s.role, s.trust) for s in request.segments} == {(Role.TOOL_DEFINITION, Trust.OPERATOR)}


def test_content_parts_and_what_cannot_be_read() -> None:
    parts = [
        {"type": "text", "text": "a"},
        {"type": "refusal", "refusal": "b"},
        {"type": "image_url", "image_url": {"url": "https://x.example/a.png", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0="}},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        {"type": "file", "file": {"file_data": "data:text/plain;base64,aGVsbG8=", "filename": "n.txt"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0xLjcKJQD/"}},
        {"type": "file", "file": {"file_id": "file-1"}},
        {"type": "hologram", "hologram": {"caption": "c"}},
    ]
    request = CODEC.read_request(chat(messages=[{"role": "user", "content": parts}]))
    base = "/messages/0/content/"
    assert {s.path.removeprefix(base): s.text for s in request.segments} == {
        "0/text": "a",
        "1/refusal": "b",
        "2/image_url/url": "https://x.example/a.png",
        "5/file/file_data~d": "hello",
        "5/file/filename": "n.txt",
        "8/hologram/caption": "c",
    }
    assert [(u.path.removeprefix(base), u.kind) for u in request.uninspectable] == [
        ("2/image_url/url", "image"),
        ("3/image_url/url", "image"),
        ("4/input_audio/data", "audio"),
        ("6/file/file_data", "file"),
        ("7/file/file_id", "file"),
    ]


def test_words_that_only_pretend_to_be_bytes_are_read() -> None:
    parts = [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,my mail is jo@example.org"}},
        {"type": "input_audio", "input_audio": {"data": "call me maybe", "format": "wav"}},
    ]
    texts = places(chat(messages=[{"role": "user", "content": parts}])).values()
    assert list(texts) == ["data:image/png;base64,my mail is jo@example.org", "call me maybe"]


def test_members_nobody_knows_are_read_with_their_names() -> None:
    message = {
        "role": "user",
        "content": "x",
        "name": "Jo",
        "mood": {"4111 1111": ["deep"]},
        "ref": 4111111111111111,
    }
    body = chat(
        messages=[message], metadata={"id": "jo"}, new_thing={"type": "not a token"}, seed=12345678901234
    )
    assert places(body) == {
        "/messages/0/content": "x",
        "/messages/0/name": "Jo",
        "/messages/0/mood/4111 1111~#": "4111 1111",
        "/messages/0/mood/4111 1111/0": "deep",
        "/messages/0/ref": "4111111111111111",
        "/metadata/id": "jo",
        "/new_thing/type": "not a token",
    }


def test_reasoning_prediction_schema_and_settings_are_read() -> None:
    body = chat(
        messages=[
            {"role": "assistant", "content": "x", "reasoning_content": "because", "audio": {"id": "a1"}}
        ],
        prediction={"type": "content", "content": [{"type": "text", "text": "draft"}]},
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "s", "schema": {"description": "shape"}},
        },
        web_search_options={"user_location": {"type": "approximate", "approximate": {"city": "Rome"}}},
        stop=["END"],
        logit_bias={"50256": -100},
    )
    texts = list(places(body).values())
    assert texts == ["x", "because", "s", "shape", "draft", "Rome", "END"]


def test_nothing_changed_is_the_same_object() -> None:
    body = chat(messages=[{"role": "user", "content": "x"}])
    assert CODEC.write_request(CODEC.read_request(body), {}) is body


def test_changes_are_written_where_the_text_was() -> None:
    url = "data:text/plain;base64,aGVsbG8="
    body = chat(
        messages=[{"role": "user", "content": [{"type": "file", "file": {"file_data": url}}]}], user="jo"
    )
    request = CODEC.read_request(body)
    changed = CODEC.write_request(request, {"/messages/0/content/0/file/file_data~d": "other", "/user": "u"})
    assert changed["messages"][0]["content"][0]["file"]["file_data"] == "data:text/plain;base64,b3RoZXI="
    assert changed["user"] == "u"
    assert body["user"] == "jo"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ({"model": "m"}, "/messages"),
        ({"messages": []}, "/model"),
        (chat(stream="yes"), "/stream"),
        (chat(messages={}), "/messages"),
        (chat(messages=["x"]), "/messages/0"),
        (chat(messages=[{"content": "x"}]), "/messages/0/role"),
        (chat(messages=[{"role": "user", "content": 1}]), "/messages/0/content"),
        (chat(messages=[{"role": "user", "content": [1]}]), "/messages/0/content/0"),
        (
            chat(messages=[{"role": "user", "content": [{"type": "text", "text": {}}]}]),
            "/messages/0/content/0/text",
        ),
        (
            chat(messages=[{"role": "assistant", "tool_calls": [{"function": {"arguments": {"a": 1}}}]}]),
            "/messages/0/tool_calls/0/function/arguments",
        ),
        (chat(tools={}), "/tools"),
    ],
)
def test_a_body_in_which_text_could_hide_is_refused(body: Any, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        CODEC.read_request(body)
    assert caught.value.pointer == pointer


ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {
                "role": "assistant",
                "content": "hi there",
                "refusal": None,
                "reasoning_content": "thinking",
                "annotations": [{"type": "url_citation", "url_citation": {"url": "https://x", "title": "T"}}],
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
                "audio": {"id": "a", "data": "UklGRg==", "expires_at": 1, "transcript": "spoken"},
            },
            "logprobs": {"content": [{"token": "hi", "logprob": -1.0}, {"token": " there", "logprob": -1.0}]},
        }
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}


def test_answer_texts() -> None:
    answer = CODEC.read_answer(ANSWER)
    assert [s.text for s in answer.segments] == ["hi there", "{}", "spoken", "thinking", "https://x", "T"]
    assert [u.kind for u in answer.uninspectable] == ["audio"]
    assert answer.usage == Usage(3, 2)
    assert CODEC.write_answer(answer, {}) is ANSWER


def test_a_changed_answer_loses_the_probabilities_that_spell_it_out() -> None:
    changed = CODEC.write_answer(CODEC.read_answer(ANSWER), {"/choices/0/message/content": "***"})
    assert changed["choices"][0]["logprobs"] is None
    assert "there" not in json.dumps(changed["choices"][0]["message"]["content"])
    assert ANSWER["choices"][0]["logprobs"] is not None


def test_probabilities_that_say_something_else_are_read() -> None:
    choice = {**ANSWER["choices"][0], "logprobs": {"content": [{"token": "secret"}]}}
    assert "secret" in [s.text for s in CODEC.read_answer({**ANSWER, "choices": [choice]}).segments]


@pytest.mark.parametrize(
    "body", [[], {"choices": {}}, {"choices": [{}]}, {"choices": [{"message": {"content": 1}}]}]
)
def test_a_broken_answer_is_refused(body: Any) -> None:
    with pytest.raises(UpstreamError):
        CODEC.read_answer(body)


def test_the_sdk_reads_a_refusal() -> None:
    body = json.dumps(CODEC.refusal(REQUEST, "No.", exchange="x1", now=7.5)).encode()
    got = client(body).chat.completions.create(model="m", messages=[])
    assert (got.choices[0].message.content, got.choices[0].finish_reason) == ("No.", "content_filter")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "content_filter", openai.BadRequestError),
        (401, "invalid_api_key", openai.AuthenticationError),
        (403, "no", openai.PermissionDeniedError),
        (404, "no", openai.NotFoundError),
        (429, "no", openai.RateLimitError),
        (502, "no", openai.InternalServerError),
    ],
)
def test_the_sdk_raises_its_own_errors(status: int, code: str, error: type[openai.APIStatusError]) -> None:
    body = json.dumps(CODEC.error(status, "Because.", code=code)).encode()
    with pytest.raises(error, match=r"Because\.") as caught:
        client(body, status).chat.completions.create(model="m", messages=[])
    assert caught.value.code == code


def test_async_sdk_reads_a_refusal() -> None:
    body = json.dumps(CODEC.refusal(REQUEST, "No.", exchange="x1", now=7.5)).encode()

    async def ask() -> str | None:
        async with async_client(body) as asynchronous:
            got = await asynchronous.chat.completions.create(model="m", messages=[])
            return got.choices[0].message.content

    assert asyncio.run(ask()) == "No."


def test_the_counts_of_an_answer_are_no_hiding_place() -> None:
    usage = {
        "prompt_tokens": 3,
        "completion_tokens_details": {"accepted_prediction_tokens": 0},
        "note": "secret",
    }
    answer = CODEC.read_answer({"id": "one secret", "choices": [], "usage": usage})
    assert [s.text for s in answer.segments] == ["one secret", "secret"]


def test_a_parts_type_that_is_no_type_is_inspected_too() -> None:
    parts = [{"type": ["jane@x.example"], "text": "hi"}, {"type": "jane@x.example", "text": "hi"}]
    found = places(chat(messages=[{"role": "user", "content": parts}]))
    assert found["/messages/0/content/0/type/0"] == "jane@x.example"
    assert found["/messages/0/content/1/type"] == "jane@x.example"
