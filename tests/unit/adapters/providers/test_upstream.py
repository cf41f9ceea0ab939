import asyncio
import gzip
import zlib

import pytest

from redoubt.adapters.http.bounds import Bounds
from redoubt.adapters.providers.upstream import HttpUpstream
from redoubt.domain.errors import ConfigError, InputError, UpstreamError
from redoubt.domain.settings import UpstreamKind, UpstreamSettings
from redoubt.pipeline.upstream import UpstreamRequest
from tests.rogue import PATIENT, POST, Caller, Script, pointed, run, saying, whole

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"


def answers(
    *pieces: bytes, close: bool = False, request: UpstreamRequest = POST, uv: bool = True
) -> tuple[int, bytes]:
    async def work() -> tuple[int, bytes]:
        async with pointed(saying(*pieces, close=close)) as (upstream, _):
            return await whole(upstream, request)

    return run(work(), uv=uv)


def refuses(*pieces: bytes, close: bool = False, bounds: Bounds = PATIENT) -> UpstreamError:
    async def work() -> UpstreamError:
        async with pointed(saying(*pieces, close=close), bounds=bounds) as (upstream, _):
            with pytest.raises(UpstreamError) as caught:
                await whole(upstream)
            return caught.value

    error = run(work())
    assert "'far'" in str(error)
    return error


@pytest.mark.parametrize("uv", [True, False])
@pytest.mark.parametrize(
    ("pieces", "close", "body"),
    [
        ((OK,), False, b"hello"),
        (tuple(bytes([b]) for b in OK), False, b"hello"),
        (
            (
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
                b"1;x=y\r\n!\r\n0\r\nt: r\r\n\r\n",
            ),
            False,
            b"hello!",
        ),
        ((b"HTTP/1.1 200 OK\r\n\r\nuntil ", b"the end"), True, b"until the end"),
        ((b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",), True, b"ok"),
        (
            (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + OK),
            False,
            b"hello",
        ),
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",), False, b""),
    ],
)
def test_reads_every_framing(pieces: tuple[bytes, ...], close: bool, body: bytes, uv: bool) -> None:
    assert answers(*pieces, close=close, uv=uv) == (200, body)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 529])
def test_an_error_of_the_provider_is_an_ordinary_reply(status: int) -> None:
    assert answers(b"HTTP/1.1 %d X\r\ncontent-length: 2\r\n\r\n{}" % status) == (status, b"{}")


def test_no_body_where_the_status_has_none() -> None:
    assert answers(b"HTTP/1.1 204 No Content\r\n\r\n") == (204, b"")
    assert answers(b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n") == (304, b"")
    head = UpstreamRequest("HEAD", "/v1/models", ())
    assert answers(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", request=head) == (200, b"")


@pytest.mark.parametrize(
    "reply",
    [
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"<html>no http at all</html>",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\na: b\r\n c\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\na: b\x00c\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello!!\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    ],
)
def test_refuses_what_is_not_one_clear_reply(reply: bytes) -> None:
    assert refuses(reply).status == 502


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
)
def test_refuses_a_reply_that_ends_early(reply: bytes) -> None:
    assert "closed the connection before" in str(refuses(reply, close=True))


def test_a_redirect_is_not_followed() -> None:
    error = refuses(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")
    assert "redirected" in str(error)


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 300 + b"\r\n",),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000,),
        (b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 66_000 + b"\r\n\r\n",),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 4000,),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;", b"e" * 500_000),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"t: " + b"e" * 500_000),
    ],
)
def test_a_head_or_framing_without_end_is_cut_off(pieces: tuple[bytes, ...]) -> None:
    assert "larger" in str(refuses(*pieces))


def test_a_body_beyond_the_limit_is_cut_off() -> None:
    bounds = Bounds(max_body=1000)
    assert "larger than the limit" in str(refuses(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1001, bounds=bounds))


def test_gzip_and_deflate_are_undone() -> None:
    def reply(coding: bytes, data: bytes) -> bytes:
        return b"HTTP/1.1 200 OK\r\ncontent-encoding: %s\r\ncontent-length: %d\r\n\r\n%s" % (
            coding,
            len(data),
            data,
        )

    text = b"The quick brown fox. " * 1000
    assert answers(reply(b"gzip", gzip.compress(text))) == (200, text)
    assert answers(reply(b"deflate", zlib.compress(text))) == (200, text)
    assert answers(reply(b"deflate", zlib.compress(text, wbits=-15))) == (200, text)
    assert answers(reply(b"identity", text)) == (200, text)


