"""Limits through a whole gateway, as the providers' own clients meet them."""

import asyncio
import json
import random
import time
from threading import Event
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period
from redoubt.surfaces.gateway.limit_parts import write_refusals
from tests.e2e.provider import EVENTS, Act, chunk, plain, saying
from tests.e2e.rig import Door, House
from tests.rogue import Caller

BUDGET = 1000
DAY = Limit("budget", LimitScope.ALL, LimitUnit.TOKENS, BUDGET, Period.DAY)


class Bill:
    """A provider that takes as many tokens as it may, and says so."""

    def __init__(self, *, most: bool = False) -> None:
        self.total = 0
        self._draw = random.Random(7)  # noqa: S311 - how long answers happen to be
        self._most = most

    async def __call__(self, caller: Caller, message: bytes) -> None:
        body = message.partition(b"\r\n\r\n")[2]
        asked = json.loads(body)
        put, got = self._draw.randint(3, 20), self._draw.randint(1, asked["max_tokens"])
        if self._most:
            put, got = len(body), asked["max_tokens"]
        self.total += put + got
        await asyncio.sleep(self._draw.random() / 50)
        await caller.say(plain(json.dumps(answer(put, got)).encode()))


def answer(put: int, got: int) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": "well"}, "finish_reason": "stop"}
    usage = {"prompt_tokens": put, "completion_tokens": got, "total_tokens": put + got}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-x",
        "choices": [choice],
        "usage": usage,
    }


def used(door: Door, name: str) -> int:
    reply = httpx2.get(
        f"{door.url}/redoubt/v1/limits?model=gpt-x", headers={"authorization": f"Bearer {door.key}"}
    )
    [use] = [limit for limit in reply.json()["limits"] if limit["id"] == name]
    return int(use["used"])


async def many(door: Door, count: int, max_tokens: int) -> int:
    """Ask so often at once; return how many were answered."""
    limits = httpx2.Limits(max_connections=count)
    async with (
        httpx2.AsyncClient(limits=limits, timeout=60) as http,
        openai.AsyncOpenAI(
            base_url=f"{door.url}/v1", api_key=door.key, max_retries=0, http_client=http
        ) as client,
    ):

        async def one(number: int) -> bool:
            messages: Any = [{"role": "user", "content": f"hello {number}"}]
            try:
                await client.chat.completions.create(model="gpt-x", messages=messages, max_tokens=max_tokens)
            except (openai.RateLimitError, openai.InternalServerError):
                return False  # the second: a machine so busy that the store did not answer in time
            return True

        return sum(await asyncio.gather(*(one(number) for number in range(count))))


@pytest.mark.parametrize("most", [False, True])
def test_200_callers_at_once_and_1000_tokens_never_1001(house: House, most: bool) -> None:
    limit = Limit(f"budget-{most}".lower(), LimitScope.ALL, LimitUnit.TOKENS, BUDGET, Period.DAY)
    door = house.door(limits=(limit,))
    bill = Bill(most=most)
    house.provider.acts.extend([bill] * 400)
    answered = asyncio.run(many(door, 200, max_tokens=20))
    assert 0 < answered < 200
    assert bill.total <= BUDGET
    # More where the store was so slow that somebody did not wait for what it had reserved.
    assert bill.total <= used(door, limit.id) <= BUDGET, "what was counted is what the provider counted"


