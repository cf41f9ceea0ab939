from redoubt.domain.pseudonym import Alias
from redoubt.engine.redact.trie import Trie


def found(trie: Trie, text: str, word: str) -> str | None:
    start = text.index(word)
    hit = trie.longest(text, start, start + len(word))
    return None if hit is None else f"{text[hit.start : hit.end]} -> {hit.ending.value}"


def test_the_longest_wins() -> None:
    trie = Trie([Alias("AB 12", "short", "x"), Alias("AB 12 CD", "long", "x")])
    assert found(trie, "ab 12 cd", "ab") == "ab 12 cd -> long"
    assert found(trie, "ab 12 ce", "ab") == "ab 12 -> short"
    assert found(trie, "ab 13", "ab") is None
    assert trie.opening == {"ab", "12"}


def test_a_name_alone_stands_for_its_part_of_the_value() -> None:
    trie = Trie([Alias("Tamara Nielsen", "Maria José Garcia", "pii.person")])
    assert found(trie, "so Tamara went", "Tamara") == "Tamara -> Maria"
    assert found(trie, "Dr. Nielsen went", "Nielsen") == "Nielsen -> Garcia"
    assert found(trie, "Frau Nielsen went", "Nielsen") == "Nielsen -> Garcia"


def test_a_name_alone_is_not_another_person() -> None:
    trie = Trie(
        [
            Alias("Tamara Nielsen", "Maria Garcia", "pii.person"),
            Alias("Tamara Voss", "Ines Silva", "pii.person"),
        ]
    )
    assert found(trie, "so Tamara went", "Tamara") is None
    assert found(trie, "Olga Nielsen went", "Nielsen") is None
    assert found(trie, "the nielsen ratings", "nielsen") is None
    assert (
        found(Trie([Alias("Tamara Nielsen", "Maria Garcia", "pii.person")]), "Tamara Brown", "Tamara") is None
    )


def test_what_has_no_word_is_never_found() -> None:
    assert not Trie([Alias("--", "x", "x")]).roots
