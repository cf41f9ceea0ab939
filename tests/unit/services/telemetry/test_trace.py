import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.services.telemetry.trace import span

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def random(count: int) -> bytes:
    return b"\x80" * count


@pytest.mark.parametrize(("flags", "sampled"), [("01", True), ("00", False), ("03", True), ("ff", True)])
def test_a_span_joins_the_callers_trace(flags: str, sampled: bool) -> None:
    made = span(f"00-{TRACE}-{PARENT}-{flags}".encode(), random, 0.0)
    assert (made.trace_id.hex(), made.parent_id.hex(), made.sampled) == (TRACE, PARENT, sampled)
    assert made.traceparent() == f"00-{TRACE}-8080808080808080-{'01' if sampled else '00'}"


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01-more",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f" 00-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01\n",
    ],
)
def test_a_header_that_is_no_good_begins_a_trace(header: str) -> None:
    """The vectors of W3C Trace Context, section 3.2."""
    made = span(header.encode(), random, 1.0)
    assert made.trace_id == b"\x80" * 16
    assert made.parent_id == b""
    assert made.sampled


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert span(f"01-{TRACE}-{PARENT}-01-what-may-come".encode(), random, 0.0).trace_id.hex() == TRACE


@given(st.binary(max_size=80))
def test_any_bytes_give_a_span(header: bytes) -> None:
    assert len(span(header, random, 0.5).trace_id) == 16


def test_sampling_is_by_the_traces_id() -> None:
    assert not span(b"", random, 0.5).sampled
    assert span(b"", random, 0.51).sampled
    assert not span(b"", lambda n: b"\x00" * n, 0.0).sampled
    assert span(b"", lambda n: b"\xff" * n, 1.0).sampled
