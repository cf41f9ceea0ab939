"""Made-up personal and financial values in the forms people write, with right check digits."""

from collections.abc import Callable
from random import Random

from benchmarks.corpus.checks import iban, luhn

_FIRST = "anna ben chloe dmitri elif farid grace hugo ines jonas kaya liam mateo nora olga pavel quinn rosa sven tara umar"
_LAST = "abbott bauer costa duarte eriksen fischer garcia hughes ivanova jansen kowalski leroy moreau novak okafor petrov"
FIRST, LAST = tuple(_FIRST.split()), tuple(_LAST.split())
_HOSTS = (
    "northwind-traders kestrelbank brightfarm polarstern aldergrove mytelco stadtwerke-musterau pixelforge"
)
_TOPS = "com org net de fr co.uk io es it nl com.br co.jp eu edu gov.au health ch dev"
_CARDS = {
    "4": 16,
    "51": 16,
    "55": 16,
    "2221": 16,
    "2720": 16,
    "34": 15,
    "37": 15,
    "6011": 16,
    "65": 16,
    "3528": 16,
    "36": 14,
    "3056": 14,
    "6240": 16,
    "6759": 16,
    "5018": 16,
    "2200": 16,
    "6071": 16,
    "9792": 16,
}
_IBANS: dict[str, str] = {
    "DE": "d18",
    "FR": "d10 c11 d2",
    "ES": "d20",
    "IT": "a1 d10 c12",
    "NL": "a4 d10",
    "BE": "d12",
    "GB": "a4 d14",
    "IE": "a4 d14",
    "CH": "d5 c12",
    "AT": "d16",
    "PL": "d24",
    "PT": "d21",
    "SE": "d20",
    "NO": "d11",
    "DK": "d14",
    "FI": "d14",
    "CZ": "d20",
    "HU": "d24",
    "RO": "a4 c16",
    "GR": "d7 c16",
    "TR": "d6 c16",
    "AE": "d19",
    "SA": "d2 c18",
    "LU": "d3 c13",
    "LT": "d16",
    "HR": "d17",
    "IL": "d19",
    "BR": "d23 a1 a1",
    "UA": "d6 c19",
    "MT": "a4 d5 c18",
}
_PHONES = (
    "+1 (415) 2##-####",
    "(212) 5##-####",
    "312-6##-####",
    "+1-646-3##-####",
    "1.202.4##.####",
    "+44 20 7### ####",
    "+44 7700 90####",
    "020 7946 0###",
    "07911 12####",
    "+49 30 2#######",
    "+49 (0)89 3######",
    "+49 151 2#######",
    "0171 4######",
    "+33 1 42 ## ## ##",
    "06 12 ## ## ##",
    "+33612######",
    "+34 91 5## ## ##",
    "+34 612 ### ###",
    "+39 06 69## ####",
    "+39 347 ### ####",
    "+31 20 6######",
    "06-2#######",
    "+48 22 6## ## ##",
    "+48 601 ### ###",
    "+41 44 2## ## ##",
    "+43 1 5######",
    "+46 8 5## ### ##",
    "+45 33 ## ## ##",
    "+351 21 3## ####",
    "+55 11 9####-####",
    "+55 (21) 2###-####",
    "+52 55 5### ####",
    "+54 9 11 4###-####",
    "+91 98### #####",
    "+91-99########",
    "+81 3-3###-####",
    "+81 90-1###-####",
    "+86 138 #### ####",
    "+86 10 6### ####",
    "+82 10-2###-####",
    "+61 2 9### ####",
    "+61 412 ### ###",
    "+64 21 ### ####",
    "+27 82 ### ####",
    "+234 803 ### ####",
    "+254 712 ######",
    "+971 50 ### ####",
    "+972 54-###-####",
    "+90 532 ### ## ##",
    "+7 916 ###-##-##",
    "8 (916) ###-##-##",
    "+380 67 ### ## ##",
    "+65 9### ####",
    "+353 86 ### ####",
    "+32 475 ## ## ##",
    "+30 210 7### ###",
    "0049 30 2#######",
    "+1 650 253 0### ext. 4#",
    "tel:+1-212-5##-####",
)
_SIGNS = {"#": "0123456789", "@": "ABCDEFGHJKLMNPRSTUVWXYZ", "*": "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"}
_STREETS = (
    "4821 Maple Ridge Drive, Columbus, OH 43215",
    "17 Kingsway, London WC2B 6UN",
    "Lindenstraße 42, 10969 Berlin",
    "12 rue de Rivoli, 75004 Paris",
    "Calle de Alcalá 58, 28014 Madrid",
    "1600 Harbor Blvd Apt 12B, San Diego, CA 92101",
    "P.O. Box 1834, Austin, TX 78767",
    "Via Garibaldi 9, 20121 Milano",
    "88 Collins Street, Melbourne VIC 3000",
)


