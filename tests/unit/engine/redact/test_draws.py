from redoubt.engine.redact.draws import ALPHABET, Draws


def test_the_same_key_and_label_draw_the_same() -> None:
    first, again, other = Draws(b"k", "a"), Draws(b"k", "a"), Draws(b"k", "b")
    drawn = [first.below(1000) for _ in range(200)]
    assert [again.below(1000) for _ in range(200)] == drawn
    assert [other.below(1000) for _ in range(200)] != drawn
    assert all(0 <= n < 1000 for n in drawn)
    assert len(set(drawn)) > 150


def test_digits_and_choices() -> None:
    draws = Draws(b"k", "a")
    assert draws.digits(50).isdigit()
    assert {draws.one_of("xyz") for _ in range(100)} == set("xyz")


def test_a_nonce_has_no_look_alikes_and_fills_its_alphabet() -> None:
    assert not set("ILOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == 32
    symbols = "".join(Draws(b"k", str(n)).nonce() for n in range(200))
    assert set(symbols) == set(ALPHABET)
    assert len(symbols) == 1600
