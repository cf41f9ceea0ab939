"""Notations of a request's members in which a value once went by unseen."""

import base64
import json
from typing import Any

import pytest

from redoubt.domain.errors import InputError
from redoubt.surfaces.gateway.json_body import decode
from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicMessages
from redoubt.surfaces.gateway.wire.gemini_generate import GeminiGenerate
from redoubt.surfaces.gateway.wire.interface import WireCodec
from redoubt.surfaces.gateway.wire.openai_chat import ChatCodec

CARD = "4111111111111111"
CHAT = ChatCodec()


def file(url: str) -> dict[str, Any]:
    part = {"type": "file", "file": {"file_data": url}}
    return {"model": "m", "messages": [{"role": "user", "content": [part]}]}


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("number", [f"{CARD}.0", f"{CARD}.5", "4.111111111111111e15", f"-{CARD}.0", CARD])
@pytest.mark.parametrize(
    ("codec", "body"),
    [
        (CHAT, '{"model": "m", "messages": [], "x": NUMBER}'),
        (CHAT, '{"model": "m", "messages": [], "metadata": {"x": [NUMBER]}}'),
        (
            AnthropicMessages(),
            '{"model": "m", "messages": [{"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", '
            '"input": {"card": NUMBER}}]}]}',
        ),
        (
            GeminiGenerate(),
            '{"contents": [{"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"card": NUMBER}}}]}]}',
        ),
    ],
)
def test_a_long_number_is_read_however_it_is_written(codec: WireCodec, body: str, number: str) -> None:
    request = codec.read_request(decode(body.replace("NUMBER", number).encode()), model="m")
    assert [s.text.lstrip("-") for s in request.segments] == [CARD]
    changed = codec.write_request(request, {request.segments[0].path: "gone"})
    assert "gone" in json.dumps(changed)
    assert "111111" not in json.dumps(changed)


@pytest.mark.parametrize(
    "url",
    [
        "data:text/plain;base64," + packed(f"café {CARD}".encode("latin-1")),
        "data:text/plain;base64," + packed(f"карта {CARD} ".encode("cp1251") * 10),
        "data:text/csv;base64," + packed(f"card {CARD}".encode("utf-16")),
        "data:text/plain;base64," + packed(f"card x{CARD}".encode()).rstrip("="),
        "data:text/plain;base64," + packed(f"card {CARD}".encode())[:8] + "\n" + packed(f"card {CARD}".encode())[8:],
        "data:text/plain;base64," + base64.urlsafe_b64encode(f"??>>~~ÿÿ {CARD}".encode()).decode(),
        "data:application/octet-stream;base64," + packed(f"card {CARD}".encode()),
        "data:application/x-unheard-of;base64," + packed(f"card {CARD}".encode()),
    ],
)  # fmt: skip
def test_a_file_of_text_is_read_whatever_it_is_called_and_written_in(url: str) -> None:
    request = CHAT.read_request(file(url))
    assert [CARD in s.text for s in request.segments] == [True]
    changed = CHAT.write_request(request, {request.segments[0].path: "gone"})
    assert CHAT.read_request(changed).segments[0].text == "gone"


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(256)), b"\xff\xd8\xff\xe0 \x00JFIF", b"\xfe\x01"]
)
def test_a_file_of_bytes_is_noted(data: bytes) -> None:
    request = CHAT.read_request(file("data:application/octet-stream;base64," + packed(data)))
    assert (request.segments, [u.kind for u in request.uninspectable]) == ((), ["file"])


def test_a_pdf_in_printable_characters_is_still_noted_as_unread() -> None:
    pdf = packed(b"%PDF-1.7\n1 0 obj <</Filter /ASCII85Decode>> stream ... endstream")
    source = {"type": "base64", "media_type": "application/pdf", "data": pdf}
    claude = {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "document", "source": source}]}],
    }
    for request in (
        CHAT.read_request(file("data:application/pdf;base64," + pdf)),
        AnthropicMessages().read_request(claude),
    ):
        assert [u.kind for u in request.uninspectable] == ["file"]
        assert len(request.segments) == 1


def test_brackets_are_counted_before_their_depth_is() -> None:
    """The depth of some million pairs of brackets took seconds; their number is known at once."""
    with pytest.raises(InputError, match="too many values"):
        decode(b"[" * 600_000)
