"""What the Anthropic and Gemini codecs share."""

import base64

import pytest

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Trust
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.interface import Json
from redoubt.surfaces.gateway.wire.pieces import Whole, decode_event, encode, sealed
from tests.unit.surfaces.gateway.wire.fake_lanes import FakeLanes


@pytest.mark.parametrize("data", ["", "{", "[]", "5", "nul", "[" * 100_000, '{"a": NaN}'])
def test_an_event_is_an_object(data: str) -> None:
    with pytest.raises(UpstreamError):
        decode_event(data)


def test_json_stays_on_one_line() -> None:
    value = {"a": "line\nbreak \u2028 é"}
    assert b"\n" not in encode(value)
    assert decode_event(encode(value).decode()) == value


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (base64.b64encode(bytes(range(128, 228))).decode(), []),
        (base64.b64encode(b"words that somebody hid in a signature, quite long").decode(), ["~b"]),
        ("QUJD", [""]),
        ("not base64 at all", [""]),
        ("/" * 80 + "4111111111111111", [""]),
        (None, []),
    ],
)
def test_only_what_is_sealed_passes_unseen(value: Json, texts: list[str]) -> None:
    c = Collector(())
    sealed(c, value, "", Role.USER, Trust.USER)
    assert [s.path for s in c.segments] == texts


def test_whole_texts_have_lanes_of_their_own() -> None:
    def read(c: Collector, value: Json) -> None:
        c.rest(value, "", Role.ASSISTANT, Trust.MODEL)

    whole, lanes = Whole(frozenset(), wrong_answer), FakeLanes({"PSEUDO-1": "Jane"})
    value = {"jo@example.org": "PSEUDO-1", "ann@example.org": ["PSEUDO-1"]}
    assert whole.through(value, lanes, read) == {"jo@example.org": "Jane", "ann@example.org": ["Jane"]}
    assert whole.through({"a": "b"}, lanes, read) == {"a": "b"}
    assert len(lanes.seen) == 5
    assert not any("example" in lane for lane in lanes.seen)
