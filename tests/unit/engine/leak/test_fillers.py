import pytest

from redoubt.engine.leak.fillers import SPARSE
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
    folded = Folded(text)
    reading = next(r for r in SPARSE if r.name == name and r.letters(folded) == LETTERS)
    back = reading.back(folded)
    for at, letter in enumerate(LETTERS):
        start, end = back(at, at + 1)
        assert letter in text[start:end].lower()


def test_in_ordinary_text_little_is_left_out() -> None:
    assert {r.name for r in SPARSE if r.letters(Folded(WORDS))} == {"every-other"}
    assert not any(r.letters(Folded("")) for r in SPARSE)
