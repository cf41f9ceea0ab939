import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from redoubt.services.audit.sealing import new_data_key, seal, unseal, unwrap_data_key

KEK = b"k" * 32


def test_sealed_text_opens_again_and_only_where_it_belongs() -> None:
    data_key, wrapped = new_data_key(KEK, secrets.token_bytes)
    key = AESGCM(unwrap_data_key(KEK, wrapped))
    assert unwrap_data_key(KEK, wrapped) == data_key
    sealed = seal(key, "canary", b"here", secrets.token_bytes)
    assert b"canary" not in sealed
    assert unseal(key, sealed, b"here") == "canary"
    with pytest.raises(ValueError, match="does not open"):
        unseal(key, sealed, b"elsewhere")


def test_one_changed_byte_anywhere_is_noticed() -> None:
    key = AESGCM(b"d" * 32)
    sealed = seal(key, "canary", b"here", secrets.token_bytes)
    for i in range(len(sealed)):
        with pytest.raises(ValueError, match="does not open"):
            unseal(key, sealed[:i] + bytes([sealed[i] ^ 1]) + sealed[i + 1 :], b"here")


def test_a_data_key_opens_only_with_its_master() -> None:
    _, wrapped = new_data_key(KEK, secrets.token_bytes)
    with pytest.raises(ValueError, match="master key"):
        unwrap_data_key(b"x" * 32, wrapped)


def test_no_text_is_nothing_to_seal() -> None:
    assert seal(AESGCM(KEK), "", b"", secrets.token_bytes) == b""
    assert unseal(AESGCM(KEK), b"", b"") == ""