def test_openai_raises_its_own_error_with_its_own_headers(house: House) -> None:
    door = house.door(
        limits=(
            Limit("two", LimitScope.KEY, LimitUnit.REQUESTS, 2, Period.HOUR),
            Limit("hour-tokens", LimitScope.KEY, LimitUnit.TOKENS, 50_000, Period.HOUR),
        )
    )
    with openai.OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=2) as client:
        ask = client.chat.completions.with_raw_response.create
        messages: Any = [{"role": "user", "content": "hello"}]
        first = ask(model="gpt-x", messages=messages, max_tokens=5).headers
        assert (first["x-ratelimit-limit-requests"], first["x-ratelimit-remaining-requests"]) == ("2", "1")
        assert (first["x-ratelimit-limit-tokens"], first["x-ratelimit-reset-requests"][:2]) == ("50000", "1h")
        ask(model="gpt-x", messages=messages, max_tokens=5)
        with pytest.raises(openai.RateLimitError) as refused:
            ask(model="gpt-x", messages=messages, max_tokens=5)
    headers = refused.value.response.headers
    assert 3500 < int(headers["retry-after"]) <= 3780
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert headers["x-should-retry"] == "false"
    assert "limit 'two': 2 requests per hour for each key" in str(refused.value)
    assert len(house.provider.seen) == 2
    asyncio.run(write_refusals(door.gateway))
    assert "limit 'two': 1 request refused" in [stored.entry.note for stored in door.entries()]


def test_anthropic_raises_its_own_error_with_its_own_headers(house: House) -> None:
    door = house.door(limits=(Limit("one", LimitScope.APP, LimitUnit.REQUESTS, 1, Period.HOUR),))
    with anthropic.Anthropic(base_url=door.url, api_key=door.key, max_retries=0) as client:
        messages: Any = [{"role": "user", "content": "hello"}]
        first = client.messages.with_raw_response.create(model="claude-x", messages=messages, max_tokens=9)
        assert first.headers["anthropic-ratelimit-requests-remaining"] == "0"
        assert first.headers["anthropic-ratelimit-requests-reset"].endswith("Z")
        with pytest.raises(anthropic.RateLimitError) as refused:
            client.messages.create(model="claude-x", messages=messages, max_tokens=9)
    assert refused.value.body["error"]["type"] == "rate_limit_error"  # type: ignore[index]
    assert int(refused.value.response.headers["retry-after"]) > 3500


def ask(door: Door, **more: Any) -> httpx2.Response:
    body = {"model": "gpt-x", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 100, **more}
    path, key = f"{door.url}/v1/chat/completions", {"authorization": f"Bearer {door.key}"}
    return httpx2.post(path, json=body, headers=key, timeout=30)


def test_what_never_fits_is_said(house: House) -> None:
    door = house.door(limits=(Limit("small", LimitScope.ALL, LimitUnit.TOKENS, 200, Period.DAY),))
    refused = ask(door, max_tokens=500)
    assert (refused.status_code, refused.headers["x-should-retry"]) == (429, "false")
    assert "ask for fewer output tokens" in refused.json()["error"]["message"]
    assert used(door, "small") == 0
    assert house.provider.seen == []


def test_what_one_limit_refuses_is_a_request_all_the_same(house: House) -> None:
    """Else whoever has spent its tokens makes the gateway read bodies without a limit."""
    door = house.door(
        limits=(
            Limit("spent", LimitScope.ALL, LimitUnit.TOKENS, 10, Period.DAY),
            Limit("three", LimitScope.KEY, LimitUnit.REQUESTS, 3, Period.DAY),
        )
    )
    said = [ask(door).json()["error"]["message"].split(":")[0] for _ in range(5)]
    assert said == ["limit 'spent'"] * 3 + ["limit 'three'"] * 2


def test_a_denied_prompt_takes_no_tokens_but_counts_as_a_request(house: House) -> None:
    limits = (
        Limit("denied-tokens", LimitScope.ALL, LimitUnit.TOKENS, BUDGET, Period.DAY),
        Limit("denied-requests", LimitScope.ALL, LimitUnit.REQUESTS, 10, Period.DAY),
    )
    policy = 'name = "p"\n[[rules]]\nid = "mail"\ncategories = ["pii.email"]\naction = "deny"\n'
    door = house.door(policy=policy, limits=limits)
    ask(door, messages=[{"role": "user", "content": "write to jane@example.com"}])
    assert house.provider.seen == []
    looks = 2
    assert (used(door, "denied-tokens"), used(door, "denied-requests")) == (0, 1 + looks)


