import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from redoubt.services.audit.sealing import NONCE_BYTES, period, seal, unseal

KEK = b"k" * 32


def test_sealed_text_opens_again_and_only_where_it_belongs() -> None:
    key = AESGCM(KEK)
    sealed = seal(key, "canary", b"here", secrets.token_bytes(NONCE_BYTES))
    assert b"canary" not in sealed
    assert unseal(key, sealed, b"here") == "canary"
    with pytest.raises(ValueError, match="does not open"):
        unseal(key, sealed, b"elsewhere")


def test_one_changed_byte_anywhere_is_noticed() -> None:
    key = AESGCM(b"d" * 32)
    sealed = seal(key, "canary", b"here", secrets.token_bytes(NONCE_BYTES))
    for i in range(len(sealed)):
        with pytest.raises(ValueError, match="does not open"):
            unseal(key, sealed[:i] + bytes([sealed[i] ^ 1]) + sealed[i + 1 :], b"here")


def test_no_text_is_nothing_to_seal() -> None:
    assert seal(AESGCM(KEK), "", b"", bytes(NONCE_BYTES)) == b""
    assert unseal(AESGCM(KEK), b"", b"") == ""


def test_a_month_is_the_calendars_in_utc() -> None:
    assert period(1795996799.9) == "2026-11"
    assert period(1796083199.0) == "2026-11"
    assert period(1796083200.0) == "2026-12"
