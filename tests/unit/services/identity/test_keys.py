import hmac
import secrets

from hypothesis import given
from hypothesis import strategies as st

from redoubt.services.identity.keys import Digest, mint, well_formed


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
    assert len(Digest(b"pepper")(text)) == 32


@given(st.binary(max_size=200), st.text())
def test_the_digest_is_hmac_with_sha_256(pepper: bytes, key: str) -> None:
    digest = Digest(pepper)
    assert digest(key) == digest(key) == hmac.digest(pepper, key.encode("utf-8", "replace"), "sha256")
