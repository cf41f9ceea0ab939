import pytest

from redoubt.engine.detect.validators.crypto import (
    bech32,
    bitcoin,
    dogecoin,
    ethereum,
    litecoin,
    ripple,
    solana,
    tron,
)


def test_base58_addresses_belong_to_their_own_network() -> None:
    address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
    assert bitcoin(address)
    assert not bitcoin(address[:-1] + "b")
    assert not any(check(address) for check in (litecoin, dogecoin, tron, ripple))
    assert ripple("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh")


def test_bech32_in_one_case_with_its_checksum() -> None:
    address = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    assert bech32(address)
    assert bech32(address.upper())
    assert not bech32(address[:-1] + "5")
    assert not bech32("BC1" + address[3:])


@pytest.mark.parametrize(
    "text", ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"]
)
def test_ethereum_addresses_pass(text: str) -> None:
    assert ethereum(text)


@pytest.mark.parametrize(
    "text", ["0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x" + "0" * 40, "5aAe", "0xzz" + "0" * 38]
)
def test_mixed_case_must_be_that_of_eip_55(text: str) -> None:
    assert not ethereum(text)


def test_solana_is_32_bytes() -> None:
    assert solana("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T")
    assert not solana("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
