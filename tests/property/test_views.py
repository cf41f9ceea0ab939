"""Views of any text: legal, mapped, and holding what was hidden in them."""

import base64
import urllib.parse
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.errors import InputError
from redoubt.engine.detect.views import View, views

ENCODERS: dict[str, Callable[[str], str]] = {
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base32": lambda s: base64.b32encode(s.encode()).decode(),
    "hex": lambda s: s.encode().hex(),
    "url": lambda s: "".join(f"%{octet:02X}" for octet in s.encode()),
    "url-quote": lambda s: urllib.parse.quote("@" + s),
    "html": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "json": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "zero-width": lambda s: "\u200b".join(s),
    "full-width": lambda s: "".join(chr(ord(c) + 0xFEE0) for c in s),
    "tags": lambda s: "".join(chr(0xE0000 + ord(c)) for c in s),
}
PIECES = (
    "%41", "&#65;", "\\u0041", "a\u200bb", "\u0430", "a", "4 1 1 1 1 1 1", "QUJDREVGR0hJSktMTU5P", "=41=42", "\U000e0041",
    "４１", "e\u0336\u0301", " (at) ", " dot ", "p4ssw0rd", "moc.a@b", "\ud800", ".- -... -.-. ", "0x41, ", "4142434445464748",
    "\ufe01\ufe02", "four one two three four five six ", "cnffjbeq", "\n", " ", "é", "你", "-",
)  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=25).map("".join)
secrets = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789@._", min_size=16, max_size=60)
prose = st.lists(st.sampled_from(["please", "read", "this", "mail", "and", "answer", "it"]), max_size=8).map(
    " ".join
)


def seen(text: str) -> list[View]:
    made: list[View] = []
    try:
        made.extend(views(text))
    except InputError:
        return made
    return made


@given(hostile)
def test_every_view_maps_into_the_text(text: str) -> None:
    for view in seen(text):
        assert view.text != text
        assert view.name
        previous = (0, 0)
        direction = 0
        for i in range(len(view.text)):
            start, end = view.origin(i, i + 1)
            assert 0 <= start < end <= len(text)
            if i and start != previous[0]:
                step = 1 if start > previous[0] else -1
                assert direction in (0, step)
                direction = step
            previous = (start, end)


@given(hostile, st.data())
def test_a_wider_span_comes_from_a_wider_span(text: str, data: st.DataObject) -> None:
    for view in seen(text):
        cut = sorted(data.draw(st.lists(st.integers(0, len(view.text)), min_size=4, max_size=4)))
        outer = view.origin(cut[0], cut[3])
        inner = view.origin(cut[1], cut[2])
        if cut[1] < cut[2]:
            assert outer[0] <= inner[0] <= inner[1] <= outer[1]


@given(secrets, prose, prose, st.sampled_from(sorted(ENCODERS)))
def test_an_encoded_value_in_prose_is_seen_and_located(
    secret: str, before: str, after: str, name: str
) -> None:
    written = ENCODERS[name](secret)
    text = f"{before}: {written} {after}"
    spans = [view.origin(at, at + len(secret)) for view in seen(text) if (at := view.text.find(secret)) >= 0]
    start = len(before) + 2
    assert spans or secret in text
    if spans:
        assert any(start <= s < e <= start + len(written) for s, e in spans)


@given(secrets, st.lists(st.sampled_from(["base64", "hex", "url"]), min_size=1, max_size=4))
def test_nested_to_the_bound(secret: str, names: list[str]) -> None:
    written = secret
    for name in names:
        written = ENCODERS[name](written)
    assert any(secret in view.text for view in seen(written))
