"""The checks of the files named after continents, each with numbers from the official descriptions or computed by hand."""

import pytest

from redoubt.engine.detect.validators import validator

CASES = [
    ("us_ssn", "323-59-2640", "666-59-2640"), ("us_ssn", "834829621", "923829621"), ("us_ssn", "123-45-6789", "123-00-6789"),
    ("us_npi", "1234567893", "1234567894"), ("us_dea", "AB1234563", "AB1234564"), ("br_pis", "120.12345.67-2", "120.12345.67-3"),
    ("uy_ci", "1.234.567-2", "1.234.567-3"), ("sv_dui", "00016297-5", "00016297-6"), ("hk_id", "A123456(3)", "A123456(4)"),
    ("tw_id", "A123456789", "A123456788"), ("sg_nric", "S1234567D", "S1234567E"), ("nz_nhi", "ZZZ0016", "ZZZ0017"),
    ("nz_nhi", "ZZZ00AX", "ZZZ00AY"), ("jp_my_number", "123456789018", "123456789017"), ("kr_rrn_form", "050515-3123456", "051315-3123456"),
    ("au_medicare", "2123 45670 1", "2123 45680 1"), ("ir_national_id", "0499370899", "0499370898"), ("lk_nic", "851234567V", "853674567V"),
    ("eg_national_id", "28505150112345", "28513150112345"), ("ru_snils", "112-233-445 95", "112-233-445 96"),
    ("de_id_document", "T220001293", "T220001294"), ("vin", "1HGCM82633A004352", "1HGCM82733A004352"),
    ("mrz", "L898902C36UTO7408122F1204159ZE184226B<<<<<10", "L898902C36UTO7408122F1204158ZE184226B<<<<<10"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong"), CASES)
def test_the_check_tells_right_from_wrong(name: str, right: str, wrong: str) -> None:
    assert validator(name)(right)
    assert not validator(name)(wrong)
