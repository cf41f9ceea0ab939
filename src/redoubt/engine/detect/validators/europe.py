"""Numbers of Europe that python-stdnum does not check."""

from redoubt.engine.detect.validators.numbers import digits, not_repeated, weighted


def ru_snils(text: str) -> bool:
    """Say whether ``text`` is a Russian SNILS: nine digits and two of check, the sum of digit times place mod 101."""
    number = digits(text)
    if len(number) != 11 or not not_repeated(number[:9]):
        return False
    return weighted(number[:9], range(9, 0, -1)) % 101 % 100 == int(number[9:])


def md_idnp(text: str) -> bool:
    """Say whether ``text`` is a Moldovan IDNP: thirteen digits, weights 7 3 1, mod 10."""
    number = digits(text)
    if len(number) != 13 or not not_repeated(number):
        return False
    return weighted(number[:12], (7, 3, 1) * 4) % 10 == int(number[12])
