import html
import json
from collections.abc import Callable
from urllib.parse import quote

from hypothesis import assume, given
from hypothesis import strategies as st

from redoubt.domain.exchange import Syntax
from redoubt.engine.redact.pseudonyms import Pseudonymiser, Style
from redoubt.engine.redact.restore import Restorer

KEY = bytes(range(32))
STYLES: tuple[Style, ...] = ("token", "surrogate")
styles = st.sampled_from(STYLES)
digits = "0123456789"
values = st.one_of(
    st.tuples(st.just("pii.email"), st.from_regex(r"[a-zA-Z.]{1,12}@[a-z]{2,8}\.[a-z]{2,3}", fullmatch=True)),
    st.tuples(st.just("pii.phone"), st.from_regex(r"\+?[1-9][0-9]{2} [0-9]{3,4}-[0-9]{4}", fullmatch=True)),
    st.tuples(st.just("finance.card"), st.from_regex(r"4[0-9]{3}( [0-9]{4}){3}", fullmatch=True)),
    st.tuples(st.just("finance.iban"), st.from_regex(r"DE[0-9]{20}", fullmatch=True)),
    st.tuples(st.just("pii.us_ssn"), st.from_regex(r"[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}", fullmatch=True)),
    st.tuples(st.just("pii.ip"), st.ip_addresses().map(str)),
    st.tuples(st.just("pii.person"), st.from_regex(r"[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}", fullmatch=True)),
    st.tuples(st.just("pii.date_of_birth"), st.dates().map(str)),
    st.tuples(st.just("pii.other"), st.text(min_size=1, max_size=20)),
    st.tuples(st.just("secret.token"), st.text(min_size=1, max_size=20)),
)
PIECES = (" and ", ", ", "\n", "'s ", "** ** ", " (", ") ", "! ")


def masked(p: Pseudonymiser, pairs: list[tuple[str, str]], between: list[str]) -> tuple[str, str]:
    """Return a text with the values in it, and the same with their pseudonyms."""
    original = pseudonymised = ""
    for (category, value), piece in zip(pairs, between, strict=False):
        original += piece + value
        pseudonymised += piece + p.pseudonym(category, value)
    return original + " end", pseudonymised + " end"


texts = st.lists(st.tuples(values, st.sampled_from(PIECES)), min_size=1, max_size=6)


@given(styles, texts)
def test_pseudonymise_then_restore_is_the_identity(
    style: Style, made: list[tuple[tuple[str, str], str]]
) -> None:
    pairs, between = [v for v, _ in made], [b for _, b in made]
    original = "".join(b + v for (_, v), b in made)
    p = Pseudonymiser(KEY, style, taken=[original])
    text, hidden = masked(p, pairs, between)
    assert Restorer(p.aliases()).restore(hidden) == text


@given(styles, texts)
def test_pseudonymise_then_restore_is_the_identity_inside_json(
    style: Style, made: list[tuple[tuple[str, str], str]]
) -> None:
    original = "".join(b + v for (_, v), b in made)
    assume(not any("\ud800" <= c <= "\udfff" for c in original))
    p = Pseudonymiser(KEY, style, taken=[original])
    text, hidden = masked(p, [v for v, _ in made], [b for _, b in made])
    for ascii_only in (True, False):
        written = json.dumps({"a": [hidden, 1]}, ensure_ascii=ascii_only)
        assert json.loads(Restorer(p.aliases()).restore(written, Syntax.JSON)) == {"a": [text, 1]}


TOLERATED: tuple[Callable[[str], str], ...] = (
    str.lower,
    str.upper,
    lambda s: s.replace("_", "\\_"),
    lambda s: s.replace(" ", "\n"),
    lambda s: s.replace(" ", "  "),
    lambda s: f"**{s}**",
    lambda s: f"`{s}`",
    lambda s: f"<{s}>",
    lambda s: s.replace("@", "\\u0040"),
    lambda s: html.escape(s),
)


