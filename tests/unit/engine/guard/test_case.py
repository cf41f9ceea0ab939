import pytest

from redoubt.engine.guard.case import Case, case_of, cases


@pytest.mark.parametrize(
    ("piece", "case"),
    [
        ("the", Case.LOWER),
        ("é", Case.LOWER),
        ("4th", Case.LOWER),
        ("The", Case.TITLE),
        ("I", Case.TITLE),
        ("3D", Case.TITLE),
        ("ÉTÉ", Case.UPPER),
        ("iOS", Case.MIXED),
        ("McD", Case.MIXED),
        ("2026", Case.DIGITS),
        ("٣", Case.DIGITS),
        ("", Case.OTHER),
        ("-", Case.OTHER),
        ("中", Case.OTHER),
        ("中2", Case.OTHER),
        ("\u200b", Case.OTHER),
    ],
)
def test_how_a_token_was_written(piece: str, case: Case) -> None:
    assert case_of(piece) is case


def test_the_numbers_are_part_of_the_weights() -> None:
    assert [case.value for case in Case] == [0, 1, 2, 3, 4, 5]
    assert cases("Anna is 30", [(0, 4), (5, 7), (8, 10)]).tolist() == [2, 1, 5]
    assert cases("", []).tolist() == []
