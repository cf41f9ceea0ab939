"""Travel documents, identity cards, vehicles: the check digits of ICAO Doc 9303 and 49 CFR 565."""

from redoubt.engine.detect.validators.numbers import alphanumerics, weighted

_MRZ_WEIGHTS = (7, 3, 1)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))


def _mrz_digit(field: str) -> str:
    """Return the check digit of a field of a machine-readable zone (ICAO Doc 9303 part 3, 4.9)."""
    total = 0
    for place, c in enumerate(field):
        if c != "<":
            total += int(c, 36) * _MRZ_WEIGHTS[place % 3]
    return str(total % 10)


def _right(field: str, digit: str) -> bool:
    return _mrz_digit(field) == digit or (digit == "<" and not field.strip("<"))


def mrz(text: str) -> bool:
    """Say whether ``text`` is the data line of a passport (TD3): number, birth and expiry check out."""
    line = text.strip().upper()
    if not 36 <= len(line) <= 44 or any(not (c.isascii() and c.isalnum()) and c != "<" for c in line):
        return False
    return _right(line[:9], line[9]) and _right(line[13:19], line[19]) and _right(line[21:27], line[27])


def de_id_document(text: str) -> bool:
    """Say whether ``text`` is a German identity card or passport number: nine characters, one check."""
    number = alphanumerics(text)
    return len(number) == 10 and number[0] in "CFGHJKLMNPRTVWXYZ" and _right(number[:9], number[9])


def vin(text: str) -> bool:
    """Say whether ``text`` is a vehicle identification number with its check digit (49 CFR 565.15)."""
    number = alphanumerics(text)
    if len(number) != 17 or len(set(number)) < 5:
        return False
    if number.isdigit() or any(c in "IOQ" for c in number):
        return False
    values = "".join(_VIN_VALUES.get(c, c) for c in number)
    return "0123456789X"[weighted(values, _VIN_WEIGHTS) % 11] == number[8]
