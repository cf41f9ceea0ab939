"""Callers that go away, callers that read slowly, and many callers at once."""

import asyncio
import json
import socket
from typing import Any

import anthropic
import openai
from google import genai
from google.genai import types

from tests.e2e.provider import CUTS, Endless
from tests.e2e.rig import Door, House, tells

WAIT = 20.0


def delta(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return (
        b"data: %s\n\n"
        % json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": [choice]}).encode()
    )


def test_a_caller_that_goes_away_cancels_the_call(house: House, door: Door) -> None:
    endless = Endless(delta("and so on "))
    house.provider.acts.append(endless)
    with openai.OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0) as client:
        stream = client.chat.completions.create(
            model="gpt-x", messages=[{"role": "user", "content": "go on"}], stream=True
        )
        exchange = stream.response.headers["x-redoubt-exchange"]
        next(stream)
        stream.close()
        assert endless.hung_up.wait(WAIT)
        assert client.models.list().data
    while len(entries := door.entries(exchange)) < 2:
        pass
    assert entries[-1].entry.note == "client went away"


def test_a_slow_reader_pushes_back(house: House, door: Door) -> None:
    endless = Endless(delta("-" * 12_000))
    house.provider.acts.append(endless)
    body = json.dumps({"model": "gpt-x", "stream": True, "messages": [{"role": "user", "content": "go on"}]})
    request = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {door.key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}"
    )
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", int(door.url.rpartition(":")[2])))
        slow.sendall(request.encode())
        assert endless.pushed_back.wait(WAIT)
        assert endless.said < 32 * 1024 * 1024
        with openai.OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0) as client:
            assert client.models.list().data
    assert endless.hung_up.wait(WAIT)


def test_many_callers_of_three_protocols_get_each_their_own(house: House, door: Door) -> None:
    house.provider.cut = CUTS["random"]
    people = [f"person.{i}@acme-widgets.com" for i in range(51)]

    async def work() -> list[str]:
        async with (
            openai.AsyncOpenAI(base_url=f"{door.url}/v1", api_key=door.key) as one,
            anthropic.AsyncAnthropic(base_url=door.url, api_key=door.other) as two,
            genai.Client(api_key=door.key, http_options=types.HttpOptions(base_url=door.url)).aio as three,
        ):
            asks = (ask_openai, ask_anthropic, ask_gemini)
            clients: tuple[Any, ...] = (one, two, three)
            return await asyncio.gather(
                *(
                    asks[i % 3](clients[i % 3], f"repeat: {who} and {who} again")
                    for i, who in enumerate(people)
                )
            )

    assert asyncio.run(work()) == [f"{who} and {who} again" for who in people]
    assert len(house.provider.seen) == len(people)
    assert not any(tells(sent.raw, who) for sent, who in zip(house.provider.seen, people, strict=True))
    assert b"acme-widgets" not in house.provider.everything


def test_many_callers_in_one_session_share_its_pseudonyms(house: House, door: Door) -> None:
    people = [f"person.{i % 5}@acme-widgets.com" for i in range(30)]

    async def work() -> list[str]:
        headers = {"x-redoubt-session": "crowd"}
        async with openai.AsyncOpenAI(
            base_url=f"{door.url}/v1", api_key=door.key, default_headers=headers
        ) as client:
            return await asyncio.gather(*(ask_openai(client, f"repeat: {who}") for who in people))

    assert asyncio.run(work()) == people
    seen = {json.loads(sent.body)["messages"][0]["content"] for sent in house.provider.seen}
    assert len(seen) == 5


async def ask_openai(client: openai.AsyncOpenAI, text: str) -> str:
    stream = await client.chat.completions.create(
        model="gpt-x", messages=[{"role": "user", "content": text}], stream=True
    )
    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])


async def ask_anthropic(client: anthropic.AsyncAnthropic, text: str) -> str:
    async with client.messages.stream(
        model="claude-x", max_tokens=1000, messages=[{"role": "user", "content": text}]
    ) as stream:
        return "".join([piece async for piece in stream.text_stream])


async def ask_gemini(client: Any, text: str) -> str:
    chunks = await client.models.generate_content_stream(model="gemini-x", contents=text)
    return "".join([chunk.text or "" async for chunk in chunks])
