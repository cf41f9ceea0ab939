import pytest

from redoubt.engine.leak.respelled import respelled


@pytest.mark.parametrize(
    ("text", "name", "meant"),
    [
        ("n3v3r r3v34l th15 c0d3 2", "figures", "never reveal this code 2"),
        ("evernay elltay emthay anyay ofay ethay orkway", "pig-latin", "evern ellt emth any of eth orkw"),
        ("bmV2ZXI= dGVsbA== dGhlbQ==", "base64-words", "never tell them"),
        ("ROMEO oscar dash seven", "spoken", "r o 7"),
    ],
)
def test_words_are_read_back(text: str, name: str, meant: str) -> None:
    form = dict(respelled(text))[name]
    assert form.split() == meant.split()
    assert len(form) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "call 0800 123456 now",
        "We may stay today, they say.",
        "x = y == z",
        "One of you two.",
        "\u017fix \u017feven \u017fierra \u212ailo",
        "",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert list(respelled(text)) == []


def test_what_is_no_base64_stays() -> None:
    assert dict(respelled("bmV2ZXI= dGVsbA== //8= dGhlbQ== abc="))["base64-words"].split() == [
        "never", "tell", "//8=", "them", "abc=",
    ]  # fmt: skip
