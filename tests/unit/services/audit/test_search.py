from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.services.audit.search import Query, category_term, hashed, mark_term, row, short, terms


def entry(*categories: str, mark: bytes = b"") -> Entry:
    records = tuple(FindingRecord(Finding(c, "r", 0, 1), "/p", "flag", mark) for c in categories)
    return Entry("ex_1", "prompt", 12.5, "key_a", "shop", "default", "eu_1", "deny", findings=records)


def test_the_terms_of_an_entry_are_its_categories_and_all_they_begin_with() -> None:
    expected = {category_term(c) for c in ("secret", "secret.aws", "secret.aws.key", "pii", "pii.email")}
    assert terms(entry("secret.aws.key", "pii.email", "pii.email")) == expected
    assert terms(entry()) == frozenset()


def test_a_value_is_a_term_by_its_fingerprint() -> None:
    mark = bytes(range(240, 256))
    assert mark_term(mark) in terms(entry("pii.email", mark=mark))
    assert -(1 << 63) <= mark_term(mark) < 1 << 63


def test_a_row_is_the_time_and_hashes() -> None:
    words = tuple(map(hashed, (entry().tenant, "eu_1", "key_a", "shop", "", "")))
    assert row(entry()) == (12_500_000, *words, short("deny"), short("prompt"))


def test_words_that_are_used_are_told_apart() -> None:
    words = ("allow", "redact", "hold", "deny", "prompt", "answer", "admin", "")
    assert len({short(word) for word in words}) == len(words)


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
