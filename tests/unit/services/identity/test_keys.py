import secrets

from hypothesis import given
from hypothesis import strategies as st

from redoubt.services.identity.keys import digest, mint, well_formed


def test_a_key_has_its_form_and_is_new_each_time() -> None:
    keys = {mint(secrets.token_bytes) for _ in range(50)}
    assert len(keys) == 50
    assert all(well_formed(key) and len(key) == 53 for key in keys)


def test_the_extreme_keys_have_the_form_too() -> None:
    assert well_formed(mint(bytes))
    assert well_formed(mint(lambda n: b"\xff" * n))


@given(st.integers(4, 52), st.characters())
def test_one_wrong_character_is_a_typing_mistake(place: int, character: str) -> None:
    key = mint(lambda n: b"\x5a" * n)
    changed = key[:place] + character + key[place + 1 :]
    assert well_formed(changed) == (changed == key)


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert not well_formed(text)
    assert len(digest(b"pepper", text)) == 32


def test_the_digest_needs_the_pepper() -> None:
    assert digest(b"a", "key") != digest(b"b", "key")
