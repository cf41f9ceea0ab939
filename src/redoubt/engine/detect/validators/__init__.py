"""What a matched span must pass before it becomes a finding: check digits, issuer ranges, number plans.

A validator is a pure function of the span's text. It never raises, whatever the text, and decides on form alone:
nothing is looked up. Modules and python-stdnum are imported on the first candidate that needs them.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.validators.stdnum_bridge import stdnum_check

Validator = Callable[[str], bool]

_HERE = "redoubt.engine.detect.validators"

_TABLE = {
    # numbers of people, things and accounts
    "luhn": f"{_HERE}.numbers:luhn",
    "card": f"{_HERE}.cards:card",
    "card_loose": f"{_HERE}.cards:card_loose",
    "iban": f"{_HERE}.banking:iban",
    "bic": f"{_HERE}.banking:bic",
    "clabe": f"{_HERE}.banking:clabe",
    "email": f"{_HERE}.network:email",
    "obfuscated_email": f"{_HERE}.network:obfuscated_email",
    "ip_public": f"{_HERE}.network:ip_public",
    "ip_unlike_version": f"{_HERE}.network:ip_unlike_version",
    "ip_private": f"{_HERE}.network:ip_private",
    "mac": f"{_HERE}.network:mac",
    "phone_international": f"{_HERE}.phones:phone_international",
    "phone_nanp": f"{_HERE}.phones:phone_nanp",
    "phone_national": f"{_HERE}.phones:phone_national",
    "bitcoin": f"{_HERE}.crypto:bitcoin",
    "litecoin": f"{_HERE}.crypto:litecoin",
    "dogecoin": f"{_HERE}.crypto:dogecoin",
    "ripple": f"{_HERE}.crypto:ripple",
    "tron": f"{_HERE}.crypto:tron",
    "bech32": f"{_HERE}.crypto:bech32",
    "ethereum": f"{_HERE}.crypto:ethereum",
    "solana": f"{_HERE}.crypto:solana",
    "us_ssn": f"{_HERE}.americas:us_ssn",
    "us_npi": f"{_HERE}.americas:us_npi",
    "us_dea": f"{_HERE}.americas:us_dea",
    "br_pis": f"{_HERE}.americas:br_pis",
    "br_cns": f"{_HERE}.americas:br_cns",
    "uy_ci": f"{_HERE}.americas:uy_ci",
    "gt_cui": f"{_HERE}.americas:gt_cui",
    "sv_dui": f"{_HERE}.americas:sv_dui",
    "ru_snils": f"{_HERE}.europe:ru_snils",
    "md_idnp": f"{_HERE}.europe:md_idnp",
    "de_id_document": f"{_HERE}.documents:de_id_document",
    "mrz": f"{_HERE}.documents:mrz",
    "vin": f"{_HERE}.documents:vin",
    "calendar_date": f"{_HERE}.numbers:calendar_date",
    "coordinates": f"{_HERE}.numbers:coordinates",
    "not_repeated": f"{_HERE}.numbers:not_repeated",
    "jp_my_number": f"{_HERE}.asia_pacific:jp_my_number",
    "hk_id": f"{_HERE}.asia_pacific:hk_id",
    "tw_id": f"{_HERE}.asia_pacific:tw_id",
    "sg_nric": f"{_HERE}.asia_pacific:sg_nric",
    "kr_rrn_form": f"{_HERE}.asia_pacific:kr_rrn_form",
    "au_medicare": f"{_HERE}.asia_pacific:au_medicare",
    "kz_iin": f"{_HERE}.asia_pacific:kz_iin",
    "nz_nhi": f"{_HERE}.asia_pacific:nz_nhi",
    "lk_nic": f"{_HERE}.asia_pacific:lk_nic",
    "ir_national_id": f"{_HERE}.middle_east_africa:ir_national_id",
    "kw_civil_id": f"{_HERE}.middle_east_africa:kw_civil_id",
    "eg_national_id": f"{_HERE}.middle_east_africa:eg_national_id",
    "ae_emirates_id": f"{_HERE}.middle_east_africa:ae_emirates_id",
    "sa_national_id": f"{_HERE}.middle_east_africa:sa_national_id",
    # secrets
    "github_checksum": f"{_HERE}.secrets:crc_base62",
    "npm_checksum": f"{_HERE}.secrets:crc_base62",
    "jwt": f"{_HERE}.secrets:jwt",
    "basic_credentials": f"{_HERE}.secrets:basic_credentials",
    "user_password": f"{_HERE}.secrets:user_password",
    "url_credentials": f"{_HERE}.secrets:url_credentials",
    "discord_token": f"{_HERE}.secrets:discord_token",
    "base58check": f"{_HERE}.secrets:base58check",
    "wif": f"{_HERE}.secrets:wif",
    "key_block": f"{_HERE}.secrets:key_block",
    "seed_words": f"{_HERE}.secrets:seed_words",
    "not_placeholder": f"{_HERE}.placeholders:not_placeholder",
    "mixed_classes": f"{_HERE}.placeholders:mixed_classes",
    "alphanumeric": f"{_HERE}.placeholders:alphanumeric",
    "letters_and_digits": f"{_HERE}.placeholders:letters_and_digits",
    "hex_or_mixed": f"{_HERE}.placeholders:hex_or_mixed",
    "assigned_password": f"{_HERE}.placeholders:assigned_password",
    "bare_password": f"{_HERE}.placeholders:bare_password",
    "random_word": f"{_HERE}.placeholders:random_word",
    "with_symbols": f"{_HERE}.placeholders:with_symbols",
    "told_password": f"{_HERE}.placeholders:told_password",
    "assigned_secret": f"{_HERE}.placeholders:assigned_secret",
}

_NO_CHECKSUM = frozenset((
    "email", "obfuscated_email", "ip_public", "ip_unlike_version", "ip_private", "mac", "phone_international",
    "phone_nanp", "phone_national", "us_ssn", "bic", "calendar_date", "coordinates", "not_repeated", "kr_rrn_form",
    "url_credentials", "not_placeholder", "mixed_classes", "alphanumeric", "letters_and_digits", "hex_or_mixed",
    "assigned_password", "bare_password", "random_word", "with_symbols", "told_password", "assigned_secret",
    "stdnum.us.ssn", "stdnum.us.itin", "stdnum.us.ein", "stdnum.us.atin", "stdnum.us.ptin", "stdnum.us.tin",
    "stdnum.dk.cpr", "stdnum.my.nric", "stdnum.id.nik", "stdnum.in_.pan", "stdnum.pk.cnic", "stdnum.ke.pin",
    "stdnum.eg.tn", "stdnum.tn.mf", "stdnum.gb.sedol", "stdnum.bic", "stdnum.gn.nifp", "stdnum.ee.registrikood",
))  # fmt: skip
"""The validators that say that a text is plausible, not that it was made by a scheme: anything passes them by chance."""

_STDNUM_NAME = re.compile(r"stdnum(?:\.[a-z0-9_]{2,40}){1,2}")


@cache
def validator(name: str) -> Validator:
    """Return the validator called ``name``.

    ``name`` is a word of the table above, or ``stdnum.<country>.<module>`` (``stdnum.<module>`` for numbers
    without a country), which asks python-stdnum's ``is_valid``.

    Raises:
        ConfigError: there is no validator of that name.

    """
    if _STDNUM_NAME.fullmatch(name):
        return stdnum_check(name)
    if name not in _TABLE:
        raise ConfigError(
            f"There is no validator called {name!r}; see the names in redoubt.engine.detect.validators."
        )
    return _lazy(_TABLE[name])


def is_checksum(name: str) -> bool:
    """Tell whether the validator called ``name`` recomputes check digits, so that it proves what it accepts."""
    return name not in _NO_CHECKSUM


def _lazy(reference: str) -> Validator:
    @cache
    def resolve() -> Validator:
        module, _, function = reference.partition(":")
        found: Validator = getattr(import_module(module), function)
        return found

    def check(text: str) -> bool:
        return resolve()(text)

    return check
