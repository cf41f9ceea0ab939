from dataclasses import replace

from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.services.audit.search import Query, hashed, mark_number, marks, row, term, traits

KEY = b"k" * 32


def entry(*categories: str, mark: bytes = b"") -> Entry:
    records = tuple(FindingRecord(Finding(c, "r", 0, 1), "/p", "flag", mark) for c in categories)
    return Entry(
        "ex_1", "prompt", 12.5, "key_a", "shop", "default", "eu_1", "deny", "openai", "gpt", findings=records
    )


def test_the_traits_of_an_entry_are_its_few_words_and_its_categories_and_all_they_begin_with() -> None:
    said = {("upstream", "openai"), ("model", "gpt"), ("decision", "deny"), ("kind", "prompt")}
    found = {("category", c) for c in ("secret", "secret.aws", "secret.aws.key", "pii", "pii.email")}
    plain, rich = entry(), entry("secret.aws.key", "pii.email", "pii.email")
    assert set(traits(plain, KEY).terms) == {term(*each) for each in said}
    assert set(traits(rich, KEY).terms) == {term(*each) for each in said | found}


def test_the_same_traits_have_one_number_and_others_another() -> None:
    number = traits(entry("pii.email", "secret.aws"), KEY).number
    assert number == traits(entry("secret.aws", "pii.email", "pii.email"), KEY).number
    assert number == traits(replace(entry("secret.aws", "pii.email"), subject="eu_2", at=1.0), KEY).number
    others = [
        traits(replace(entry("pii.email", "secret.aws"), **{name: "other"}), KEY).number  # type: ignore[arg-type]
        for name in ("upstream", "model", "decision", "kind")
    ]
    others += [
        traits(entry(*categories), KEY).number for categories in ((), ("pii.email",), ("pii", "secret"))
    ]
    assert len({number, *others}) == 1 + len(others)


def test_who_has_not_the_key_cannot_tell_the_number_of_traits() -> None:
    assert traits(entry("pii"), KEY).number != traits(entry("pii"), b"other").number


def test_a_word_that_looks_like_another_trait_is_not_taken_for_it() -> None:
    disguised = replace(entry(), model="gpt\0decision\0allow", decision="")
    assert term("decision", "allow") not in traits(disguised, KEY).terms


def test_a_value_has_a_number_by_its_fingerprint() -> None:
    mark = bytes(range(240, 256))
    assert marks(entry("pii.email", mark=mark)) == {mark_number(mark)}
    assert marks(entry("pii.email")) == set()
    assert -(1 << 63) <= mark_number(mark) < 1 << 63


def test_a_row_is_the_time_and_hashes() -> None:
    words = tuple(map(hashed, (entry().tenant, "eu_1", "key_a", "shop")))
    assert row(entry(), 7) == (12_500_000, *words, 7)


def test_a_query_compares_words_and_prefixes_whole() -> None:
    stored = entry("secret.aws")
    assert Query().matches(stored)
    assert Query(category="secret", app="shop", decision="deny", subjects=("eu_1", "eu_2")).matches(stored)
    for asked in (
        Query(category="secret.aw"),
        Query(app="shops"),
        Query(principal="key"),
        Query(subjects=("eu_2",)),
        Query(decision="allow"),
        Query(kind="answer"),
        Query(exchange="ex_2"),
        Query(upstream="u"),
        Query(model="m"),
    ):
        assert not asked.matches(stored)
