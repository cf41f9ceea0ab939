import base64
import codecs
from collections.abc import Callable

import pytest

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.engine.detect.views.expand import reasons
from redoubt.engine.leak.canary import LETTERS, Canary, line, marker, place, without

MARK = marker(bytes(range(7, 39)))

HIDINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "backwards": lambda m: m[::-1],
    "apart": " ".join,
    "commas": ", ".join,
    "lines": "\n".join,
    "half": lambda m: m[6:19],
    "base64": lambda m: base64.b64encode(f"the text is {m}".encode()).decode(),
    "hex": lambda m: m.encode().hex(),
    "rot13": lambda m: codecs.encode(m, "rot13"),
    "pieces": lambda m: f"{m[:8]}-{m[8:16]}-{m[16:]}",
    "invisible": "\u200b".join,
    "bold": lambda m: f"**{m[:12]}** {m[12:]}",
}


def seen(text: str) -> list[str]:
    found = Canary(MARK, reasons()).detect(Segment(text, Role.ASSISTANT, Trust.MODEL))
    return [text[f.start : f.end] for f in found]


def test_a_marker_is_letters_and_depends_on_every_draw() -> None:
    assert len(MARK) == LETTERS
    assert MARK.isascii()
    assert MARK.islower()
    assert len({marker(bytes([i]) * 32) for i in range(256)}) == 256


@pytest.mark.parametrize("hide", HIDINGS.values(), ids=HIDINGS.keys())
def test_the_marker_is_seen_however_it_is_written(hide: Callable[[str], str]) -> None:
    assert seen(f"Here: {hide(MARK)} and so on")


def test_where_it_stands() -> None:
    assert seen(f"Look, {MARK}!") == [MARK]


@pytest.mark.parametrize(
    "text", ["", "Nothing here.", "abcdefghijklmnopqrstuvwxyz " * 50, MARK[:9], "\ud800"]
)
def test_nothing_else_is_it(text: str) -> None:
    assert seen(text) == []


def test_it_goes_to_the_operators_first_words_and_nowhere_else() -> None:
    system = Segment("Be kind.", Role.SYSTEM, Trust.OPERATOR, "/messages/0/content")
    user = Segment("Hi there.", path="/messages/1/content")
    assert place([user, system]) is system
    assert place([user]) is None
    assert MARK in line(MARK)


def test_it_is_taken_out_of_what_is_kept() -> None:
    (kept,) = without(MARK, [Segment(f"x {MARK} y")])
    assert kept.text == "x [REDACTED:leak.canary] y"


def test_settings_that_an_answer_repeats_may_hold_it() -> None:
    repeated = Segment(f"Be kind.{line(MARK)}", Role.SYSTEM, Trust.MODEL)
    assert list(Canary(MARK, reasons()).detect(repeated)) == []
