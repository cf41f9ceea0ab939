import ipaddress
import re

import pytest
from stdnum import iban, luhn

from redoubt.engine.redact.draws import Draws
from redoubt.engine.redact.surrogates import surrogate


def made(category: str, value: str) -> str:
    text = surrogate(category, value, Draws(b"k" * 32, value))
    assert text is not None
    assert text != value
    return text


def shape(value: str) -> str:
    return re.sub(r"[A-Za-z]", "a", re.sub(r"\d", "0", value))


@pytest.mark.parametrize("value", ["4111 1111 1111 1111", "3782-822463-10005", "4222222222222"])
def test_card(value: str) -> None:
    text = made("finance.card", value)
    assert shape(text) == shape(value)
    assert luhn.is_valid(re.sub(r"\D", "", text))
    assert re.sub(r"\D", "", text)[:6] == re.sub(r"\D", "", value)[:6]


@pytest.mark.parametrize("value", ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"])
def test_iban(value: str) -> None:
    text = made("finance.iban", value)
    assert text[:2] == value[:2]
    assert len(text) == len(value)
    assert iban.is_valid(text, check_country=False)


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("(212) 555-1234", r"\(\d{3}\) 555-01\d\d"),
        ("+1 212 555 1234", r"\+1 \d{3} 555 01\d\d"),
        ("+44 7911 123456", r"\+44 7700 900\d{3}"),
        ("+33 6 12 34 56 78", r"\+33 6 39 98 \d\d \d\d"),
        ("+49 30 1234567", r"\+49 \d\d \d{7}"),
    ],
)
def test_phone(value: str, pattern: str) -> None:
    assert re.fullmatch(pattern, made("pii.phone", value))


def test_ssn_email_person_and_date() -> None:
    assert re.fullmatch(r"9\d\d-[1-4]\d-\d{4}", made("pii.us_ssn", "123-45-6789"))
    assert re.fullmatch(r"[a-z]+\.[a-z]+\d{4}@example\.(com|net|org)", made("pii.email", "a@b.example"))
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", made("pii.person", "Maria J. Garcia"))
    assert re.fullmatch(r"[A-Z][a-z]+", made("pii.person", "Maria"))
    assert re.fullmatch(r"(0\d|1[012])/(0\d|1[012])/(19|20)\d\d", made("pii.date_of_birth", "31/12/1980"))


def test_addresses_are_from_documentation_ranges() -> None:
    nets = [ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    assert any(ipaddress.ip_address(made("pii.ip", "10.1.2.3")) in net for net in nets)
    assert ipaddress.ip_address(made("pii.ip", "fe80::1")) in ipaddress.ip_network("2001:db8::/32")


@pytest.mark.parametrize(
    ("category", "value"),
    [
        ("secret.key", "abcdef123456"),
        ("pii.other", "abc"),
        ("pii.other", "ünïcödé123"),
        ("finance.card", "12"),
        ("finance.iban", "D"),
        ("pii.email", "nobody"),
        ("pii.phone", "123"),
        ("pii.us_ssn", "12"),
    ],
)
def test_without_a_good_surrogate_there_is_none(category: str, value: str) -> None:
    assert surrogate(category, value, Draws(b"k", value)) is None
