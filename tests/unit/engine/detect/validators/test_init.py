import subprocess
import sys

import pytest

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.validators import is_checksum, validator


@pytest.mark.parametrize(
    "name",
    ["", "no_such", "stdnum", "stdnum.zz.idnr", "stdnum.de.nothing", "stdnum.de.idnr.is_valid", "os.path"],
)
def test_an_unknown_name_is_an_error_of_the_configuration(name: str) -> None:
    with pytest.raises(ConfigError, match="no"):
        validator(name)


@pytest.mark.parametrize(
    "name", ["luhn", "stdnum.de.idnr", "stdnum.in.pan", "stdnum.is.kennitala", "stdnum.imei"]
)
def test_a_known_name_is_a_function_of_text(name: str) -> None:
    assert validator(name)("no number") is False


def test_looking_a_name_up_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from redoubt.engine.detect.validators import validator\n"
        "for name in ('stdnum.de.idnr', 'phone_international', 'stdnum.imei'): validator(name)\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('stdnum', 'phonenumbers')])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["luhn", "iban", "card", "github_checksum", "stdnum.de.idnr"])
def test_check_digits_prove(name: str) -> None:
    assert is_checksum(name)


@pytest.mark.parametrize(
    "name",
    ["not_repeated", "calendar_date", "phone_national", "ip_public", "ip_private", "us_ssn", "stdnum.us.ein"],
)
def test_a_plausible_form_proves_nothing(name: str) -> None:
    assert not is_checksum(name)