@given(styles, values, st.sampled_from(TOLERATED))
def test_what_models_do_to_a_pseudonym_is_forgiven(
    style: Style, pair: tuple[str, str], change: Callable[[str], str]
) -> None:
    p = Pseudonymiser(KEY, style, taken=[pair[1]])
    written = change(p.pseudonym(*pair))
    assert pair[1] in Restorer(p.aliases()).restore(f"so {written} it is")


@given(styles, values)
def test_inside_an_escaped_url_the_value_is_escaped(style: Style, pair: tuple[str, str]) -> None:
    assume(not any("\ud800" <= c <= "\udfff" for c in pair[1]))
    p = Pseudonymiser(KEY, style, taken=[pair[1]])
    url = "https://h.example/?q=" + quote(f"<{p.pseudonym(*pair)}>", safe="")
    assert Restorer(p.aliases()).restore(url) == "https://h.example/?q=" + quote(f"<{pair[1]}>", safe="")


@given(styles, values, st.booleans())
def test_a_pseudonym_somebody_wrote_is_neither_issued_nor_restored(
    style: Style, pair: tuple[str, str], known: bool
) -> None:
    before = Pseudonymiser(KEY, style, taken=[pair[1]])
    guessed = before.pseudonym(*pair)
    typed = f"please tell me what {guessed.lower()} is"
    now = Pseudonymiser(KEY, style, known=before.aliases() if known else (), taken=[typed, pair[1]])
    issued = now.pseudonym(*pair)
    assert issued.casefold() != guessed.casefold()
    assert Restorer(now.aliases()).restore(typed) == typed


@given(styles, st.lists(values, min_size=2, max_size=12, unique_by=lambda v: v[1]))
def test_same_value_same_pseudonym_and_other_value_other_pseudonym(
    style: Style, pairs: list[tuple[str, str]]
) -> None:
    taken = [" ".join(v for _, v in pairs)]
    p = Pseudonymiser(KEY, style, taken=taken)
    first = [p.pseudonym(*pair) for pair in pairs]
    assert len({f.casefold() for f in first}) == len(pairs)
    assert [p.pseudonym(*pair) for pair in pairs] == first
    assert not {f.casefold() for f in first} & {v.casefold() for _, v in pairs}
    assert [Pseudonymiser(KEY, style, taken=taken).pseudonym(*pairs[0])] == first[:1]
    later = Pseudonymiser(KEY, style, known=p.aliases(), taken=taken)
    assert [later.pseudonym(*pair) for pair in reversed(pairs)] == first[::-1]
    assert not later.issued()


@given(values)
def test_another_session_has_other_tokens(pair: tuple[str, str]) -> None:
    mine, theirs = Pseudonymiser(KEY), Pseudonymiser(bytes(32))
    hidden = mine.pseudonym(*pair)
    assert theirs.pseudonym(*pair) != hidden
    assert Restorer(theirs.aliases()).restore(hidden) == hidden


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=40, unique=True))
def test_any_two_tokens_differ_in_two_symbols_or_more(numbers: list[int]) -> None:
    p = Pseudonymiser(KEY)
    nonces = [p.pseudonym("pii.other", f"value {n}").rpartition("_")[2] for n in numbers]
    for i, a in enumerate(nonces):
        for b in nonces[:i]:
            assert sum(x != y for x, y in zip(a, b, strict=True)) >= 2


@given(st.text(max_size=60))
def test_any_text_can_be_restored(text: str) -> None:
    p = Pseudonymiser(KEY, "surrogate", taken=[text])
    for pair in (
        ("pii.person", "Maria Garcia"),
        ("pii.phone", "+49 30 1234567"),
        ("pii.email", "a@b.example"),
    ):
        p.pseudonym(*pair)
    for syntax in Syntax:
        assert Restorer(p.aliases()).restore(text, syntax) == text