def failing(status: int) -> Act:
    async def act(caller: Caller, message: bytes) -> None:
        await caller.say(plain(b'{"error": {"message": "no"}}', status))

    return act


async def cut_short(caller: Caller, message: bytes) -> None:
    event = {"id": "c", "choices": [{"index": 0, "delta": {"content": "one two three "}}]}
    await caller.say(EVENTS + chunk(b"data: %s\n\n" % json.dumps(event).encode()))
    caller.writer.close()


def test_a_providers_error_costs_nothing_and_a_broken_stream_what_was_said(house: House) -> None:
    door = house.door(limits=(Limit("ends", LimitScope.ALL, LimitUnit.TOKENS, BUDGET, Period.DAY),))
    house.provider.acts.append(failing(500))
    assert ask(door).status_code == 500
    assert used(door, "ends") == 0
    house.provider.acts.append(cut_short)
    ask(door, stream=True)
    sent = len(house.provider.seen[-1].body)
    assert sent < used(door, "ends") <= sent + 100


def test_a_shadow_limit_counts_and_lets_through(house: House) -> None:
    door = house.door(
        limits=(Limit("shadow", LimitScope.ALL, LimitUnit.REQUESTS, 1, Period.DAY, shadow=True),)
    )
    assert [ask(door).status_code for _ in range(3)] == [200] * 3
    assert used(door, "shadow") == 4, "asking how it stands is a request, too"
    asyncio.run(write_refusals(door.gateway))
    noted = [stored.entry for stored in door.entries() if stored.entry.api == "limits.shadow"]
    assert noted[0].decision == "allow"
    assert "would have been refused" in noted[0].note
    assert (
        'redoubt_limits_refused_total{limit="shadow",mode="shadow"} 3.0'
        in httpx2.get(f"{door.url}/metrics").text
    )


def test_a_model_without_a_price_is_refused_by_a_limit_on_cost(house: House) -> None:
    door = house.door(limits=(Limit("cost", LimitScope.APP, LimitUnit.COST, 5_000_000, Period.MONTH),))
    refused = ask(door)
    assert refused.status_code == 403
    assert "this model has no price" in refused.json()["error"]["message"]
    assert house.provider.seen == []
    asyncio.run(write_refusals(door.gateway))
    assert any(stored.entry.api == "limits.unpriced" for stored in door.entries())


def test_places_are_free_again_after_the_answer(house: House) -> None:
    door = house.door(limits=(Limit("seats", LimitScope.ALL, LimitUnit.CONCURRENT, 2),))
    bill = Bill()
    house.provider.acts.extend([bill] * 20)
    answered = asyncio.run(many(door, 20, max_tokens=5))
    assert 2 <= answered < 20
    assert used(door, "seats") == 0
    assert ask(door).status_code == 200


def test_what_masking_adds_is_reserved_before_it_is_sent(house: House) -> None:
    limit = Limit("masked", LimitScope.ALL, LimitUnit.TOKENS, 5000, Period.DAY)
    door = house.door(limits=(limit,))
    body = {
        "model": "gpt-x",
        "messages": [{"role": "user", "content": " ".join(f"u{n}@ex.co" for n in range(40))}],
    }
    size = len(json.dumps({**body, "max_tokens": 1000}, separators=(",", ":")))
    content: Any = json.dumps({**body, "max_tokens": 5000 - size}, separators=(",", ":"))
    assert len(content) == size
    headers = {"authorization": f"Bearer {door.key}", "content-type": "application/json"}
    refused = httpx2.post(f"{door.url}/v1/chat/completions", content=content, headers=headers, timeout=30)
    assert refused.status_code == 429
    assert house.provider.seen == []
    assert used(door, "masked") == 0
    assert door.entries(refused.headers["x-redoubt-exchange"])[-1].entry.note == "a limit was reached"


