"""The check digits that made-up values carry, written from their standards and from nothing of Redoubt's."""

from collections.abc import Sequence
from string import ascii_uppercase, digits
from zlib import crc32

BASE62 = digits + ascii_uppercase + ascii_uppercase.lower()
_VERHOEFF = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_SHUFFLE = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def weighted(number: str, weights: Sequence[int]) -> int:
    """Return the sum of the digits times their weights."""
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def luhn(number: str) -> str:
    """Append the check digit of ISO/IEC 7812-1, annex B."""
    total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(number), start=1))
    return number + str(-total % 10)


def mod11_10(number: str) -> str:
    """Append the check digit of ISO 7064, MOD 11,10."""
    product = 10
    for digit in number:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return number + str((11 - product) % 10)


def iban(country: str, account: str) -> str:
    """Put country and check digits (ISO 13616, MOD 97-10) before an account."""
    number = "".join(str(int(letter, 36)) for letter in account + country)
    return f"{country}{98 - int(number + '00') % 97:02d}{account}"


def verhoeff(number: str) -> str:
    """Append Verhoeff's check digit (the dihedral group D5)."""
    check = 0
    for place, digit in enumerate(reversed(number), start=1):
        check = int(_VERHOEFF[check][int(_SHUFFLE[place % 8][int(digit)])])
    return number + "0432156789"[check]


def crc_base62(text: str, width: int = 6) -> str:
    """Return the CRC-32 of the text in base 62, as GitHub and npm put it at the end of a token."""
    value, out = crc32(text.encode()), ""
    for _ in range(width):
        value, digit = divmod(value, 62)
        out = BASE62[digit] + out
    return out
