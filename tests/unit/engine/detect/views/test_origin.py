from array import array

from redoubt.engine.detect.views.origin import Bits, Changes, Edits, Mirror, Origin, Same


def test_edits_map_copies_one_by_one_and_pieces_whole() -> None:
    # "ab%41cd" -> "abAcd"
    edits = Edits()
    edits.add((2, 3), (2, 5))
    assert [edits.span(i, i + 1) for i in range(5)] == [(0, 1), (1, 2), (2, 5), (5, 6), (6, 7)]
    assert edits.span(1, 4) == (1, 6)


def test_edits_that_remove_belong_to_what_surrounds_them() -> None:
    # "a_b" -> "ab"
    edits = Edits()
    edits.add((1, 1), (1, 2))
    assert edits.span(0, 1) == (0, 1)
    assert edits.span(1, 2) == (2, 3)
    assert edits.span(0, 2) == (0, 3)
    assert edits.touches(0, 2)
    assert not edits.touches(2, 3)


def test_bits_name_every_digit_that_holds_a_bit() -> None:
    base64 = Bits(6, None)
    assert [base64.span(i, i + 1) for i in range(3)] == [(0, 2), (1, 3), (2, 4)]
    assert Bits(4, array("I", [0, 1, 3, 4])).span(1, 2) == (3, 5)
    assert Bits(8, None, size=3).span(1, 3) == (3, 9)
    assert Bits(4, None, array("I", [0, 2, 3])).span(0, 1) == (0, 4)


def test_mirror_and_same() -> None:
    assert Mirror(10).span(0, 3) == (7, 10)
    assert Same().span(2, 5) == (2, 5)


def test_changes_are_near_what_holds_or_touches_them() -> None:
    changes = Changes([4, 10], [6, 10])
    assert [changes.near(*span) for span in ((0, 3), (0, 4), (5, 5), (6, 9), (7, 9), (8, 10), (11, 20))] == [
        False, True, True, True, False, True, False,
    ]  # fmt: skip


def test_edits_change_bytes() -> None:
    # "é%41d%42" -> "éAdB"
    edits = Edits()
    edits.add((1, 2), (1, 4))
    edits.add((3, 4), (5, 8))
    assert [edits.changes("éAdB").near(i, i) for i in range(7)] == [
        False,
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    anywhere: tuple[Origin, ...] = (Same(), Mirror(3))
    assert [origin.changes("any") for origin in anywhere] == [None, None]
