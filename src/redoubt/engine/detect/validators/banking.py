"""Bank account and bank numbers."""

from redoubt.engine.detect.validators.numbers import alphanumerics, digits, weighted

# Total length of an IBAN by country: the IBAN Registry (ISO 13616, published by SWIFT); below, the countries that
# use IBANs without being in it.
_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL SD FK", 19: "MK SI", 20: "AT BA EE KZ LT LU XK MN",
    21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM TL SO",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC",
    32: "LC", 33: "RU",
}  # fmt: skip
_EXPERIMENTAL = {
    22: "MZ", 24: "CV DZ", 25: "AO", 26: "IR", 27: "BF CF CG CI CM GA GQ GW KM MG MA NE SN TD TG BJ ML",
}  # fmt: skip
_IBAN_LENGTH = {
    c: n for table in (_EXPERIMENTAL, _LENGTHS) for n, codes in table.items() for c in codes.split()
}
_ISO_COUNTRIES = (
    " "
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS "
    "BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG "
    "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU "
    "ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG "
    "NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD "
    "SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG "
    "US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "
)
_CLABE_WEIGHTS = (3, 7, 1) * 6


def iban(text: str) -> bool:
    """Say whether ``text`` is an IBAN: a known country, its length, right check digits (ISO 13616)."""
    number = alphanumerics(text)
    if _reads_as_words(text) or len(number) != _IBAN_LENGTH.get(number[:2]) or not number[2:4].isdigit():
        return False
    if not any("0" <= c <= "9" for c in number[4:]) or len(set(number[4:])) < 2:
        return False
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1


def _reads_as_words(text: str) -> bool:
    """Say whether small letters stand where nobody who writes an IBAN puts them: among capitals, or in odd groups."""
    if not any(c.islower() for c in text):
        return False
    if any(c.isupper() for c in text[2:]):
        return True
    groups = "".join(c if c.isalnum() else " " for c in text).split()
    return any(len(group) != 4 for group in groups[:-1])


def bic(text: str) -> bool:
    """Say whether ``text`` has the form of a BIC (ISO 9362) with an assigned country code."""
    code = alphanumerics(text)
    return len(code) in (8, 11) and code[:4].isalpha() and f" {code[4:6]} " in _ISO_COUNTRIES


def clabe(text: str) -> bool:
    """Say whether ``text`` is a Mexican CLABE: 18 digits, weights 3 7 1, mod 10 (Banco de Mexico)."""
    number = digits(text)
    if len(number) != 18 or len(set(number)) < 3:
        return False
    total = sum(int(c) * w % 10 for c, w in zip(number[:17], _CLABE_WEIGHTS, strict=False))
    return (10 - total % 10) % 10 == int(number[17]) and weighted(number[:3], (1, 1, 1)) > 0
