"""Check digits, dates and coordinates: the arithmetic that several kinds of number share."""

import re
from collections.abc import Sequence
from datetime import date

_MAX_LENGTH = 256
_DIGIT = re.compile("[0-9]+")
_ALPHANUMERIC = re.compile("[0-9A-Za-z]+")


def digits(text: str) -> str:
    """Return the ASCII digits of ``text``, without anything between them."""
    text = text[:_MAX_LENGTH]
    return text if text.isascii() and text.isdigit() else "".join(_DIGIT.findall(text))


def alphanumerics(text: str) -> str:
    """Return the ASCII letters (as capitals) and digits of ``text``."""
    return "".join(_ALPHANUMERIC.findall(text[:_MAX_LENGTH])).upper()


def weighted(number: str, weights: Sequence[int]) -> int:
    """Return the sum of the digits of ``number`` (ASCII digits only), each times its weight."""
    return sum(int(c) * w for c, w in zip(number, weights, strict=False))


_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
"""What a digit counts for in every second place of the Luhn check: its double, less nine where that has two digits."""


def luhn(text: str) -> bool:
    """Say whether the digits of ``text`` pass the Luhn check (ISO/IEC 7812-1 annex B)."""
    number = digits(text).encode()[::-1]
    single = number[::2]
    return (
        len(number) > 1 and (sum(single) - 48 * len(single) + sum(number[1::2].translate(_DOUBLED))) % 10 == 0
    )


def not_repeated(text: str) -> bool:
    """Say whether the digits of ``text`` are not all one and the same, as in a filler like 000-00-0000."""
    return len(set(digits(text))) > 1


def is_date(year: int, month: int, day: int) -> bool:
    """Say whether the three numbers are a date of the Gregorian calendar."""
    try:
        date(year, month, day)
    except (ValueError, OverflowError):
        return False
    return True


def calendar_date(text: str) -> bool:
    """Say whether three numbers in ``text``, in any of the usual orders, are a date from 1900 to 2099."""
    parts = "".join(c if "0" <= c <= "9" else " " for c in text[:_MAX_LENGTH]).split()
    if len(parts) == 1 and len(parts[0]) == 8:  # ISO 8601, basic format
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    if len(parts) == 2:  # the month is written as a word
        shorter, longer = sorted(parts, key=len)
        return (
            len(shorter) <= 2 and 1 <= int(shorter) <= 31 and len(longer) == 4 and "1900" <= longer <= "2099"
        )
    if len(parts) != 3 or any(len(p) > 4 for p in parts):
        return False
    a, b, c = (int(p) for p in parts)
    if len(parts[0]) == 4:
        return 1900 <= a <= 2099 and is_date(a, b, c)
    year = c if len(parts[2]) == 4 else 1900 + c
    return 1900 <= year <= 2099 and (is_date(year, a, b) or is_date(year, b, a))


def coordinates(text: str) -> bool:
    """Say whether ``text`` holds a latitude and a longitude in degrees, not both of them whole."""
    spaced = "".join(c if c in "0123456789.-" else " " for c in text[:_MAX_LENGTH].replace("−", "-"))
    values = []
    for part in spaced.split():
        try:
            values.append(float(part))
        except ValueError:
            return False
    if len(values) != 2:
        return False
    latitude, longitude = values
    return abs(latitude) <= 90 and abs(longitude) <= 180 and not (latitude % 1 == 0 and longitude % 1 == 0)
