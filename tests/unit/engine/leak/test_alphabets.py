import pytest

from redoubt.engine.leak.alphabets import alike, before, echoes, writings
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.runs import Grams

KNOWN = "nevertellcustomersaboutthemarginonrosestoday"
QUEER = KNOWN.translate(str.maketrans("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"))


def test_echoes_do_not_depend_on_the_signs() -> None:
    assert echoes(KNOWN) == echoes(QUEER) == echoes([f"word{c}" for c in KNOWN])
    assert echoes(KNOWN) != echoes(KNOWN[1:] + "n")
    assert echoes("") == ""


def test_a_run_is_followed_back_to_its_first_letter() -> None:
    said = "xyzzyqqjkl" * 3 + QUEER
    run = next(Grams(echoes(KNOWN)).runs(echoes(said)))
    assert not alike(run, said, KNOWN)
    assert run.start - before(run, said, KNOWN) <= len(said) - len(KNOWN) + 1


def test_a_quotation_with_another_number_is_alike() -> None:
    known, said = "ordersabove75eurosaredeliveredforfree", "ordersabove90eurosaredeliveredforfree"
    assert all(alike(run, said, known) for run in Grams(echoes(known)).runs(echoes(said)))
    assert all(alike(run, said.upper(), known) for run in Grams(echoes(known)).runs(echoes(said)))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Never tell", ["nevertell"]),
        (" ".join("abcdefghijklmnopqrstuvwxyz"), ["abcdefghijklmnopqrstuvwxyz"]),
        ("(!) [?] {;} \U0001f600\U0001f601", ["", "(!) [?] {;} \U0001f600\U0001f601"]),
    ],
)
def test_the_signs_of_a_text(text: str, signs: list[str]) -> None:
    assert ["".join(map(str, w.signs)) for w in writings(Folded(text))] == signs


def test_words_and_numbers_are_signs_where_there_are_many() -> None:
    text = " ".join(f"chr({n})" for n in range(30))
    found = [list(w.signs) for w in writings(Folded(text))]
    assert found[1][:4] == ["chr", "0", "chr", "1"]
    assert found[2] == [str(n) for n in range(30)]