def response(status: str, **more: Any) -> bytes:
    return plain(
        json.dumps({"id": "resp_1", "object": "response", "status": status, "output": [], **more}).encode()
    )


def test_an_answer_that_is_worked_on_unseen_counts_as_it_was_reserved(house: House) -> None:
    """Else whoever asks for it in the background, and fetches it later, pays for the prompt alone."""
    door = house.door(limits=(Limit("unseen", LimitScope.ALL, LimitUnit.TOKENS, 5000, Period.DAY),))
    for more, said in (({}, response("queued")), ({"stream": True}, EVENTS + chunk(b": nothing yet\n\n"))):
        before = used(door, "unseen")
        house.provider.acts.append(saying(said, close=True))
        body = {"model": "gpt-x", "input": "hello", "background": True, "max_output_tokens": 700, **more}
        httpx2.post(
            f"{door.url}/v1/responses", json=body, headers={"authorization": f"Bearer {door.key}"}, timeout=30
        )
        assert used(door, "unseen") - before >= 700
    before = used(door, "unseen")
    usage = {"input_tokens": 5, "output_tokens": 6}
    house.provider.acts.append(saying(response("completed", usage=usage)))
    httpx2.post(
        f"{door.url}/v1/responses",
        json=body | {"stream": False},
        headers={"authorization": f"Bearer {door.key}"},
    )
    assert used(door, "unseen") - before == 11


def test_who_hangs_up_pays_for_what_may_have_been_said_unseen(house: House) -> None:
    door = house.door(limits=(Limit("hangup", LimitScope.ALL, LimitUnit.TOKENS, 5000, Period.DAY),))
    working, gone = Event(), Event()

    async def slow(caller: Caller, message: bytes) -> None:
        working.set()
        await asyncio.to_thread(gone.wait, 10)

    house.provider.acts.append(slow)

    async def hang_up() -> None:
        async with httpx2.AsyncClient() as http:
            body = {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 700}
            asking = asyncio.ensure_future(
                http.post(
                    f"{door.url}/v1/chat/completions",
                    json=body,
                    headers={"authorization": f"Bearer {door.key}"},
                )
            )
            await asyncio.to_thread(working.wait, 10)
            asking.cancel()
            await asyncio.wait((asking,))

    asyncio.run(hang_up())
    for _ in range(100):
        if any(stored.entry.note == "client went away" for stored in door.entries()):
            break
        time.sleep(0.05)
    gone.set()
    time.sleep(0.2)
    assert 700 < used(door, "hangup") < 1000


def test_an_answer_that_is_denied_half_way_counts_what_was_said(house: House) -> None:
    policy = 'name = "p"\n[[rules]]\nid = "mail"\ncategories = ["pii.email"]\ndirection = "answer"\naction = "deny"\n'
    door = house.door(
        policy=policy, limits=(Limit("half", LimitScope.ALL, LimitUnit.TOKENS, 5000, Period.DAY),)
    )

    async def tell(caller: Caller, message: bytes) -> None:
        def event(kind: str, **more: Any) -> bytes:
            return chunk(
                b"event: %s\ndata: %s\n\n" % (kind.encode(), json.dumps({"type": kind, **more}).encode())
            )

        usage = {"input_tokens": 5, "output_tokens": 1}
        head = {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": "claude-x",
            "usage": usage,
        }
        text = "word " * 300 + "jane@example.com is here. "
        await caller.say(
            EVENTS
            + event("message_start", message=head)
            + event("content_block_start", index=0, content_block={"type": "text", "text": ""})
            + event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})
            + event("content_block_stop", index=0)
        )

    house.provider.acts.append(tell)
    body = {
        "model": "claude-x",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 2000,
        "stream": True,
    }
    reply = httpx2.post(
        f"{door.url}/v1/messages", json=body, headers={"authorization": f"Bearer {door.key}"}, timeout=30
    )
    assert "jane" not in reply.text
    assert door.entries()[-1].entry.decision != "allow"
    assert used(door, "half") > 1500
