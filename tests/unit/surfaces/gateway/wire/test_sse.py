import pytest

from redoubt.domain.errors import UpstreamError
from redoubt.surfaces.gateway.wire import sse
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent as Event


def parse(data: bytes, size: int = 0) -> list[Event]:
    parser = sse.EventParser()
    pieces = [data[i : i + size] for i in range(0, len(data), size)] if size else [data]
    return [e for piece in pieces for e in parser.feed(piece)] + parser.close()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7])
@pytest.mark.parametrize(
    ("data", "events"),
    [
        (b"data: a\n\n", [Event("a")]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [Event("a"), Event("b"), Event("c")]),
        (b"data: a\ndata: b\n\n", [Event("a\nb")]),
        (b"data:a\ndata:  b\n\n", [Event("a\n b")]),
        (b"\xef\xbb\xbfdata: a\n\n", [Event("a")]),
        (b": ping\n\nevent: x\n\ndata: a\n\n", [Event("a")]),
        (b"event: x\nid: 7\ndata: a\nretry: 10\nfoo: bar\n\ndata: b\n\n", [Event("a", "x", "7"), Event("b")]),
        (b"id: 7\0\ndata\n\n", [Event("")]),
        ("data: grüße 🎉\n\n".encode(), [Event("grüße 🎉")]),
        (b"data: \xff\n\n", [Event("\ufffd")]),
        (b"data: a\n\ndata: b: c\n\ndata:  d\n\n", [Event("a"), Event("b: c"), Event(" d")]),
        (b"data: a\n\ndata: b\n\n\n\ndata: c\nid: 7\n\n", [Event("a"), Event("b"), Event("c", "", "7")]),
        (b"data: a\n", [Event("a")]),
        (b"data: a", []),
        (b"", []),
        (b"data: a\x0b\x1c\xc2\x85b\n\n", [Event("a\x0b\x1c\x85b")]),
    ],
)
def test_events_do_not_depend_on_the_cut(data: bytes, events: list[Event], size: int) -> None:
    assert parse(data, size) == events


def test_an_event_is_given_out_as_soon_as_its_blank_line_begins() -> None:
    parser = sse.EventParser()
    assert parser.feed(b"data: a\r\n\r") == [Event("a")]
    assert parser.feed(b"\ndata: b\n\n") == [Event("b")]


@pytest.mark.parametrize("data", [b"data: " + b"x" * 200, b"data: x\n" * 50, b": comment\n" * 50])
def test_an_endless_event_is_refused(data: bytes) -> None:
    parser = sse.EventParser(max_event_bytes=100)
    with pytest.raises(UpstreamError, match="more than 100 bytes"):
        parser.feed(data)


def test_many_small_events_pass_a_small_limit() -> None:
    parser = sse.EventParser(max_event_bytes=20)
    assert len(parser.feed(b"data: x\n\n" * 50)) == 50


@pytest.mark.parametrize("event", [Event("a"), Event(""), Event("a\nb\n", "x", "1"), Event(" a", "message")])
def test_what_is_written_is_read_again(event: Event) -> None:
    assert parse(sse.write(event)) == [event]


def test_an_event_name_cannot_smuggle_a_line() -> None:
    assert parse(sse.write(Event("a", "x\ndata: b"))) == [Event("a", "x data: b")]
    assert parse(sse.write_json(b"{}", "x\r\ndata: b")) == [Event("{}", "x  data: b")]
