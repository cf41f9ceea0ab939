"""A provider that costs next to nothing: canned replies of the OpenAI chat protocol. Run as `python -m benchmarks.rig.provider PORT`.

A request is answered with 1 KB of JSON, or, where it asks for a stream, with 64 chunks, each in a write of its own; the model name
``bench-paced`` spaces them 2 ms apart.
"""

import asyncio
import sys
from itertools import count
from typing import cast

CHUNKS = 64
PACE = 0.002

_SENTENCES = " ".join(
    f"Hello there, this is sentence {i} of a synthetic reply used for benchmarks." for i in range(9)
)
_BODY = (
    '{"id":"chatcmpl-bench","object":"chat.completion","created":1741569952,"model":"bench","choices":[{"index":0,'
    f'"message":{{"role":"assistant","content":"{_SENTENCES}","refusal":null}},"finish_reason":"stop"}}],'
    '"usage":{"prompt_tokens":400,"completion_tokens":150,"total_tokens":550}}'
).encode()
WHOLE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
    len(_BODY),
    _BODY,
)
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _event(data: str) -> bytes:
    event = f"data: {data}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(event), event)


def _chunk(delta: str, finish: str = "null") -> bytes:
    return _event(
        '{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1741569952,"model":"bench",'
        f'"choices":[{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}]}}'
    )


STREAM = [_chunk(f'{{"content":" word {i} of it"}}') for i in range(CHUNKS)]
END = _chunk("{}", '"stop"') + _event("[DONE]") + b"0\r\n\r\n"


class Provider(asyncio.Protocol):
    """Answers requests on one connection, one after the other."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].lower()
            place = head.find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(self._data) < end + 4 + length:
                return
            body = self._data[end + 4 : end + 4 + length]
            self._data = self._data[end + 4 + length :]
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        if b'"stream":true' not in body:
            self._transport.write(WHOLE)
            return
        self._transport.write(HEAD)
        if b"bench-paced" in body:
            self._pace(count())
            return
        for chunk in STREAM:
            self._transport.write(chunk)
        self._transport.write(END)

    def _pace(self, turn: "count[int]") -> None:
        i = next(turn)
        if i == CHUNKS:
            self._transport.write(END)
        elif not self._transport.is_closing():
            self._transport.write(STREAM[i])
            asyncio.get_running_loop().call_later(PACE, self._pace, turn)


async def serve(port: int) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Provider, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1])))
