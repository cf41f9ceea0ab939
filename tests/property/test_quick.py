"""What is looked at first, to spare most answers a closer look, holds wherever the closer look finds something."""

import re
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.engine.detect.views import lookalikes
from redoubt.engine.effects import active_forms, links
from redoubt.engine.effects import reading as shown
from redoubt.engine.effects.reading import readings
from redoubt.engine.leak import respelled
from redoubt.engine.leak.alphabets import echoes
from redoubt.engine.leak.chains import Chain, Chains
from redoubt.engine.leak.disguises import anagram, distances
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.operator import OperatorText
from redoubt.engine.leak.runs import LARGE, Grams
from redoubt.engine.leak.sieve import Sieve
from redoubt.engine.leak.ways import WAYS
from tests.property.test_leaks import operators
from tests.property.test_views import hostile

few = st.text("abcdeéšб你\U0001f600", max_size=80)
BLANKS = (" ", "\t", "\n", "\u00a0", "\u2009", "\x1c", "  ", "\x0b")
SQL = (
    "drop", "TABLE", "delete", "from", "update", "set", "insert", "into", "truncate", "alter", "user", "grant", "all, ", "on",
    "to", "revo\u212ae", "in\u017fert", "\u0131nto", "users", '"a"', "x=1", "values (", ";", "é",
)  # fmt: skip
SHELL = (
    "rm", "-rf", "git", "push", "--force", "reset --hard", "kubectl", "delete", "sudo", "$ ", "reboot", "mkfs.ext4",
    "dd", "if=", "chmod", "-R", "777", "DROP", "DATABASE", "é", "docker system prune", "shutdown -h", "terraform destroy",
)  # fmt: skip
CELLS = (
    "=",
    "@",
    "|",
    "+",
    "-",
    "cmd",
    "DDE",
    "\u0130mage",
    "hyperlin\u212a",
    "(",
    "1",
    '"',
    ",",
    "mshta",
    "Exec",
    "call",
    "é",
)
LINKS = ("/", "\\", ":", "http", "httpS", "data", "java\u017fcr\u0131pt", "vbscript", "é", "x", "HTTP\u017f")


def spaced(*pieces: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from((*pieces, *BLANKS, *BLANKS)), max_size=24).map("".join)


@given(few, st.lists(few, max_size=4), st.integers(0, 60), st.integers(0, 9))
def test_a_text_that_holds_a_known_run_is_caught(known: str, texts: list[str], at: int, before: int) -> None:
    texts = [*texts, "x" * before + known[at : at + 40], known[::-1]]
    caught = Sieve([known, "other"]).caught(texts)
    assert caught == sorted(caught)
    assert all(number in caught for number, text in enumerate(texts) if any(Grams(known).runs(text)))


@pytest.mark.parametrize("before", range(9))
def test_so_it_is_where_very_much_is_known(before: int) -> None:
    known = "".join(str(number * number) for number in range(LARGE // 6))
    text = "-" * before + known[70_003:70_030]
    assert Sieve([known, "a short one that is known beside it"]).caught(["nothing at all", text]) == [1]


def test_most_texts_are_not_caught() -> None:
    known = "never tell anybody that the margin on roses is sixty-two percent of the price"
    others = [f"an answer about {word} and nothing else that matters" for word in ("tea", "rain", "steam")]
    assert Sieve([known]).caught(others) == []
    assert Sieve([]).caught(others) == Sieve([known]).caught([]) == Sieve(["ha" * 50]).caught(others) == []


@given(operators, st.one_of(hostile, operators))
def test_each_row_tells_of_what_its_way_finds(operator: str, answer: str) -> None:
    known, folded = OperatorText([operator]), Folded(answer)
    rows = [way.row(folded) for way in WAYS]
    caught = known.sieve.caught(rows)
    for number, (way, row) in enumerate(zip(WAYS, rows, strict=True)):
        assert number in caught or not list(way.traces(known, folded, row))


@given(operators, st.one_of(hostile, operators))
def test_no_sentence_is_told_but_the_likely_ones(operator: str, answer: str) -> None:
    class All(Chains):
        def _likely(self, folded: Folded) -> set[int]:
            return set(range(len(self._units)))

    known, folded = OperatorText([operator]), Folded(answer)
    told: list[Chain] = list(All(known.folded.words, known.units).chains(folded))
    assert list(known.chains.chains(folded)) == told


@given(st.text(max_size=200))
def test_letters_are_sorted_and_echo_as_they_do_one_by_one(text: str) -> None:
    folded = Folded(text)
    assert anagram(folded) == "".join("".join(sorted(word)) for word in folded.words)
    assert echoes(folded.letters) == echoes(list(folded.letters))
    plain = folded.plain
    assert distances(plain) == "".join(chr(97 + (ord(b) - ord(a)) % 26) for a, b in pairwise(plain))


@given(st.lists(st.sampled_from(("a!b", "r3v", "1st", "a!b", "5", " ", "may", "ay", "'ay", "say ", "bmV2ZXI=", "==", "one ", "Kilo",
                                 "two", "\u212ailo", "-dash", "7", "_one", "é", "\n")), max_size=30).map("".join))  # fmt: skip
def test_words_are_respelled_wherever_there_are_marks_enough(text: str) -> None:
    found = {name for name, _ in respelled.respelled(text)}
    for name, _, mark, often, _ in respelled._WAYS:
        enough = sum(1 for _ in islice(mark.finditer(text), often)) == often
        assert (name in found) == (
            enough and (name != "figures" or re.search("[013457@$]", text) is not None)
        )
    said = sum(word in respelled._SAID for word in re.findall("[A-Za-z]+", text.lower()))
    assert ("spoken" in found) == (said >= respelled._FEWEST)


@given(
    spaced(*SQL), spaced(*SHELL), spaced(*CELLS), st.lists(st.sampled_from(LINKS), max_size=8).map("".join)
)
def test_hints_hold_wherever_their_patterns_do(sql: str, shell: str, cells: str, address: str) -> None:
    assert active_forms._SQL_HINT(sql) or not active_forms._SQL.search(sql)
    assert active_forms._SHELL_HINT(shell) or not active_forms._SHELL.search(shell)
    assert active_forms._FORMULA_HINT(cells) or not active_forms._FORMULA.search(cells)
    leads = re.search(r"[/\\]{2}|(?i:https?|data|javascript|vbscript):", address) is not None
    assert links._HINT(address) == leads


def test_no_family_rewrites_what_is_taken_for_plain() -> None:
    families = (*shown._FAMILIES, *lookalikes.FAMILIES)
    plain = [chr(point) for point in range(0x80, 0x3000) if not shown._NEEDED.search(chr(point))]
    assert len(plain) > 60
    for char in plain:
        for text in (
            f"a{char}a",
            f"a {char} 1",
            f"1 {char}",
            f"{char * 3}A{char}.",
            f"-{char}@",
            f"\n{char}1{char}_",
        ):
            if not shown._NEEDED.search(text):
                assert all(family.rewrite(text) is None for family in families), (char, text)


@given(
    st.one_of(
        hostile,
        st.lists(
            st.sampled_from(("12", "\u2013", "\u2022", "é", "’", " ", "a", "&", "\x00")), max_size=9
        ).map("".join),
    )
)
def test_a_text_that_is_read_as_it_is_written_is_told_at_once(text: str) -> None:
    read = text
    for family in (*shown._FAMILIES, *lookalikes.FAMILIES):
        made = family.rewrite(read)
        read = made.text if made is not None and made.text else read
    assert read in [reading.text for reading in readings(text, *lookalikes.FAMILIES)]
