from hypothesis import given
from hypothesis import strategies as st

from redoubt.surfaces.cli.columns import lay_out

ROWS = [("time", "exchange", "findings"), ("12:00", "ex_0123456789", "pii.email 1, " * 9)]


def test_without_a_terminal_a_row_is_a_line() -> None:
    head, row = lay_out(ROWS, None)
    assert head == "time   exchange       findings"
    assert row.count("\n") == 0


def test_the_last_column_is_broken_and_stays_in_its_place() -> None:
    _, row = lay_out(ROWS, 60)
    first, *rest = row.split("\n")
    assert first.startswith("12:00  ex_0123456789  pii.email")
    assert rest
    assert all(line.startswith(" " * 22 + "pii.email") for line in rest)


def test_columns_that_find_no_room_go_on_in_the_next_line() -> None:
    (lines,) = lay_out([("a" * 30, "b" * 30, "c" * 30, "d")], 50)
    assert lines.split("\n") == ["a" * 30, "    " + "b" * 30, "    " + "c" * 30 + "  d"]


@given(
    st.lists(st.tuples(*[st.text("ab c", max_size=40)] * 4), min_size=1, max_size=4),
    st.integers(60, 120),
)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(
    rows: list[tuple[str, ...]], width: int
) -> None:
    for row, laid in zip(rows, lay_out(rows, width), strict=True):
        assert all(len(line) <= width for line in laid.split("\n"))
        assert "".join(laid.split()) == "".join("".join(row).split())
