import pytest

from redoubt.engine.detect.validators.stdnum_bridge import stdnum_check


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("stdnum.de.idnr", "36 574 261 809", "36 574 261 808"),
        ("stdnum.in.aadhaar", "2341 2341 2346", "2341 2341 2347"),
        ("stdnum.es.dni", "12.345.678-Z", "12.345.678-A"),
        ("stdnum.br.cpf", "529.982.247-25", "529.982.247-26"),
        ("stdnum.fi.hetu", "131052-308T", "131052-308U"),
    ],
)
def test_python_stdnum_is_asked_whatever_the_separators(name: str, right: str, wrong: str) -> None:
    check = stdnum_check(name)
    assert check(right)
    assert not check(wrong)
