"""Any request and any reply give exactly one whole answer, and nothing that was denied gets through."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.settings import Settings, UpstreamKind, UpstreamSettings
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.phases import Desk
from redoubt.pipeline.upstream import Headers, UpstreamRequest
from redoubt.surfaces.gateway.app import GatewayApp
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.upstreams import NamedUpstream, Upstreams
from tests.unit.surfaces.gateway.rig import POLICY, Audit, Keys, MemoryVault, Quota, WordDetector

PATHS = st.sampled_from(
    [
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/responses/resp_1",
        "/v1/completions",
        "/v1/embeddings",
        "/v1/messages",
        "/v1/messages/count_tokens",
        "/v1/models",
        "/v1/models/m",
        "/v1beta/models/m:generateContent",
        "/v1beta/models/m:streamGenerateContent",
        "/redoubt/v1/inspect",
        "/redoubt/v1/mask",
        "/redoubt/v1/restore",
        "/redoubt/v1/keys",
        "/redoubt/v1/audit",
    ]
)
WORDS = st.sampled_from(
    ["hi", "BADWORD", "SECRETWORD", "jane@example.com", "BOOMWORD", "model", "user", "text", "data: "]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
NAMES = st.sampled_from(
    (
        "model",
        "messages",
        "role",
        "content",
        "text",
        "stream",
        "input",
        "type",
        "choices",
        "message",
        "delta",
        "error",
    )
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | WORDS, inner, max_size=5),
    max_leaves=15,
)
CHATTY = st.builds(
    lambda text, stream: {
        "model": "m",
        "stream": stream,
        "max_tokens": 5,
        "input": text,
        "prompt": text,
        "text": text,
        "session": "s",
        "name": "n",
        "messages": [{"role": "user", "content": text}],
        "contents": [{"parts": [{"text": text}]}],
    },
    WORDS,
    st.booleans(),
)
BODIES = st.binary(max_size=60) | (JSON | CHATTY).map(lambda value: json.dumps(value).encode())
EVENTS = st.lists(
    (JSON | CHATTY).map(lambda value: b"data: " + json.dumps(value).encode() + b"\n\n"), max_size=4
)
REPLIES = BODIES | EVENTS.map(b"".join)
TYPES = st.sampled_from(["application/json", "text/event-stream", "text/html", ""])


class Reply:
    def __init__(self, status: int, media_type: str, data: bytes, cut: int) -> None:
        self.status = status
        self.headers: Headers = (("content-type", media_type),)
        self._pieces = [piece for piece in (data[:cut], data[cut:]) if piece]

    async def body(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece

    async def aclose(self) -> None:
        pass


class Provider:
    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self.sent: list[bytes] = []

    async def send(self, request: UpstreamRequest) -> Reply:
        self.sent.append(request.body)
        return self._reply

    async def aclose(self) -> None:
        pass


async def exchange(
    app: GatewayApp, method: str, path: str, query: bytes, body: bytes
) -> list[MutableMapping[str, Any]]:
    messages: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    answer: list[MutableMapping[str, Any]] = []
    over = asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        if messages:
            return messages.pop()
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        answer.append(message)

    headers = [(b"authorization", b"Bearer rdt_admin"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
    await app(scope, receive, send)
    return answer


@given(
    st.sampled_from(["POST", "GET", "DELETE", "PUT"]),
    PATHS | st.text(max_size=12).map(lambda text: f"/v1/{text}"),
    st.sampled_from([b"", b"alt=sse", b"stream=true", b"limit=5"]) | st.binary(max_size=12),
    BODIES,
    st.sampled_from([200, 201, 400, 500]),
    TYPES,
    REPLIES,
    st.integers(0, 80),
)
def test_any_request_and_any_reply(
    method: str, path: str, query: bytes, body: bytes, status: int, media_type: str, reply: bytes, cut: int
) -> None:
    provider = Provider(Reply(status, media_type, reply, cut))
    vault, audit = MemoryVault(), Audit()
    desk = Desk(Inspector((WordDetector(),), POLICY, key=bytes(32)), vault.key, bytes(32), lambda: 1.0)
    named = NamedUpstream(UpstreamSettings("p", UpstreamKind.PRACTICE), provider)
    gateway = Gateway(Settings(), Keys(), Quota(), audit, vault, desk, Upstreams((named,)))
    answer = asyncio.run(exchange(GatewayApp(gateway), method, path, query, body))
    start, *pieces = answer
    assert start["type"] == "http.response.start"
    assert 200 <= start["status"] < 600
    assert start["status"] != 500 or status == 500
    assert {name for name, _ in start["headers"]} >= {
        b"x-redoubt-exchange",
        b"x-redoubt-decision",
        b"content-type",
    }
    assert [piece.get("more_body", False) for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    said = b"".join(piece["body"] for piece in pieces)
    for forbidden in (b"SECRETWORD", b"BADWORD"):
        assert all(forbidden not in data for data in provider.sent)
        if not path.startswith(("/v1/models", "/redoubt/v1/keys")):
            assert forbidden not in said
    assert b"jane@example.com" not in b"".join(provider.sent)
