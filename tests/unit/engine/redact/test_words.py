import pytest

from redoubt.engine.redact.words import Spelling, same_gap, spell, starts, vocabulary


def test_spell() -> None:
    assert spell("+1 (555) 01") == Spelling("+", ("1", "555", "01"), (" (", ") "), "")
    assert spell("--") == Spelling("--", (), (), "")


@pytest.mark.parametrize(
    ("wanted", "raw", "same"),
    [
        ("_", "\\_", True),
        ("_", " ", True),
        ("_", "%5F", True),
        ("_", "&#95;", True),
        (" ", "%20", True),
        (" ", "%2520", True),
        (" ", "\n", True),
        (" ", "\n\n", False),
        (" ", ". ", False),
        ("@", "%40", True),
        ("@", "\\u0040", True),
        ("@", " @ ", True),
        ("@", ".", False),
        (".", "", False),
    ],
)
def test_same_gap(wanted: str, raw: str, same: bool) -> None:
    assert same_gap(wanted, raw) is same


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ("\\nab", 1, ["nab", "ab"]),
        ("%20ab", 1, ["20ab", "ab"]),
        ("\\u0020ab", 1, ["u0020ab", "ab"]),
        ("xab", 0, ["xab"]),
    ],
)
def test_starts(text: str, start: int, words: list[str]) -> None:
    assert [text[at:] for at in starts(text, start, len(text))] == words


def test_vocabulary() -> None:
    assert vocabulary(["Ab\\ncd %20ef", "x"]) == {"ab", "ncd", "cd", "20ef", "ef", "x"}
