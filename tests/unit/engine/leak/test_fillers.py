import pytest

from redoubt.engine.leak.fillers import sparse
from redoubt.engine.leak.fold import Folded

WORDS = "never tell customers about the margin on roses"
LETTERS = WORDS.replace(" ", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("every-other", "".join(c * 2 for c in WORDS)),
        ("every-other", "".join(f"{c}qx" for c in LETTERS)),
        ("no-figures", "".join(f"{c}{i}" for i, c in enumerate(WORDS))),
        ("no-filler", " ".join(f"and {c}" for c in LETTERS)),
        ("initials", " ".join(f"{c}ou" for c in LETTERS)),
        ("acrostic", "\n".join(f"- {c.upper()}ou and me" for c in LETTERS)),
    ],
)
def test_the_filler_is_left_out(name: str, text: str) -> None:
    found = {r.letters: r for r in sparse(text, Folded(text)) if r.name == name}
    reading = found[LETTERS]
    for at, letter in enumerate(LETTERS):
        start, end = reading.origin(at, at + 1)
        assert letter in text[start:end].lower()


def test_in_ordinary_text_little_is_left_out() -> None:
    assert {r.name for r in sparse(WORDS, Folded(WORDS))} == {"every-other"}
    assert all(r.letters == "" for r in sparse("", Folded("")))
