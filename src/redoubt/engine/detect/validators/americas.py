"""Numbers of the Americas that python-stdnum does not check, or not as issued today."""

from redoubt.engine.detect.validators.numbers import digits, luhn, not_repeated, weighted


def us_ssn(text: str) -> bool:
    """Say whether ``text`` is a Social Security number as issued since 2011 (SSA POMS RM 10201.035).

    Area 001 to 899 without 666, group 01 to 99, serial 0001 to 9999. The numbers that advertisements made famous count:
    people write them where real ones go.
    """
    number = digits(text)
    if len(number) != 9 or not not_repeated(number):
        return False
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def us_npi(text: str) -> bool:
    """Say whether ``text`` is a national provider identifier: ten digits, Luhn with the prefix 80840 (CMS)."""
    number = digits(text)
    return len(number) == 10 and number[0] in "12" and luhn("80840" + number)


def us_dea(text: str) -> bool:
    """Say whether ``text`` is a DEA registration number: two letters (or one and 9), six digits, a check."""
    number = digits(text[2:])
    if len(number) != 7 or not text[:1].isalpha():
        return False
    total = sum(int(c) for c in number[0:6:2]) + 2 * sum(int(c) for c in number[1:6:2])
    return total % 10 == int(number[6])


def br_pis(text: str) -> bool:
    """Say whether ``text`` is a Brazilian PIS, PASEP or NIS number: eleven digits, a mod 11 check."""
    number = digits(text)
    if len(number) != 11 or not not_repeated(number):
        return False
    check = 11 - weighted(number[:10], (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return int(number[10]) == (check if check < 10 else 0)


def br_cns(text: str) -> bool:
    """Say whether ``text`` is a Brazilian health card number: 15 digits whose weighted sum is a multiple of 11."""
    number = digits(text)
    return len(number) == 15 and not_repeated(number) and weighted(number, range(15, 0, -1)) % 11 == 0


def uy_ci(text: str) -> bool:
    """Say whether ``text`` is a Uruguayan identity number: eight digits, weights 2 9 8 7 6 3 4, mod 10."""
    number = digits(text)
    if len(number) != 8 or not not_repeated(number):
        return False
    return -weighted(number[:7], (2, 9, 8, 7, 6, 3, 4)) % 10 == int(number[7])


def gt_cui(text: str) -> bool:
    """Say whether ``text`` is a Guatemalan CUI: eight digits, a mod 11 check, department and municipality."""
    number = digits(text)
    if len(number) != 13 or not 1 <= int(number[9:11]) <= 22 or number[11:] == "00":
        return False
    return weighted(number[:8], range(2, 10)) % 11 == int(number[8])


def sv_dui(text: str) -> bool:
    """Say whether ``text`` is a Salvadoran DUI: nine digits, weights 9 to 2, mod 10."""
    number = digits(text)
    if len(number) != 9 or not not_repeated(number):
        return False
    return -weighted(number[:8], range(9, 1, -1)) % 10 == int(number[8])
