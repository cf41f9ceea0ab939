"""National and health numbers of Asia and the Pacific that python-stdnum does not check."""

from redoubt.engine.detect.validators.numbers import alphanumerics, digits, is_date, not_repeated, weighted

_TW_LETTERS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
_NZ_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_KZ_FIRST = tuple(range(1, 12))
_KZ_SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def jp_my_number(text: str) -> bool:
    """Say whether ``text`` is a Japanese individual number: 12 digits, one of check (Ordinance 85 of 2014)."""
    number = digits(text)
    if len(number) != 12 or not not_repeated(number):
        return False
    rest = weighted(number[:11], (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return int(number[11]) == (0 if rest <= 1 else 11 - rest)


def hk_id(text: str) -> bool:
    """Say whether ``text`` is a Hong Kong identity card number: letters, six digits, a mod 11 check."""
    number = alphanumerics(text)
    if not 8 <= len(number) <= 9:
        return False
    body, check = number[:-1], number[-1]
    if not body[-6:].isdigit() or not body[:-6].isalpha() or not (check.isdigit() or check == "A"):
        return False
    values = [36 if c == " " else int(c, 36) for c in body.rjust(8)]
    total = sum(v * w for v, w in zip(values, range(9, 1, -1), strict=True)) + (
        10 if check == "A" else int(check)
    )
    return total % 11 == 0


def tw_id(text: str) -> bool:
    """Say whether ``text`` is a Taiwanese identity or resident number: a letter, nine digits, mod 10."""
    number = alphanumerics(text)
    if (
        len(number) != 10
        or number[0] not in _TW_LETTERS
        or not number[1:].isdigit()
        or number[1] not in "1289"
    ):
        return False
    letter = _TW_LETTERS[number[0]]
    return (letter // 10 + letter % 10 * 9 + weighted(number[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def sg_nric(text: str) -> bool:
    """Say whether ``text`` is a Singaporean NRIC or FIN: S, T, F, G or M, seven digits and a check letter."""
    number = alphanumerics(text)
    if len(number) != 9 or not number[1:8].isdigit() or number[0] not in "STFGM":
        return False
    total = weighted(number[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(number[0], 0)
    letters = {
        "S": "JZIHGFEDCBA",
        "T": "JZIHGFEDCBA",
        "F": "XWUTRQPNMLK",
        "G": "XWUTRQPNMLK",
        "M": "XWUTRQPNJLK",
    }
    place = 10 - total % 11 if number[0] == "M" else total % 11
    return letters[number[0]][place] == number[8]


def kr_rrn_form(text: str) -> bool:
    """Say whether ``text`` has the form of a Korean resident number: a birth date and a gender digit.

    Numbers given since October 2020 have no check digit.
    """
    number = digits(text)
    if len(number) != 13 or number[6] not in "12345678":
        return False
    century = 2000 if number[6] in "3478" else 1900
    return is_date(century + int(number[:2]), int(number[2:4]), int(number[4:6])) and not_repeated(number[6:])


def au_medicare(text: str) -> bool:
    """Say whether ``text`` is an Australian Medicare number: first digit 2 to 6, the ninth a check."""
    number = digits(text)
    if len(number) not in (10, 11) or number[0] not in "23456" or number[9] == "0":
        return False
    return weighted(number[:8], (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(number[8])


def kz_iin(text: str) -> bool:
    """Say whether ``text`` is a Kazakh individual number: birth date, century, mod 11 in two rounds."""
    number = digits(text)
    if len(number) != 12 or number[6] not in "0123456":
        return False
    year = 1800 + 100 * ((int(number[6]) + 1) // 2 - 1) if number[6] != "0" else 1900
    if not is_date(year + int(number[:2]), int(number[2:4]), int(number[4:6])):
        return False
    rest = weighted(number[:11], _KZ_FIRST) % 11
    if rest == 10:
        rest = weighted(number[:11], _KZ_SECOND) % 11
    return rest == int(number[11])


def nz_nhi(text: str) -> bool:
    """Say whether ``text`` is a New Zealand health index number, old (mod 11) or new (mod 24); HISO 10046."""
    number = alphanumerics(text)
    if len(number) != 7 or any(c not in _NZ_ALPHABET for c in number[:3]) or not number[3:5].isdigit():
        return False
    values = [_NZ_ALPHABET.index(c) + 1 if c.isalpha() and c in _NZ_ALPHABET else -1 for c in number]
    values = [int(c) if c.isdigit() else v for c, v in zip(number, values, strict=True)]
    if -1 in values:
        return False
    total = sum(v * w for v, w in zip(values[:6], range(7, 1, -1), strict=True))
    if number[5:].isdigit():
        return total % 11 != 0 and (11 - total % 11) % 10 == values[6]
    return number[5:].isalpha() and 24 - total % 24 == values[6]


def lk_nic(text: str) -> bool:
    """Say whether ``text`` has the form of a Sri Lankan identity card number: year and day of birth."""
    number = alphanumerics(text)
    if len(number) == 10 and number[:9].isdigit() and number[9] in "VX":
        day = int(number[2:5])
    elif len(number) == 12 and number.isdigit() and 1900 <= int(number[:4]) <= 2099:
        day = int(number[4:7])
    else:
        return False
    return 1 <= day <= 366 or 501 <= day <= 866
