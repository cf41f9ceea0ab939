import pytest

from redoubt.engine.detect.validators.banking import bic, clabe, iban


@pytest.mark.parametrize(
    "number",
    [
        "DE89370400440532013000",
        "gb82 west 1234 5698 7654 32",
        "NO93 8601 1117 947",
        "MT84MALT011000012345MTLCAST001S",
    ],
)
def test_ibans_pass_in_any_writing(number: str) -> None:
    assert iban(number)


@pytest.mark.parametrize(
    "number", ["DE89370400440532013001", "DE8937040044053201300", "ZZ89370400440532013000", "DE"]
)
def test_wrong_digits_length_or_country_do_not(number: str) -> None:
    assert not iban(number)


def test_a_bic_names_an_assigned_country() -> None:
    assert bic("DEUTDEFF500")
    assert bic("BNPAFRPP")
    assert not bic("DEUTQQFF")
    assert not bic("DEUTDEFF5")


def test_a_clabe_has_its_check_digit() -> None:
    assert clabe("032180000118359719")
    assert not clabe("032180000118359718")
