"""What a provider, or somebody who stands in its place, can do to us over the line."""

import asyncio
from pathlib import Path

import pytest
from cryptography import x509

from redoubt.adapters.oidc.fetch import MAX_REPLY, MOST, Fetcher, RefusedError
from redoubt.domain.errors import ConfigError, ServiceError
from tests.rogue import Caller, Script, run, saying, serve
from tests.tls import LOCAL, certificate

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


def get(script: Script, seconds: float = 5.0) -> bytes:
    async def work() -> bytes:
        async with serve(script) as server:
            return await Fetcher(seconds=seconds).get(f"http://127.0.0.1:{server.port}/x?y=1")

    return run(work())


def test_a_page() -> None:
    assert get(saying(OK)) == b"{}"


def test_a_form_carries_the_credential_and_nothing_more() -> None:
    async def work() -> list[bytes]:
        async with serve(saying(OK)) as server:
            await Fetcher().post(f"http://127.0.0.1:{server.port}/token", "a=1&b=2", "Basic eA==")
            return server.requests

    [request] = run(work())
    head, _, body = request.partition(b"\r\n\r\n")
    assert body == b"a=1&b=2"
    assert head.startswith(b"POST /token HTTP/1.1\r\n")
    assert b"authorization: Basic eA==\r\n" in head + b"\r\n"
    assert b"content-type: application/x-www-form-urlencoded" in head


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (MAX_REPLY + 1),
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + b"x" * (MAX_REPLY + 1),
        b"HTTP/1.1 200 OK\r\nx: " + b"x" * 40_000,
        b"rubbish",
    ],
    ids=["redirect", "500", "204", "too long", "too long unsaid", "long head", "rubbish"],
)
def test_replies_that_are_no_answer(reply: bytes) -> None:
    with pytest.raises(ServiceError):
        get(saying(reply, close=True))


def test_a_refusal_is_told_from_a_failure() -> None:
    with pytest.raises(RefusedError):
        get(saying(b"HTTP/1.1 400 X\r\ncontent-length: 0\r\n\r\n"))


def test_a_reply_that_drips_ends_in_time() -> None:
    async def drip(caller: Caller) -> None:
        await caller.request()
        await caller.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
        while True:
            await caller.say(b"x")
            await asyncio.sleep(0.05)

    with pytest.raises(ServiceError, match="in time"):
        get(drip, seconds=0.4)


@pytest.mark.parametrize(
    "url", ["http://id.example/", "ftp://id.example/", "file:///etc/passwd", "https://a@id.example/", ""]
)
def test_where_nothing_is_asked(url: str) -> None:
    with pytest.raises(ServiceError, match="neither https"):
        run(Fetcher().get(url))


def test_nobody_is_there() -> None:
    with pytest.raises(ServiceError, match="no connection"):
        run(Fetcher().get("http://127.0.0.1:1/"))
    with pytest.raises(ServiceError, match="cannot be asked"):
        run(Fetcher().get('http://127.0.0.1:1/"'))


def test_too_many_at_a_time_are_turned_away() -> None:
    async def never(caller: Caller) -> None:
        await caller.gone()

    async def work() -> list[BaseException | bytes]:
        async with serve(never) as server:
            fetcher = Fetcher(seconds=0.5)
            asked = (fetcher.get(f"http://127.0.0.1:{server.port}/") for _ in range(MOST + 4))
            return await asyncio.gather(*asked, return_exceptions=True)

    said = [str(each) for each in run(work())]
    assert sum("too much" in each for each in said) == 4
    assert sum("in time" in each for each in said) == MOST


def test_only_a_trusted_certificate_for_this_host(tmp_path: Path) -> None:
    async def work(names: list[x509.GeneralName], *, trusted: bool) -> bytes:
        file, context, _ = certificate(tmp_path, names)
        async with serve(saying(OK), tls=context) as server:
            return await Fetcher(str(file) if trusted else "").get(f"https://127.0.0.1:{server.port}/")

    assert run(work(LOCAL, trusted=True)) == b"{}"
    elsewhere: list[x509.GeneralName] = [x509.DNSName("elsewhere.example")]
    for names, trusted in ((LOCAL, False), (elsewhere, True)):
        with pytest.raises(ServiceError, match="not trusted"):
            run(work(names, trusted=trusted))


def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("rubbish")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigError, match="PEM"):
            Fetcher(str(tmp_path / name))
