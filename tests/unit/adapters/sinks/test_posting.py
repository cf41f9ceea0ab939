import asyncio
import base64
import hashlib
import hmac
import json

import pytest

from redoubt.adapters.sinks.posting import Post
from redoubt.adapters.sinks.webhook import WebhookSink
from redoubt.services.telling import plain
from redoubt.services.telling.interface import UndeliveredError
from tests.rogue import run, serve
from tests.told import Receiver, answer, told

KEY = b"k" * 32


def test_a_batch_is_posted_signed_and_with_the_receivers_own_credential() -> None:
    async def scenario() -> None:
        receiver = Receiver()
        async with serve(receiver) as server:
            url = f"http://127.0.0.1:{server.port}/in/here?x=1"
            post = Post("siem", url, "", (("authorization", "Splunk abc"),))
            sink = WebhookSink(post, plain.document, KEY, lambda: 1_700_000_000.9)
            await sink.deliver([told(index=3), told(index=4)])
            await sink.deliver([told(index=5)])
            await sink.aclose()
        (headers, body), (later, _) = receiver.posts("/in/here")
        assert [each["index"] for each in json.loads(body)["entries"]] == [3, 4]
        assert headers["authorization"] == "Splunk abc"
        assert headers["content-type"] == "application/json"
        signed = f"{headers['webhook-id']}.1700000000.".encode() + body
        wanted = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{wanted}"
        assert headers["webhook-timestamp"] == "1700000000"
        assert headers["webhook-id"] != later["webhook-id"]
        assert server.connections == 1

    run(scenario())


@pytest.mark.parametrize(
    ("said", "why", "wait"),
    [
        (answer(503, "retry-after: 7"), "HTTP 503", 7.0),
        (answer(429, "retry-after: Wed, 21 Oct 2026 07:28:00 GMT"), "HTTP 429", 0.0),
        (answer(400, body=b"the canary sings"), "HTTP 400", 0.0),
        (answer(302, "location: http://127.0.0.1/"), "no connection", 0.0),
        (b"the canary sings\r\n\r\n", "no connection", 0.0),
    ],
)
def test_what_is_not_taken_is_said_without_the_receivers_words(said: bytes, why: str, wait: float) -> None:
    async def scenario() -> None:
        async with serve(Receiver([said])) as server:
            post = Post("siem", f"http://127.0.0.1:{server.port}", "/v1/logs", ())
            with pytest.raises(UndeliveredError) as caught:
                await post.send(b"{}", ())
            assert (str(caught.value), caught.value.retry_after) == (why, wait)
            await post.aclose()

    run(scenario())


def test_nobody_there() -> None:
    async def scenario() -> None:
        async with serve(Receiver()) as server:
            port = server.port
        post = Post("siem", f"http://127.0.0.1:{port}", "/", ())
        with pytest.raises(UndeliveredError, match="no connection"):
            await asyncio.wait_for(post.send(b"{}", ()), 10)

    run(scenario())
