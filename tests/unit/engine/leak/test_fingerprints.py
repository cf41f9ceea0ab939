from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.leak.fingerprints import SIZE, OtherPeople, fingerprint, telling

KEY = b"k" * 32
CARD = Finding("finance.card", "card", 0, 19)


def mark(category: str, value: str) -> bytes:
    return fingerprint(KEY, "t", category, value)


def test_a_value_has_one_fingerprint_however_it_is_written() -> None:
    assert mark("finance.card", "4111 1111 1111 1111") == mark("finance.card", "4111-1111-1111-1111")
    assert mark("pii.email", "Ann@X.example") == mark("pii.email", "ann@x.example")
    assert len(mark("pii.email", "ann@x.example")) == SIZE


def test_another_key_tenant_or_value_has_another() -> None:
    one = mark("pii.email", "ann@x.example")
    assert fingerprint(b"j" * 32, "t", "pii.email", "ann@x.example") != one
    assert fingerprint(KEY, "u", "pii.email", "ann@x.example") != one
    assert mark("pii.email", "bob@x.example") != one


def test_names_dates_guesses_and_short_values_point_to_nobody() -> None:
    text = "John Smith 12345 4111 1111 1111 1111"
    assert not list(telling(text, [Finding("pii.person", "n", 0, 10), Finding("pii.phone", "p", 11, 16)]))
    assert not list(telling(text, [Finding("finance.card", "c", 17, 36, 0.3)]))
    assert not list(telling(text, [Finding("pii.organisation", "guard-names", 0, 10, inferred=True)]))
    assert [v for _, v in telling(text, [Finding("finance.card", "c", 17, 36)])] == [text[17:]]


def test_only_what_is_foreign_and_not_in_the_prompt_is_told() -> None:
    text = "4111 1111 1111 1111"
    whose = mark("finance.card", text)

    def found(own: set[bytes], foreign: set[bytes], texts: list[str]) -> list[str]:
        watch = OtherPeople(mark, own, foreign.__contains__, texts)
        return [f.category for f in watch.detect(Segment(text), [CARD])]

    assert found(set(), {whose}, ["hello"]) == ["leak.other_person"]
    assert found({whose}, {whose}, []) == []
    assert found(set(), set(), []) == []
    assert found(set(), {whose}, [f"my card is {text}"]) == []