def test_bad_compression_is_refused() -> None:
    def reply(coding: bytes, data: bytes) -> bytes:
        return b"HTTP/1.1 200 OK\r\ncontent-encoding: %s\r\ncontent-length: %d\r\n\r\n%s" % (
            coding,
            len(data),
            data,
        )

    packed = gzip.compress(b"hello" * 100)
    bomb = gzip.compress(b"\0" * 8_000_000)
    assert "damaged" in str(refuses(reply(b"gzip", b"not gzip at all")))
    assert "cut short" in str(refuses(reply(b"gzip", packed[:-6])))
    assert "goes on" in str(refuses(reply(b"gzip", packed + packed)))
    assert "cannot be read" in str(refuses(reply(b"br", b"\x0b\x02\x80hello\x03")))
    assert "cannot be read" in str(refuses(reply(b"gzip, gzip", packed)))
    assert "once decompressed" in str(refuses(reply(b"gzip", bomb), bounds=Bounds(max_body=1_000_000)))


def test_connections_are_kept_and_used_again() -> None:
    async def work() -> int:
        async with pointed(saying(OK)) as (upstream, server):
            for _ in range(5):
                assert await whole(upstream) == (200, b"hello")
            return server.connections

    assert run(work()) == 1


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        OK + b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nEVIL!",
        OK + b"garbage",
    ],
)
def test_a_connection_that_said_more_or_says_close_is_not_used_again(reply: bytes) -> None:
    async def work() -> int:
        async with pointed(saying(reply)) as (upstream, server):
            for _ in range(3):
                assert await whole(upstream) == (200, b"hello")
            return server.connections

    assert run(work()) == 3


