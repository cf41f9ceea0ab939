"""Numbers of the Americas that python-stdnum does not check, or not as issued today."""

from redoubt.engine.detect.validators.numbers import digits, luhn, not_repeated

_SSN_NEVER_ISSUED = frozenset(
    {"078051120", "219099999", "457555462"}
)  # printed in advertisements, SSA history


def us_ssn(text: str) -> bool:
    """Say whether ``text`` is a Social Security number as issued since 2011 (SSA POMS RM 10201.035).

    Area 001 to 899 without 666, group 01 to 99, serial 0001 to 9999.
    """
    number = digits(text)
    if len(number) != 9 or number in _SSN_NEVER_ISSUED or not not_repeated(number):
        return False
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def us_npi(text: str) -> bool:
    """Say whether ``text`` is a National Provider Identifier: ten digits from 1 or 2, Luhn with the prefix 80840."""
    number = digits(text)
    return len(number) == 10 and number[0] in "12" and luhn("80840" + number)


def us_dea(text: str) -> bool:
    """Say whether ``text`` is a DEA registration number: two letters (or letter and 9), six digits, a check digit."""
    number = digits(text[2:])
    if len(number) != 7 or not text[:1].isalpha():
        return False
    total = sum(int(c) for c in number[0:6:2]) + 2 * sum(int(c) for c in number[1:6:2])
    return total % 10 == int(number[6])
