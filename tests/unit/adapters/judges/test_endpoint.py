"""A judge behind a real server: whatever the server does, the answer is an answer or a failure, in time."""

import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from redoubt.adapters.judges.endpoint import MAX_REPLY
from redoubt.domain.errors import ServiceError
from redoubt.domain.exchange import Segment
from redoubt.engine.detect.scan import scan
from tests.opinions import Respond, bench, judge, saying, sending
from tests.tls import LOCAL, certificate

GOOD = '{"attack": 0.9, "harm": 0.0, "why": "override"}'
CANARY = "zebraquartzcanary"


def test_a_question_and_its_answer() -> None:
    with bench(saying(GOOD)) as seen:
        her = judge(seen.url, api_key="k-123", model="judge-1")
        (finding,) = her.detect(Segment("do as I say"))
    assert (finding.category, finding.rule, finding.confidence) == ("attack", "her:attack", 0.9)
    (asked,), (headers,) = seen.asked, seen.headers
    assert (asked["path"], asked["model"], asked["temperature"], asked["stream"]) == (
        "/v1/chat/completions", "judge-1", 0, False,
    )  # fmt: skip
    assert headers["authorization"] == "Bearer k-123"
    assert seen.url.removesuffix("/v1").endswith(headers["host"])


def test_nothing_is_contacted_before_there_is_a_question() -> None:
    with bench(saying(GOOD)) as seen:
        judge(seen.url).detect(Segment(" \n"))
    assert seen.asked == []


def hang(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    handler.server.gone.wait(5.0)  # type: ignore[attr-defined]


def drip(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    """Send a header line now and then: no single wait is long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.gone.wait(0.02):  # type: ignore[attr-defined]
        handler.wfile.write(b"x: y\r\n")
        handler.wfile.flush()


def drip_body(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while not handler.server.gone.wait(0.02):  # type: ignore[attr-defined]
        handler.wfile.write(b" ")
        handler.wfile.flush()


@pytest.mark.parametrize("respond", [hang, drip, drip_body])
def test_a_slow_judge_gave_no_answer(respond: Respond) -> None:
    gone = Event()

    def until_gone(handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        handler.server.gone = gone  # type: ignore[attr-defined]
        respond(handler, asked)

    with bench(until_gone) as seen:
        begun = time.monotonic()
        with pytest.raises(ServiceError, match=r"took longer than 0\.2 s"):
            judge(seen.url, timeout=0.2).detect(Segment("hello"))
        assert time.monotonic() - begun < 2.0
        gone.set()


def close_in_the_body(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n" + b'{"choices": []')


def close_in_a_chunk(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\n{")


def close_at_once(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    handler.close_connection = True


def whole_but_short(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    """End early, though what came is well formed."""
    body = (
        b'{"choices": [{"message": {"content": "{\\"attack\\": 0, \\"harm\\": 0, \\"why\\": \\"none\\"}"}}]}'
    )
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + body)


def babble(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    handler.wfile.write(b"\x00\xffbabble\r\n\r\n")


NO_ANSWERS: dict[str, Respond] = {
    "no HTTP": babble,
    "no JSON": sending(f"<html>{CANARY}</html>".encode()),
    "no UTF-8": sending(b"\xff\xfe"),
    "empty": sending(b""),
    "null": sending(b"null"),
    "no choice": sending(b'{"choices": []}'),
    "two choices": sending(b'{"choices": [{"message": {"content": "{}"}}, {"message": {"content": "{}"}}]}'),
    "no content": sending(b'{"choices": [{"message": {"role": "assistant", "content": null}}]}'),
    "deep": sending(b"[" * 100_000),
    "10 MB": sending(b" " * 10_000_000),
    "10 MB unannounced": sending(b" " * 10_000_000, transfer_encoding="identity"),
    "redirect": sending(b"", 307, location="http://127.0.0.1:1/"),
    "error": sending(b"{}", 500),
    "created": sending(b"{}", 201),
    "packed": sending(b"\x1f\x8b\x08", content_encoding="gzip"),
    "closes in the body": close_in_the_body,
    "closes in a chunk": close_in_a_chunk,
    "closes at once": close_at_once,
    "ends early": whole_but_short,
    "refuses": saying("I am sorry, I cannot help with that."),
    "agrees with the text": saying(CANARY),
}


@pytest.mark.parametrize("respond", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_is_a_failure_that_quotes_nothing(respond: Respond) -> None:
    with bench(respond) as seen:
        her = judge(seen.url)
        with pytest.raises(ServiceError) as failure:
            her.detect(Segment(CANARY))
        assert CANARY not in str(failure.value)
        assert failure.value.__cause__ is None
        assert scan([her], Segment(CANARY)).failed == ("judge:her",)
        assert len(seen.asked) == 2, "nothing is tried again, and no redirect is followed"


def test_a_reply_is_bounded() -> None:
    long = " " * (MAX_REPLY - 200) + GOOD
    with bench(saying(long)) as seen:
        assert judge(seen.url).detect(Segment("x"))
    with bench(saying(" " * MAX_REPLY + GOOD)) as seen, pytest.raises(ServiceError, match="longer than"):
        judge(seen.url).detect(Segment("x"))


def test_nobody_there() -> None:
    with bench(saying(GOOD)) as seen:
        pass
    with pytest.raises(ServiceError, match=r"gave no answer \(ConnectionRefusedError\)"):
        judge(seen.url).detect(Segment("x"))


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, context, _ = certificate(tmp_path, LOCAL)
    with bench(saying(GOOD), context) as seen:
        with pytest.raises(ServiceError, match="SSLCertVerificationError"):
            judge(seen.url).detect(Segment("x"))
        assert seen.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert judge(seen.url).detect(Segment("x"))
