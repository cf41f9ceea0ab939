"""Made-up values of the same kind and format, from ranges that belong to nobody where such ranges exist."""

from collections.abc import Callable

from redoubt.engine.redact.draws import Draws
from redoubt.engine.redact.names import FIRST_NAMES, LAST_NAMES

_LEAST = 6
"""Letters and digits below which a made-up value could be met by chance; such values get a token."""
_NANP_AREAS = (
    "202",
    "212",
    "303",
    "312",
    "404",
    "415",
    "503",
    "512",
    "602",
    "617",
    "702",
    "718",
    "805",
    "919",
)


def surrogate(category: str, value: str, draws: Draws) -> str | None:
    """Return a made-up value of the kind and format of ``value``, or None where there is no good one (then use a token)."""
    for prefix, make in _MAKERS:
        if category == prefix or category.startswith(prefix + "."):
            return make(value, draws)
    if category.startswith("secret."):
        return None
    return _date(value, draws) if "date" in category or "birth" in category else _same_format(value, draws)


def _email(value: str, draws: Draws) -> str | None:
    """Return a name at a domain that RFC 2606 reserves."""
    if "@" not in value:
        return None
    first, last = draws.one_of(FIRST_NAMES).lower(), draws.one_of(LAST_NAMES).lower()
    return f"{first}.{last}{draws.digits(4)}@example.{draws.one_of(('com', 'net', 'org'))}"


def _person(value: str, draws: Draws) -> str | None:
    names = value.split()
    if len(names) == 1:
        return draws.one_of(FIRST_NAMES)
    return f"{draws.one_of(FIRST_NAMES)} {draws.one_of(LAST_NAMES)}"


def _card(value: str, draws: Draws) -> str | None:
    """Issuer (first six digits, ISO/IEC 7812-1), length and grouping kept; the check digit (Luhn) is right."""
    old = _digits(value)
    if not 12 <= len(old) <= 19:
        return None
    body = old[:6] + draws.digits(len(old) - 7)
    total = 0
    for i, c in enumerate(reversed(body)):
        n = int(c) * (2 - i % 2)
        total += n - 9 if n > 9 else n
    return _filled(value, body + str(-total % 10))


def _iban(value: str, draws: Draws) -> str | None:
    """Country, length and grouping kept; the check digits (ISO 7064 MOD 97-10) are right."""
    old = "".join(c for c in value if c.isascii() and c.isalnum()).upper()
    if len(old) < 15 or not old[:2].isalpha():
        return None
    body = "".join(_like(c, draws) for c in old[4:])
    number = int("".join(str(int(c, 36)) for c in body + old[:2] + "00"))
    return _filled(value, f"{old[:2]}{98 - number % 97:02d}{body}")


def _ssn(value: str, draws: Draws) -> str | None:
    """Area 9xx is never issued as an SSN, and its groups 10-49 not as a taxpayer's number either (SSA, IRS)."""
    if len(_digits(value)) != 9:
        return None
    return _filled(value, f"9{draws.digits(2)}{10 + draws.below(40)}{1 + draws.below(9998):04d}")


def _phone(value: str, draws: Draws) -> str | None:
    """Ranges kept for fiction: NANP 555-01xx, Ofcom 07700 900xxx, ARCEP 06 39 98 xx xx; elsewhere country and length kept."""
    old = _digits(value)
    plus = value.lstrip("( ").startswith("+")
    if len(old) == 10 and not plus and old[0] in "23456789":
        return _filled(value, _nanp(draws))
    if len(old) == 11 and old[0] == "1":
        return _filled(value, "1" + _nanp(draws))
    for country, mobile in (("44", "7700900###"), ("33", "63998####")):
        rest = mobile.replace("#" * mobile.count("#"), draws.digits(mobile.count("#")))
        if plus and old.startswith(country) and len(old) == len(country + rest):
            return _filled(value, country + rest)
        if not plus and old.startswith("0") and len(old) == 1 + len(rest) and country == "44":
            return _filled(value, "0" + rest)
    if len(old) < 7:
        return None
    kept = 3 if plus else 2
    return _filled(value, old[:kept] + draws.digits(len(old) - kept))


def _nanp(draws: Draws) -> str:
    return f"{draws.one_of(_NANP_AREAS)}55501{draws.digits(2)}"


def _ip(value: str, draws: Draws) -> str | None:
    """Documentation ranges: RFC 5737 and RFC 3849."""
    if ":" in value:
        return "2001:db8:" + ":".join(f"{draws.below(65535) + 1:x}" for _ in range(6))
    return f"{draws.one_of(('192.0.2', '198.51.100', '203.0.113'))}.{1 + draws.below(254)}"


def _date(value: str, draws: Draws) -> str | None:
    """Return a date: groups of four digits become years, shorter ones stay possible as day and as month."""
    out, i = "", 0
    while i < len(value):
        j = i
        while j < len(value) and value[j].isascii() and value[j].isdigit():
            j += 1
        width = j - i
        if width == 4:
            out += str(1940 + draws.below(70))
        elif width == 8:
            out += f"{1940 + draws.below(70)}{1 + draws.below(12):02d}{1 + draws.below(12):02d}"
        elif width:
            out += f"{1 + draws.below(12):0{width}d}"
        else:
            out += value[i]
            j = i + 1
        i = j
    return out if out != value else None


def _same_format(value: str, draws: Draws) -> str | None:
    """Each letter becomes a letter of its case, each digit a digit; all else stays."""
    if sum(c.isascii() and c.isalnum() for c in value) < _LEAST or not value.isascii():
        return None
    return "".join(_like(c, draws) for c in value)


def _like(c: str, draws: Draws) -> str:
    if c.isdigit():
        return str(draws.below(10))
    if c.isalpha():
        letter = draws.one_of("ABCDEFGHJKLMNPQRSTUVWXYZ")
        return letter if c.isupper() else letter.lower()
    return c


def _digits(value: str) -> str:
    return "".join(c for c in value if c.isascii() and c.isdigit())


def _filled(value: str, symbols: str) -> str:
    """Write ``symbols`` where the letters and digits of ``value`` stand."""
    source = iter(symbols)
    return "".join(next(source, "") if c.isascii() and c.isalnum() else c for c in value)


_MAKERS: tuple[tuple[str, Callable[[str, Draws], str | None]], ...] = (
    ("pii.email", _email),
    ("pii.person", _person),
    ("pii.phone", _phone),
    ("pii.us_ssn", _ssn),
    ("pii.ip", _ip),
    ("finance.card", _card),
    ("finance.iban", _iban),
)
