"""National numbers of the Middle East and Africa that python-stdnum does not check."""

from redoubt.engine.detect.validators.numbers import digits, is_date, luhn, not_repeated, weighted

_EG_GOVERNORATES = frozenset((1, 2, 3, 4, 88, *range(11, 20), *range(21, 30), *range(31, 36)))


def ir_national_id(text: str) -> bool:
    """Say whether ``text`` is an Iranian national code: ten digits, the last a mod 11 check."""
    number = digits(text)
    if len(number) != 10 or len(set(number)) < 3:
        return False
    rest = weighted(number[:9], range(10, 1, -1)) % 11
    return int(number[9]) == (rest if rest < 2 else 11 - rest)


def kw_civil_id(text: str) -> bool:
    """Say whether ``text`` is a Kuwaiti civil id: century, birth date, serial and a mod 11 check (PACI)."""
    number = digits(text)
    if len(number) != 12 or number[0] not in "123":
        return False
    year = 1700 + 100 * int(number[0]) + int(number[1:3])
    if not is_date(year, int(number[3:5]), int(number[5:7])):
        return False
    return 11 - weighted(number[:11], (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11 == int(number[11])


def eg_national_id(text: str) -> bool:
    """Say whether ``text`` has the form of an Egyptian national number: birth date and governorate."""
    number = digits(text)
    if len(number) != 14 or number[0] not in "23":
        return False
    year = (1900 if number[0] == "2" else 2000) + int(number[1:3])
    return is_date(year, int(number[3:5]), int(number[5:7])) and int(number[7:9]) in _EG_GOVERNORATES


def ae_emirates_id(text: str) -> bool:
    """Say whether ``text`` is an Emirates ID: 784, year of birth, serial, a Luhn check digit."""
    number = digits(text)
    return (
        len(number) == 15 and number.startswith("784") and 1900 <= int(number[3:7]) <= 2099 and luhn(number)
    )


def sa_national_id(text: str) -> bool:
    """Say whether ``text`` is a Saudi national (1) or resident (2) number: ten digits with a Luhn check."""
    number = digits(text)
    return len(number) == 10 and number[0] in "12" and luhn(number) and not_repeated(number)
