import json
from typing import Any

import openai
import pytest

from redoubt.domain.errors import InputError, UpstreamError
from redoubt.domain.exchange import Usage
from redoubt.surfaces.gateway.wire.interface import WireCodec
from redoubt.surfaces.gateway.wire.openai_completions import CompletionsCodec
from redoubt.surfaces.gateway.wire.openai_embeddings import EmbeddingsCodec
from tests.unit.surfaces.gateway.wire.openai_sdk import client

COMPLETIONS = CompletionsCodec()
EMBEDDINGS = EmbeddingsCodec()


@pytest.mark.parametrize(("codec", "member"), [(COMPLETIONS, "prompt"), (EMBEDDINGS, "input")])
@pytest.mark.parametrize(
    ("value", "texts", "opaque"),
    [
        ("a", {"": "a"}, []),
        (["a", "b"], {"/0": "a", "/1": "b"}, []),
        ([1, 2, 3], {}, [""]),
        ([[1, 2], [3]], {}, ["/0", "/1"]),
        (["a", 1], {"/0": "a"}, [""]),
    ],
)
def test_inputs(codec: WireCodec, member: str, value: Any, texts: dict[str, str], opaque: list[str]) -> None:
    request = codec.read_request({"model": "m", member: value})
    assert {s.path: s.text for s in request.segments} == {f"/{member}{k}": v for k, v in texts.items()}
    assert [(u.path, u.kind) for u in request.uninspectable] == [(f"/{member}{k}", "tokens") for k in opaque]


@pytest.mark.parametrize(("codec", "member"), [(COMPLETIONS, "prompt"), (EMBEDDINGS, "input")])
@pytest.mark.parametrize("value", [{"a": "b"}, [{"a": "b"}], [["a"]], [1.5], 7])
def test_inputs_in_which_text_could_hide(codec: WireCodec, member: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        codec.read_request({"model": "m", member: value})
    assert caught.value.pointer.startswith(f"/{member}")


def test_suffix_and_settings() -> None:
    request = COMPLETIONS.read_request(
        {"model": "m", "prompt": "a", "suffix": "b", "stop": ["c"], "user": "u"}
    )
    assert [s.text for s in request.segments] == ["a", "b", "c", "u"]
    assert request.end_user == "u"


def answer(logprobs: Any) -> dict[str, Any]:
    return {
        "id": "cmpl-1",
        "model": "m",
        "choices": [{"index": 0, "text": "hi", "logprobs": logprobs, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2},
    }


def test_answer() -> None:
    body = answer({"tokens": ["h", "i"], "token_logprobs": [-1.0, -1.0], "text_offset": [0, 1]})
    got = COMPLETIONS.read_answer(body)
    assert ([s.text for s in got.segments], got.usage) == (["hi"], Usage(3, 2))
    changed = COMPLETIONS.write_answer(got, {"/choices/0/text": "**"})
    assert (changed["choices"][0]["text"], changed["choices"][0]["logprobs"]) == ("**", None)


def test_probabilities_that_say_something_else_are_read() -> None:
    got = COMPLETIONS.read_answer(answer({"tokens": ["secret"]}))
    assert [s.text for s in got.segments] == ["hi", "secret"]


def test_the_sdk_reads_a_refusal() -> None:
    request = COMPLETIONS.read_request({"model": "m", "prompt": "x"})
    body = json.dumps(COMPLETIONS.refusal(request, "No.", exchange="x", now=1.0)).encode()
    got = client(body).completions.create(model="m", prompt="x")
    assert (got.choices[0].text, got.choices[0].finish_reason) == ("No.", "content_filter")


def test_vectors_are_no_text() -> None:
    data = [{"object": "embedding", "index": 0, "embedding": [0.5, 1]}, {"embedding": "AAAA" * 200}]
    got = EMBEDDINGS.read_answer(
        {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 3}}
    )
    assert got.segments == ()
    assert got.usage == Usage(3, None)


def test_a_vector_of_words_is_text() -> None:
    got = EMBEDDINGS.read_answer({"data": [{"embedding": ["my secret"]}, {"embedding": "my other secret"}]})
    assert [s.text for s in got.segments] == ["my secret", "my other secret"]


def test_embeddings_are_denied_with_an_error() -> None:
    assert not EMBEDDINGS.can_refuse
    request = EMBEDDINGS.read_request({"model": "m", "input": "x"})
    body = json.dumps(EMBEDDINGS.refusal(request, "No.", exchange="x", now=1.0)).encode()
    with pytest.raises(openai.BadRequestError, match=r"No\.") as caught:
        client(body, 400).embeddings.create(model="m", input="x")
    assert caught.value.code == "content_filter"


def test_embeddings_are_not_streamed() -> None:
    request = EMBEDDINGS.read_request({"model": "m", "input": "x", "stream": True})
    assert not request.stream
    with pytest.raises(UpstreamError):
        EMBEDDINGS.stream(request)
