"""A corpus of our own making: labelled documents of many genres and languages, clean ones full of decoys, and hidden values.

Seeded and deterministic. The values are made from what standards and vendors say of them and not from the
catalogue's patterns, so that the catalogue can be wrong about them.
"""

from random import Random

from benchmarks.corpus import decoys, hidden, identity, personal, secrets
from benchmarks.corpus.genres import GENRES, Document, Item
from benchmarks.prompts import Prompt

_PLAIN: tuple[tuple[str, personal.Maker, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "EMAIL",
        personal.email,
        ("email", "e-mail", "contact_email"),
        ("write to {}", "my mail is {}", "Kontakt: {}", "{} sent it", "cc <{}>", "联系邮箱{}"),
    ),
    (
        "PHONE",
        personal.phone,
        ("phone", "mobile", "tel", "phone_number"),
        (
            "call me at {}",
            "Tel.: {}",
            "my number is {}",
            "ring {} after six",
            "Handy {}",
            "WhatsApp {}",
            "téléphone : {}",
            "電話 {}",
        ),
    ),
    (
        "US_SSN",
        personal.ssn,
        ("ssn", "SSN", "social_security_number"),
        ("my SSN is {}", "Social Security Number: {}", "social security no. {}", "SSN {}"),
    ),
    (
        "CREDIT_CARD",
        personal.card,
        ("card_number", "credit_card", "cardNumber", "pan"),
        ("charge {}", "my Visa is {}", "Kreditkarte {}", "my card: {}", "tarjeta {}", "paid with {}"),
    ),
    (
        "IBAN",
        personal.bank_account,
        ("iban", "IBAN", "bank_account"),
        ("wire it to {}", "IBAN {}", "Konto: {}", "pay into {} please"),
    ),
    (
        "IP",
        personal.address_v4,
        ("ip", "client_ip", "remote_addr", "host"),
        ("ssh root@{}", "the server {} is down", "ping {}", "von {} aus"),
    ),
    (
        "IP",
        personal.address_v6,
        ("ipv6", "ip", "remote_addr"),
        ("the host {} answers", "ping6 {}", "from [{}]:443"),
    ),
    (
        "DATE_OF_BIRTH",
        personal.born,
        ("date_of_birth", "dob", "birth_date", "birthday"),
        (
            "I was born on {}",
            "DOB: {}",
            "date of birth {}",
            "geboren am {}",
            "né le {}",
            "fecha de nacimiento: {}",
        ),
    ),
    (
        "ADDRESS",
        personal.street,
        ("address", "shipping_address"),
        ("I live at {}", "ship it to {}", "my address is {}"),
    ),
)
_FIELDS = {
    "DE": "steuer_id",
    "FR": "nir",
    "NL": "bsn",
    "PL": "pesel",
    "DK": "cpr",
    "SE": "personnummer",
    "NO": "fodselsnummer",
    "FI": "hetu",
    "IT": "codice_fiscale",
    "PT": "nif",
    "CL": "rut",
    "AR": "cuit",
    "SG": "nric",
    "AU": "tfn",
    "CA": "sin",
    "TR": "tckn",
    "RO": "cnp",
    "HR": "oib",
    "BG": "egn",
    "EE": "isikukood",
    "MX": "curp",
    "BE": "rijksregisternummer",
    "CH": "ahv",
    "ZA": "sa_id_number",
    "IL": "teudat_zehut",
    "JP": "my_number",
    "KR": "resident_registration_number",
    "CN": "id_card_number",
    "TH": "thai_national_id",
    "CZ": "rodne_cislo",
    "TW": "taiwan_id",
    "MY": "mykad",
}
_BY_MAKER = {
    "es_dni": "dni",
    "es_nie": "nie",
    "uk_nino": "national_insurance_number",
    "uk_nhs": "nhs_number",
    "br_cpf": "cpf",
    "br_cnpj": "cnpj",
    "in_aadhaar": "aadhaar",
    "in_pan": "pan_number",
    "ru_inn": "inn",
    "ru_snils": "snils",
}


def make(count: int, seed: int = 11) -> list[Prompt]:
    """Make documents up: six in ten with values, three with decoys alone, one with hidden values."""
    draw = Random(seed)
    return [_document(draw) for _ in range(count)]


def clean(count: int, seed: int = 12) -> list[Prompt]:
    """Make up documents with nothing to find."""
    draw = Random(seed)
    return [_clean(draw) for _ in range(count)]


def concealed(count: int, seed: int = 13) -> list[Prompt]:
    """Make up documents in each of which one value is hidden; the type says how, as in ``EMAIL:base64``."""
    draw = Random(seed)
    return [hidden.document(draw) for _ in range(count)]


def _document(draw: Random) -> Prompt:
    share = draw.random()
    if share > 0.9:
        return hidden.document(draw)
    if share > 0.6:
        return _clean(draw)
    items = [_item(draw) for _ in range(draw.randint(1, 5))]
    made: Document = draw.choice(tuple(GENRES.values()))(draw, items)
    return Prompt(made.text, tuple(made.spans))


def _clean(draw: Random) -> Prompt:
    mark = draw.choice(("\n", " ", "\n\n"))
    return Prompt(mark.join(decoys.line(draw) for _ in range(draw.randint(1, 8))), ())


def _item(draw: Random) -> Item:
    share = draw.random()
    if share < 0.5:
        kind, make_one, names, sentences = draw.choice(_PLAIN)
        return Item(kind, make_one(draw), names, sentences)
    if share < 0.65:
        country, make_one, sentences = draw.choice(identity.WORDS)
        name = _BY_MAKER.get(make_one.__name__) or _FIELDS[country]
        return Item(f"NATIONAL_ID:{make_one.__name__}", make_one(draw), (name,), sentences)
    if share < 0.9:
        kind, make_secret = draw.choice(tuple(secrets.DISTINCT.items()))
        return Item(
            f"SECRET:{kind}",
            make_secret(draw),
            ("token", "credential", "value", "url"),
            ("use {}", "here it is: {}", "it says {} here", "mit {} geht es"),
        )
    kind, (make_secret, names) = draw.choice(tuple(secrets.ASSIGNED.items()))
    chosen = draw.choice(names)
    spoken = tuple(form for k, form in secrets.SPOKEN if k == kind) or (f"{chosen}={{}}", f"{chosen}: {{}}")
    return Item(f"SECRET:{kind}", make_secret(draw), (chosen,), spoken)
