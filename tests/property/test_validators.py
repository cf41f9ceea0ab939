from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt.engine.detect.validators import validator
from redoubt.engine.detect.validators.cards import card
from redoubt.engine.detect.validators.numbers import luhn

NAMES = (
    "luhn card card_loose iban bic clabe email obfuscated_email ip_public ip_private ip_unlike_version mac "
    "phone_international phone_nanp phone_national bitcoin bech32 ripple ethereum solana us_ssn us_npi us_dea br_pis "
    "uy_ci gt_cui sv_dui de_id_document mrz vin calendar_date coordinates not_repeated jp_my_number hk_id tw_id sg_nric "
    "kr_rrn_form au_medicare kz_iin nz_nhi lk_nic ir_national_id kw_civil_id eg_national_id ae_emirates_id sa_national_id "
    "ru_snils md_idnp stdnum.de.idnr stdnum.it.codicefiscale stdnum.mx.curp stdnum.cn.ric stdnum.imei"
)
CHECKS = tuple(validator(name) for name in NAMES.split(" "))
HOSTILE = st.text() | st.text("0123456789٣²ⅷ .-/<+@:xX" + "ABCZ", max_size=60) | st.integers(0).map(str)


@given(HOSTILE)
@settings(max_examples=150, deadline=None)
def test_no_text_makes_a_validator_raise(text: str) -> None:
    assert all(isinstance(check(text), bool) for check in CHECKS)


@given(st.from_regex(r"4[0-9]{14}", fullmatch=True), st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, by: int) -> None:
    number = next(body + str(d) for d in range(10) if luhn(body + str(d)))
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not card(changed)
