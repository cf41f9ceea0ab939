"""Payment card numbers: the issuer ranges, the length each scheme issues, and the Luhn check.

Ranges: the schemes' own integration guides; ISO/IEC 7812-1 for length and check digit.
"""

from redoubt.engine.detect.validators.numbers import digits, luhn, weighted

# (first prefix, last prefix, lengths); prefixes of one range have equal length.
_RANGES: tuple[tuple[int, int, frozenset[int]], ...] = (
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),
    (300, 305, frozenset({14, 16})),  # Diners Club
    (3095, 3095, frozenset({14, 16})),
    (36, 36, frozenset({14, 15, 16, 17, 18, 19})),
    (38, 39, frozenset({14, 16, 17, 18, 19})),
    (3528, 3589, frozenset({16, 17, 18, 19})),  # JCB
    (2200, 2204, frozenset({16, 17, 18, 19})),  # Mir
    (2221, 2720, frozenset({16})),  # Mastercard, 2-series
    (51, 55, frozenset({16})),  # Mastercard
    (4, 4, frozenset({13, 16, 19})),  # Visa
    (6011, 6011, frozenset({16, 17, 18, 19})),  # Discover
    (644, 649, frozenset({16, 17, 18, 19})),
    (65, 65, frozenset({16, 17, 18, 19})),  # Discover, RuPay
    (60, 60, frozenset({16})),  # RuPay
    (81, 82, frozenset({16, 17, 18, 19})),  # RuPay, UnionPay
    (508, 508, frozenset({16})),
    (353, 353, frozenset({16})),
    (356, 356, frozenset({16})),
    (62, 62, frozenset({16, 17, 18, 19})),  # UnionPay
    (9792, 9792, frozenset({16})),  # Troy
    (50, 50, frozenset({13, 14, 15, 16, 17, 18, 19})),  # Maestro
    (56, 59, frozenset({13, 14, 15, 16, 17, 18, 19})),
    (63, 63, frozenset({16, 17, 18, 19})),
    (67, 69, frozenset({13, 14, 15, 16, 17, 18, 19})),
)
_MAESTRO = (50, 56, 57, 58, 59, 63, 67, 68, 69)
_MIN_DISTINCT_DIGITS = 2


def card(text: str) -> bool:
    """Say whether ``text`` is a card number of a known issuer, 13 to 19 digits, with a right check digit."""
    number = digits(text)
    if not 13 <= len(number) <= 19 or len(set(number)) < _MIN_DISTINCT_DIGITS:
        return False
    return luhn(number) and _issued(number)


def card_loose(text: str) -> bool:
    """Like `card`, but a Maestro number may have 12 digits: for rules that ask for context."""
    number = digits(text)
    if len(number) == 12:
        return int(number[:2]) in _MAESTRO and luhn(number)
    if len(number) == 13 and weighted(number, (1, 3) * 7) % 10 == 0:
        return False  # the check digit of an EAN or ISBN; cards of 13 digits have all but gone
    return card(number)


def _by_prefix() -> dict[str, frozenset[int]]:
    """Spell the ranges out: for each prefix the lengths issued. The first range that names a prefix decides."""
    spelled: dict[str, frozenset[int]] = {}
    for first, last, lengths in _RANGES:
        for prefix in range(first, last + 1):
            spelled.setdefault(str(prefix), lengths)
    return spelled


_LENGTHS = _by_prefix()
_PREFIXES = tuple(sorted({len(prefix) for prefix in _LENGTHS}))


def _issued(number: str) -> bool:
    return any(len(number) in _LENGTHS.get(number[:size], ()) for size in _PREFIXES)
