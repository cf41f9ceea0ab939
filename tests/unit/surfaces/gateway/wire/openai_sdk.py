"""The official SDK, talking to bytes."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import openai


class Bytes(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body in pieces."""

    def __init__(self, data: bytes) -> None:
        self._pieces = [data[i : i + 100] for i in range(0, len(data), 100)]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def _transport(data: bytes, status: int, content_type: str) -> httpx2.MockTransport:
    headers = {"content-type": content_type}
    return httpx2.MockTransport(lambda _: httpx2.Response(status, headers=headers, stream=Bytes(data)))


def client(data: bytes, status: int = 200, content_type: str = "application/json") -> openai.OpenAI:
    transport = _transport(data, status, content_type)
    return openai.OpenAI(
        api_key="k", base_url="http://x/v1", max_retries=0, http_client=httpx2.Client(transport=transport)
    )


def async_client(
    data: bytes, status: int = 200, content_type: str = "application/json"
) -> openai.AsyncOpenAI:
    http = httpx2.AsyncClient(transport=_transport(data, status, content_type))
    return openai.AsyncOpenAI(api_key="k", base_url="http://x/v1", max_retries=0, http_client=http)


STREAM = "text/event-stream"