def fill(draw: Random, shape: str) -> str:
    """Put a digit for each ``#``, a capital letter for each ``@`` and either for each ``*``."""
    return "".join(draw.choice(_SIGNS[c]) if c in _SIGNS else c for c in shape)


def email(draw: Random) -> str:
    """Make up an e-mail address."""
    first, last = draw.choice(FIRST), draw.choice(LAST)
    local = draw.choice(
        (
            f"{first}.{last}",
            f"{first[0]}{last}{draw.randint(1, 99)}",
            f"{first}_{last}",
            f"{first}+{draw.choice(('news', 'jobs', 'x2'))}",
            f"{first.title()}.{last.title()}",
            f"{last}-{first}",
            f"o'{last}",
            f"{draw.randint(100, 9999)}{first}",
        )
    )
    return f"{local}@{draw.choice(('', 'mail.', 'corp.'))}{draw.choice(_HOSTS.split())}.{draw.choice(_TOPS.split())}"


def phone(draw: Random) -> str:
    """Make up a telephone number as it is written in one of many countries."""
    shape = draw.choice(_PHONES)
    while True:
        made = fill(draw, shape)
        if "0000" not in made and "1234567" not in made.replace(" ", "").replace("-", ""):
            return made


def ssn(draw: Random) -> str:
    """Make up a US social security number that could have been given out."""
    area = draw.choice([n for n in range(1, 900) if n != 666])
    text = f"{area:03d}-{draw.randint(1, 99):02d}-{draw.randint(1, 9999):04d}"
    return draw.choice((text, text, text.replace("-", " "), text.replace("-", "")))


def card(draw: Random) -> str:
    """Make up a payment card's number, grouped in one of the ways in which cards are written."""
    prefix, length = draw.choice(tuple(_CARDS.items()))
    number = luhn(fill(draw, prefix + "#" * (length - 1 - len(prefix))))
    groups = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}[len(number)]
    return draw.choice(("", " ", "-", " ")).join(split(number, groups))


def bank_account(draw: Random) -> str:
    """Make up an IBAN, in groups of four or not."""
    country = draw.choice(tuple(_IBANS))
    account = "".join(
        fill(draw, {"d": "#", "a": "@", "c": "*"}[part[0]] * int(part[1:]))
        for part in _IBANS[country].split()
    )
    text = iban(country, account)
    return draw.choice((text, " ".join(split(text, (4,) * 9))))


def address_v4(draw: Random) -> str:
    """Make up an IPv4 address."""
    return f"{draw.choice((10, 45, 81, 104, 172, 185, 192, 203, 212))}.{'.'.join(str(draw.randint(1, 254)) for _ in '123')}"


def address_v6(draw: Random) -> str:
    """Make up an IPv6 address, long or short (RFC 5952)."""
    head = f"{draw.choice(('2001', '2a02', '2606', '2400', 'fd12'))}:{draw.randint(0x100, 0xFFFF):x}"
    parts = [f"{draw.randint(0x1000, 0xFFFF):x}" for _ in range(6)]
    return draw.choice(
        (f"{head}:{':'.join(parts)}", f"{head}::{parts[0]}:{parts[1]}", f"{head}:{parts[2]}::1")
    )


def born(draw: Random) -> str:
    """Make up a date of birth in one of many notations."""
    year, month, day = draw.randint(1940, 2008), draw.randint(1, 12), draw.randint(13, 28)
    name = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ][month - 1]
    return draw.choice(
        (
            f"{year}-{month:02d}-{day}",
            f"{day}.{month:02d}.{year}",
            f"{month:02d}/{day}/{year}",
            f"{day}/{month:02d}/{year}",
            f"{name} {day}, {year}",
            f"{day} {name} {year}",
            f"{day} {name[:3]} {year}",
        )
    )


def street(draw: Random) -> str:
    """Choose a postal address."""
    return draw.choice(_STREETS)


def split(text: str, groups: tuple[int, ...]) -> list[str]:
    """Cut the text into groups of these sizes."""
    out = []
    for size in groups:
        out.append(text[:size])
        text = text[size:]
    return [part for part in (*out, text) if part]


Maker = Callable[[Random], str]
