import pytest

from redoubt.domain.errors import InputError
from redoubt.domain.settings import UpstreamKind
from redoubt.surfaces.gateway.problems import NotServedError
from redoubt.surfaces.gateway.routes import Purpose, codec_for, find, key_in_query

OPENAI, ANTHROPIC, GEMINI = UpstreamKind.OPENAI, UpstreamKind.ANTHROPIC, UpstreamKind.GEMINI


@pytest.mark.parametrize(
    ("method", "path", "query", "kind", "api", "asked"),
    [
        ("POST", "/v1/chat/completions", "", OPENAI, "openai.chat", "/v1/chat/completions"),
        ("POST", "/v1/responses", "", OPENAI, "openai.responses", "/v1/responses"),
        ("POST", "/v1/completions", "", OPENAI, "openai.completions", "/v1/completions"),
        ("POST", "/v1/embeddings", "", OPENAI, "openai.embeddings", "/v1/embeddings"),
        ("POST", "/v1/messages", "beta=true", ANTHROPIC, "anthropic.messages", "/v1/messages?beta=true"),
        ("POST", "/v1/messages/count_tokens", "", ANTHROPIC, "anthropic.count_tokens", "/v1/messages/count_tokens"),
        ("POST", "/v1beta/models/g-1:generateContent", "key=rdt_x", GEMINI, "gemini.generate", "/v1beta/models/g-1:generateContent"),
        ("POST", "/v1/models/g-1:generateContent", "", GEMINI, "gemini.generate", "/v1/models/g-1:generateContent"),
        ("POST", "/v1beta/models/g-1:countTokens", "", GEMINI, "gemini.count_tokens", "/v1beta/models/g-1:countTokens"),
        ("POST", "/v1beta/models/g:streamGenerateContent", "alt=sse", GEMINI, "gemini.generate",
         "/v1beta/models/g:streamGenerateContent?alt=sse"),
        ("POST", "/v1beta/models/g:streamGenerateContent", "", GEMINI, "gemini.generate",
         "/v1beta/models/g:streamGenerateContent?alt=sse"),
        ("GET", "/v1/models", "limit=5", OPENAI, "openai.chat", "/v1/models?limit=5"),
        ("GET", "/v1/models/ft:gpt-4o:org::id", "", OPENAI, "openai.chat", "/v1/models/ft:gpt-4o:org::id"),
        ("GET", "/v1/models/meta/llama", "", OPENAI, "openai.chat", "/v1/models/meta/llama"),
        ("GET", "/v1beta/models/g-1", "", GEMINI, "gemini.generate", "/v1beta/models/g-1"),
        ("GET", "/v1/responses/resp_1", "", OPENAI, "openai.responses", "/v1/responses/resp_1"),
        ("GET", "/v1/responses/resp_1", "stream=true", OPENAI, "openai.responses", "/v1/responses/resp_1?stream=true"),
        ("POST", "/v1/responses/resp_1/cancel", "", OPENAI, "openai.responses", "/v1/responses/resp_1/cancel"),
    ],
)  # fmt: skip
def test_table(method: str, path: str, query: str, kind: UpstreamKind, api: str, asked: str) -> None:
    route = find(method, path, query)
    assert (route.kind, route.codec.api, route.path) == (kind, api, asked)


def test_what_a_url_says() -> None:
    sse = find("POST", "/v1beta/models/g:streamGenerateContent", "alt=sse")
    array = find("POST", "/v1beta/models/g:streamGenerateContent", "")
    assert (sse.model, sse.stream, sse.media_type[:17]) == ("g", True, b"text/event-stream")
    assert (array.model, array.stream, array.media_type) == ("g", True, b"application/json")
    assert find("GET", "/v1/responses/resp_1", "stream=true").stream
    assert find("GET", "/v1/responses/resp_1", "").purpose is Purpose.KEPT
    assert find("GET", "/v1/models", "", ANTHROPIC).kind is ANTHROPIC
    listed = find("GET", "/v1/models", "pageSize=5", GEMINI)
    assert (listed.kind, listed.path) == (GEMINI, "/v1beta/models?pageSize=5")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/chat/completions", 405),
        ("DELETE", "/v1/models", 405),
        ("PUT", "/v1/responses/resp_1", 405),
        ("GET", "/v1/responses/resp_1/cancel", 405),
        ("GET", "/v1beta/models/g:generateContent", 405),
        ("POST", "/v1/chat/completions/", 404),
        ("POST", "/v1", 404),
        ("POST", "/v1/audio/speech", 404),
        ("POST", "/v1beta/models/g:doSomething", 404),
        ("POST", "/v1beta/models/../x:generateContent", 404),
        ("POST", "/v1beta/models/a b:generateContent", 404),
        ("POST", "/v1beta/models/:generateContent", 404),
        ("GET", "/v1/models/a\r\nb", 404),
        ("GET", "/v1/models/a//b", 404),
        ("GET", "/v1/models/..", 404),
        ("GET", "/v1/responses/a/b", 404),
        ("GET", "/v1/responses/a?b", 404),
    ],
)
def test_what_is_not_served(method: str, path: str, status: int) -> None:
    with pytest.raises(NotServedError) as caught:
        find(method, path, "")
    assert caught.value.status == status


@pytest.mark.parametrize(
    "query", ["note=hello", "beta=a%20b", "beta=" + "x" * 200, "limit=jane@example.com", "=", "x"]
)
def test_a_query_that_is_not_inspected_goes_nowhere(query: str) -> None:
    with pytest.raises(InputError, match="query parameter"):
        find("POST", "/v1/messages", query)


def test_a_key_in_the_url_is_googles_alone() -> None:
    assert key_in_query("/v1beta/models", "alt=sse&key=abc") == "abc"
    assert key_in_query("/v1/models", "key=abc") == ""


def test_the_shape_of_errors() -> None:
    apis = [codec_for("/v1beta/x").api, codec_for("/v1/messages/x").api, codec_for("/x").api]
    assert apis == ["gemini.generate", "anthropic.messages", "openai.chat"]
    assert codec_for("/v1/models", ANTHROPIC).api == "anthropic.messages"
    assert codec_for("/v1/models", GEMINI).api == "gemini.generate"
    assert codec_for("/v1/models/g:generateContent").api == "gemini.generate"