def test_bytes_nobody_asked_for_never_answer_the_next_request() -> None:
    async def script(caller: Caller) -> None:
        while await caller.request():
            await caller.say(OK)
            if caller.number == 1:
                pushed.set()
                await caller.say(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nEVIL!")
                await caller.gone()

    async def work() -> None:
        async with pointed(script) as (upstream, server):
            assert await whole(upstream) == (200, b"hello")
            await pushed.wait()
            await server.gone.wait()
            assert await whole(upstream) == (200, b"hello")

    pushed = asyncio.Event()
    run(work())


@pytest.mark.parametrize("reset", [True, False])
def test_a_kept_connection_that_died_is_tried_once_more_on_a_new_one(reset: bool) -> None:
    async def script(caller: Caller) -> None:
        assert await caller.request()
        await caller.say(OK)
        if caller.number == 1:
            await caller.request()
            if reset:
                caller.reset()
            return
        await caller.gone()

    async def work() -> tuple[int, int]:
        async with pointed(script) as (upstream, server):
            assert await whole(upstream) == (200, b"hello")
            assert await whole(upstream) == (200, b"hello")
            return server.connections, len(server.requests)

    assert run(work()) == (2, 3)


def test_a_new_connection_that_dies_is_not_tried_again() -> None:
    async def script(caller: Caller) -> None:
        await caller.request()

    async def work() -> int:
        async with pointed(script) as (upstream, server):
            with pytest.raises(UpstreamError):
                await whole(upstream)
            return server.connections

    assert run(work()) == 1


def test_a_request_of_which_part_of_a_reply_was_read_is_not_sent_again() -> None:
    async def script(caller: Caller) -> None:
        await caller.request()
        await caller.say(OK)
        await caller.request()
        await caller.say(b"HTTP/1.1 2")

    async def work() -> int:
        async with pointed(script) as (upstream, server):
            await whole(upstream)
            with pytest.raises(UpstreamError):
                await whole(upstream)
            return server.connections

    assert run(work()) == 1


def silent(*before: bytes) -> Script:
    async def script(caller: Caller) -> None:
        await caller.request()
        for piece in before:
            await caller.say(piece)
        await caller.gone()

    return script


@pytest.mark.parametrize(
    "before", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello"]
)
def test_silence_ends_in_504(before: bytes) -> None:
    async def work() -> int:
        async with pointed(silent(before), bounds=Bounds(read_timeout=0.05)) as (upstream, _):
            with pytest.raises(UpstreamError) as caught:
                await whole(upstream)
            return caught.value.status

    assert run(work()) == 504


def test_a_reply_that_drips_for_ever_ends() -> None:
    async def script(caller: Caller) -> None:
        await caller.request()
        await caller.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await caller.say(b".")
            await asyncio.sleep(0.01)

    async def work() -> int:
        async with pointed(script, bounds=Bounds(read_timeout=0.05, total_timeout=0.2)) as (upstream, _):
            with pytest.raises(UpstreamError) as caught:
                await whole(upstream)
            return caught.value.status

    assert run(work()) == 504


def test_closing_the_reply_cancels_the_call() -> None:
    async def work() -> None:
        async with pointed(silent(b"HTTP/1.1 200 OK\r\n\r\nfirst")) as (upstream, server):
            reply = await upstream.send(POST)
            async for piece in reply.body():
                assert piece == b"first"
                break
            await reply.aclose()
            await server.gone.wait()

    run(work())


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_cancelling_the_task_cancels_the_call(before: bytes) -> None:
    async def work() -> None:
        async with pointed(silent(before)) as (upstream, server):
            task = asyncio.ensure_future(whole(upstream))
            while not server.requests:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await server.gone.wait()

    run(work())


def test_a_slow_reader_slows_the_provider() -> None:
    sent = 0

    async def script(caller: Caller) -> None:
        nonlocal sent
        await caller.request()
        await caller.say(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(600):
            await caller.say(b"x" * 65536)
            sent += 65536

    async def work() -> tuple[int, int]:
        async with pointed(script) as (upstream, _):
            reply = await upstream.send(POST)
            seen = -1
            while seen != sent:
                seen = sent
                await asyncio.sleep(0.05)
            size = 0
            async for piece in reply.body():
                size += len(piece)
            return seen, size

    stalled_at, size = run(work())
    assert stalled_at < 20_000_000
    assert size == 600 * 65536


def test_a_large_request_arrives_whole() -> None:
    big = UpstreamRequest("POST", "/v1/embeddings", (), bytes(range(256)) * 40_000)

    async def work() -> bytes:
        async with pointed(saying(OK)) as (upstream, server):
            assert await whole(upstream, big) == (200, b"hello")
            assert await whole(upstream, big) == (200, b"hello")
            assert server.connections == 1
            return server.requests[1]

    assert run(work()).endswith(b"\r\n\r\n" + big.body)


def test_an_answer_before_the_request_is_read_ends_the_sending() -> None:
    async def script(caller: Caller) -> None:
        await caller.reader.readuntil(b"\r\n\r\n")
        await caller.say(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}")
        await caller.gone()

    async def work() -> tuple[int, bytes]:
        async with pointed(script) as (upstream, server):
            answer = await whole(upstream, UpstreamRequest("POST", "/v1/x", (), b"x" * 30_000_000))
            await server.gone.wait()
            return answer

    assert run(work()) == (413, b"{}")


def sent(kind: UpstreamKind, request: UpstreamRequest = POST, path: str = "") -> bytes:
    async def work() -> bytes:
        async with pointed(saying(OK), kind=kind, path=path) as (upstream, server):
            await whole(upstream, request)
            return server.requests[0]

    return run(work())


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (UpstreamKind.OPENAI, b"authorization: Bearer the-key"),
        (UpstreamKind.ANTHROPIC, b"x-api-key: the-key"),
        (UpstreamKind.GEMINI, b"x-goog-api-key: the-key"),
    ],
)
def test_the_operators_key_replaces_the_callers(kind: UpstreamKind, line: bytes) -> None:
    headers = (
        ("authorization", "Bearer rdt_x"),
        ("X-Api-Key", "rdt_x"),
        ("x-goog-api-key", "rdt_x"),
        ("cookie", "rdt_x"),
        ("anthropic-version", "2023-06-01"),
        ("transfer-encoding", "chunked"),
        ("host", "elsewhere"),
    )
    message = sent(kind, UpstreamRequest("POST", "/v1/messages", headers, b"{}"))
    head = message.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert line in head
    assert b"anthropic-version: 2023-06-01" in head
    assert b"accept-encoding: identity" in head
    assert b"rdt_x" not in message
    assert b"transfer-encoding" not in message
    assert sum(h.startswith(b"host:") for h in head) == 1


