import json
from typing import Any

import pytest

from redoubt.domain.errors import InputError, UpstreamError
from redoubt.domain.exchange import Role, Syntax, Trust, Usage
from redoubt.surfaces.gateway.wire.openai_responses import ResponsesCodec
from tests.unit.surfaces.gateway.wire.openai_sdk import client

CODEC = ResponsesCodec()
REQUEST = CODEC.read_request({"model": "m", "input": "x"})


def texts(body: Any) -> list[tuple[str, str, Role, Trust]]:
    return [(s.path, s.text, s.role, s.trust) for s in CODEC.read_request(body).segments]


def items(*values: Any) -> list[tuple[str, str, Role, Trust]]:
    found = texts({"model": "m", "input": list(values)})
    return [(path.removeprefix("/input/"), *rest) for path, *rest in found]  # type: ignore[misc]


def test_instructions_and_a_plain_input() -> None:
    assert texts({"model": "m", "instructions": "be kind", "input": "hi"}) == [
        ("/instructions", "be kind", Role.SYSTEM, Trust.OPERATOR),
        ("/input", "hi", Role.USER, Trust.USER),
    ]


def test_messages() -> None:
    assert items(
        {"role": "user", "content": "a"},
        {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "b"}]},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "c", "annotations": []}],
        },
    ) == [
        ("0/content", "a", Role.USER, Trust.USER),
        ("1/content/0/text", "b", Role.DEVELOPER, Trust.OPERATOR),
        ("2/content/0/text", "c", Role.ASSISTANT, Trust.MODEL),
    ]


CALL, RESULT = (Role.TOOL_CALL, Trust.MODEL), (Role.TOOL_RESULT, Trust.EXTERNAL)
MODEL = (Role.ASSISTANT, Trust.MODEL)


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": '{"a":1}'},
            [("arguments", '{"a":1}', *CALL)],
        ),
        ({"type": "function_call_output", "call_id": "c", "output": "r"}, [("output", "r", *RESULT)]),
        (
            {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "r"}]},
            [("output/0/text", "r", *RESULT)],
        ),
        ({"type": "custom_tool_call", "call_id": "c", "name": "f", "input": "i"}, [("input", "i", *CALL)]),
        ({"type": "custom_tool_call_output", "call_id": "c", "output": "r"}, [("output", "r", *RESULT)]),
        (
            {
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": "s"}],
                "encrypted_content": "QUJD" * 99,
            },
            [("summary/0/text", "s", *MODEL)],
        ),
        (
            {"type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "q"}},
            [("action/query", "q", *CALL)],
        ),
        (
            {
                "type": "file_search_call",
                "queries": ["q"],
                "results": [{"file_id": "f", "text": "t", "score": 1.0}],
            },
            [("results/0/text", "t", *RESULT), ("queries/0", "q", *CALL)],
        ),
        (
            {"type": "code_interpreter_call", "code": "print()", "outputs": [{"type": "logs", "logs": "l"}]},
            [("code", "print()", *CALL), ("outputs/0/logs", "l", *RESULT)],
        ),
        (
            {"type": "mcp_call", "name": "f", "server_label": "s", "arguments": "{}", "output": "o"},
            [("arguments", "{}", *CALL), ("output", "o", *RESULT), ("server_label", "s", *CALL)],
        ),
        (
            {
                "type": "shell_call_output",
                "output": [{"stdout": "o", "stderr": "e", "outcome": {"type": "exit"}}],
            },
            [("output/0/stdout", "o", *RESULT), ("output/0/stderr", "e", *RESULT)],
        ),
        (
            {"type": "shell_call", "action": {"commands": ["ls -l"]}},
            [("action/commands/0", "ls -l", *CALL)],
        ),
        (
            {"type": "apply_patch_call", "operation": {"type": "update_file", "path": "p", "diff": "d"}},
            [("operation/path", "p", *CALL), ("operation/diff", "d", *CALL)],
        ),
        ({"type": "computer_call", "action": {"type": "type", "text": "t"}}, [("action/text", "t", *CALL)]),
        ({"type": "item_reference", "id": "i"}, []),
        ({"type": "invented", "words": "w"}, [("words", "w", Role.USER, Trust.USER)]),
    ],
)
def test_every_kind_of_item(item: Any, found: list[tuple[str, str, Role, Trust]]) -> None:
    assert items(item) == [(f"0/{path}", *rest) for path, *rest in found]


def test_arguments_are_json() -> None:
    request = CODEC.read_request(
        {"model": "m", "input": [{"type": "function_call", "name": "f", "arguments": "{}"}]}
    )
    assert [s.syntax for s in request.segments] == [Syntax.JSON]


