import base64

import pytest

from redoubt.domain.errors import InputError
from redoubt.engine.detect.views import views

SECRET = "john.smith@example.com"


def _nested(times: int) -> str:
    data = SECRET.encode()
    for _ in range(times):
        data = base64.b64encode(data)
    return data.decode()


def test_four_notations_deep_is_seen() -> None:
    assert [view.name for view in views(_nested(4))][-1] == "base64+base64+base64+base64"
    assert SECRET in [view.text for view in views(_nested(4))]


def test_deeper_is_refused_not_passed() -> None:
    with pytest.raises(InputError, match="more than 4 times"):
        list(views(_nested(5)))


def test_escapes_of_escapes_are_one_step() -> None:
    assert "a@b" in [view.text for view in views("a%" + "25" * 1000 + "40b")]
    assert "a@b" in [view.text for view in views("a&" + "amp;" * 1000 + "#64;b")]


def test_side_by_side_notations_are_undone_together() -> None:
    text = "4111%201111&#32;1111\\u002011\u200b11"
    assert "4111 1111 1111 1111" in [view.text for view in views(text)]


def test_noise_in_other_notations_does_not_use_up_the_depth() -> None:
    noise = "a%20b &amp;c \\u0041 x\u200by ４５６７ "
    inner = base64.b64encode(b"%6A" + SECRET[1:].encode()).decode()
    assert any(SECRET in view.text for view in views(noise + inner))


def test_a_view_costs_what_is_hidden_not_the_whole_text() -> None:
    text = "The weather is fine today. " * 40_000 + "se\u200bcret" + " and so on it goes." * 40_000
    (view,) = views(text)
    at = view.text.index("secret")
    assert len(view.text) < 10_000
    assert view.origin(at, at + 6) == (text.index("se\u200b"), text.index("\u200bcret") + 5)


def test_speculation_is_marked_and_inherited() -> None:
    assert [view.speculative for view in views("4 1 1 1 1 1 1 1")] == [True]
    assert [view.speculative for view in views("john%40example.com")] == [False]


def test_too_many_forms_are_refused() -> None:
    with pytest.raises(InputError, match="too many notations"):
        list(views("%41&#65;\\x41a\u200bb=41=41４４ 41 41 " * 20_000))


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\udc00\u200b\ud800a", "\0"])
def test_any_string_is_legal(text: str) -> None:
    assert [view for view in views(text) if view.text == text] == []