@pytest.mark.parametrize(
    ("kind", "prefix", "path", "target"),
    [
        (UpstreamKind.OPENAI, "", "/v1/models", b"GET /v1/models "),
        (UpstreamKind.OPENAI, "/openai/v1/", "/v1/models", b"GET /openai/v1/models "),
        (UpstreamKind.ANTHROPIC, "/anthropic", "/v1/models?limit=2", b"GET /anthropic/v1/models?limit=2 "),
        (UpstreamKind.GEMINI, "/v1beta", "/v1beta/models", b"GET /v1beta/models "),
    ],
)
def test_the_path_goes_below_the_base_url(kind: UpstreamKind, prefix: str, path: str, target: bytes) -> None:
    assert sent(kind, UpstreamRequest("GET", path, ()), prefix).startswith(target)


@pytest.mark.parametrize(
    "request_",
    [
        UpstreamRequest("POST", "/v1/x", (("a", "b\r\nx: y"),)),
        UpstreamRequest("POST", "/v1/x", (("a", "b\nx"),)),
        UpstreamRequest("POST", "/v1/x", (("a", "b\0"),)),
        UpstreamRequest("POST", "/v1/x", (("a b", "c"),)),
        UpstreamRequest("POST", "/v1/x", (("", "c"),)),
        UpstreamRequest("POST", "/v1/x", (("a", "\u4e00"),)),
        UpstreamRequest("POST", "/v1/x HTTP/1.1\r\nx: y", ()),
        UpstreamRequest("POST", "v1", ()),
        UpstreamRequest("POST", "/v1/\u00e9", ()),
        UpstreamRequest("POST /", "/v1", ()),
    ],
)
def test_nothing_that_could_split_a_request_is_sent(request_: UpstreamRequest) -> None:
    async def work() -> int:
        async with pointed(saying(OK)) as (upstream, server):
            with pytest.raises(InputError):
                await upstream.send(request_)
            return server.connections

    assert run(work()) == 0


@pytest.mark.parametrize("key", ["\n", "\r\nx: y", "\u00e9", "\0"])
def test_a_key_that_cannot_be_a_header_is_an_error_at_start(key: str) -> None:
    with pytest.raises(ConfigError, match="bare key") as caught:
        HttpUpstream(
            UpstreamSettings("far", UpstreamKind.OPENAI, "https://127.0.0.1", "SECRET" + key + "SECRET")
        )
    assert "SECRET" not in str(caught.value)


def test_nothing_listens() -> None:
    async def work() -> UpstreamError:
        async with pointed(saying(OK)) as (_, server):
            port = server.port
        upstream = HttpUpstream(UpstreamSettings("far", UpstreamKind.OPENAI, f"http://127.0.0.1:{port}"))
        with pytest.raises(UpstreamError) as caught:
            await upstream.send(POST)
        return caught.value

    error = run(work())
    assert error.status == 502
    assert "refused" in str(error)


def test_many_calls_at_once_do_not_mix() -> None:
    async def script(caller: Caller) -> None:
        while message := await caller.request():
            body = message.split(b"\r\n\r\n", 1)[1]
            await asyncio.sleep(0)
            await caller.say(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))

    async def work() -> None:
        async with pointed(script) as (upstream, _):
            for _ in range(3):
                bodies = [f"body {i}".encode() for i in range(50)]
                requests = [UpstreamRequest("POST", "/v1/x", (), body) for body in bodies]
                replies = await asyncio.gather(*(whole(upstream, request) for request in requests))
                assert [body for _, body in replies] == bodies

    run(work())


def test_no_call_after_closing() -> None:
    async def work() -> None:
        async with pointed(saying(OK)) as (upstream, _):
            await whole(upstream)
            await upstream.aclose()
            with pytest.raises(UpstreamError, match="shutting down"):
                await whole(upstream)

    run(work())