def test_what_cannot_be_read_is_noted() -> None:
    parts = [
        {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0="},
        {"type": "input_image", "file_id": "f1"},
        {"type": "input_file", "file_data": "data:application/pdf;base64,JVBERi0xLjcKJQD/"},
        {"type": "input_file", "file_id": "f2", "filename": "a.pdf"},
        {"type": "input_file", "file_url": "https://x.example/a.pdf"},
    ]
    shot = {
        "type": "computer_call_output",
        "output": {"type": "computer_screenshot", "image_url": "https://x/1.png"},
    }
    request = CODEC.read_request({"model": "m", "input": [{"role": "user", "content": parts}, shot]})
    assert [u.kind for u in request.uninspectable] == ["image", "image", "file", "file", "file", "image"]
    assert [s.text for s in request.segments] == ["a.pdf", "https://x.example/a.pdf", "https://x/1.png"]


def test_tools_of_a_server_keep_its_credentials() -> None:
    tool = {
        "type": "mcp",
        "server_label": "crm",
        "server_url": "https://crm.example/mcp",
        "server_description": "customers",
        "authorization": "secret",
        "headers": {"x-key": "secret"},
    }
    found = texts({"model": "m", "input": "x", "tools": [tool]})
    assert [t for _, t, *_ in found[:-1]] == ["crm", "https://crm.example/mcp", "customers"]
    assert {tuple(v) for _, _, *v in found[:-1]} == {(Role.TOOL_DEFINITION, Trust.OPERATOR)}


def test_variables_schema_and_metadata() -> None:
    body = {
        "model": "m",
        "prompt": {
            "id": "pmpt_1",
            "version": "2",
            "variables": {"id": "Jo", "file": {"type": "input_text", "text": "t"}},
        },
        "text": {"format": {"type": "json_schema", "name": "s", "schema": {"description": "shape"}}},
        "metadata": {"model": "jo"},
    }
    found = {path: text for path, text, *_ in texts(body)}
    assert found["/prompt/variables/id"] == "Jo"
    assert found["/prompt/variables/file/text"] == "t"
    assert found["/text/format/schema/description"] == "shape"
    assert found["/metadata/model"] == "jo"


@pytest.mark.parametrize(
    ("more", "chain"),
    [
        ({}, ""),
        ({"previous_response_id": "resp_1"}, "resp_1"),
        ({"conversation": "conv_1"}, "conv_1"),
        ({"conversation": {"id": "conv_2"}}, "conv_2"),
    ],
)
def test_what_ties_a_request_to_an_earlier_one(more: Any, chain: str) -> None:
    assert CODEC.read_request({"model": "m", "input": "x", **more}).chain == chain


def test_a_request_goes_on_from_one_thing() -> None:
    """Else the owner of one of them would not be asked for."""
    with pytest.raises(InputError) as refused:
        CODEC.read_request(
            {"model": "m", "input": "x", "previous_response_id": "resp_1", "conversation": "c"}
        )
    assert refused.value.pointer == "/conversation"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ("x", ""),
        ({"input": "x"}, "/model"),
        ({"model": "m", "input": {}}, "/input"),
        ({"model": "m", "input": [1]}, "/input/0"),
        ({"model": "m", "input": [{"role": "user", "content": 1}]}, "/input/0/content"),
        ({"model": "m", "input": [{"type": 1}]}, "/input/0/type"),
        ({"model": "m", "input": "x", "instructions": 1}, "/instructions"),
    ],
)
def test_a_body_in_which_text_could_hide_is_refused(body: Any, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        CODEC.read_request(body)
    assert caught.value.pointer == pointer


ANSWER: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "status": "completed",
    "model": "m",
    "instructions": "be kind",
    "metadata": {"who": "jo"},
    "output": [
        {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "why"}]},
        {
            "type": "message",
            "id": "msg",
            "role": "assistant",
            "status": "completed",
            "content": [
                {
                    "type": "output_text",
                    "text": "hi",
                    "annotations": [
                        {"type": "url_citation", "url": "https://x", "title": "T", "start_index": 0}
                    ],
                    "logprobs": [{"token": "hi", "logprob": -1.0}],
                },
                {"type": "refusal", "refusal": "no"},
            ],
        },
        {"type": "function_call", "id": "fc", "call_id": "c", "name": "f", "arguments": "{}"},
    ],
    "usage": {"input_tokens": 3, "output_tokens": 2},
}


def test_answer_texts() -> None:
    answer = CODEC.read_answer(ANSWER)
    assert [s.text for s in answer.segments] == ["why", "hi", "https://x", "T", "no", "{}", "be kind", "jo"]
    assert (answer.usage, answer.chain) == (Usage(3, 2), "resp_1")
    assert CODEC.write_answer(answer, {}) is ANSWER
    assert CODEC.read_answer({**ANSWER, "conversation": {"id": "conv"}}).chain == "conv"


def test_a_changed_answer_loses_the_probabilities_that_spell_it_out() -> None:
    changed = CODEC.write_answer(CODEC.read_answer(ANSWER), {"/output/1/content/0/text": "***"})
    part = changed["output"][1]["content"][0]
    assert (part["text"], list(part["logprobs"])) == ("***", [])
    assert ANSWER["output"][1]["content"][0]["logprobs"] != []


@pytest.mark.parametrize("body", [[], {"output": {}}, {"output": [1]}, {"output": [{"content": 1}]}])
def test_a_broken_answer_is_refused(body: Any) -> None:
    with pytest.raises(UpstreamError):
        CODEC.read_answer(body)


def test_the_sdk_reads_a_refusal() -> None:
    body = json.dumps(CODEC.refusal(REQUEST, "No.", exchange="x1", now=7.5)).encode()
    got = client(body).responses.create(model="m", input="x")
    assert got.output_text == "No."
    assert got.status == "incomplete"
    assert got.incomplete_details is not None
    assert got.incomplete_details.reason == "content_filter"
    assert got.id == "resp_x1"
