from tests.unit.adapters.documents.reading import pieces, place_of, reasons


def test_a_value_stands_beside_the_name_of_its_column() -> None:
    [piece] = pieces(b'name,ssn\n"Doe, Jane",536220726\n', "a.csv")
    assert piece.text == "name\nssn\nname: Doe, Jane\nssn: 536220726\n"
    assert place_of("536220726", [piece]) == "a.csv:2 column ssn"


def test_other_delimiters_and_quoted_line_breaks() -> None:
    assert "b: 2" in pieces(b"a;b\n1;2\n", "a.csv")[0].text
    assert "b: 2" in pieces(b"a\tb\n1\t2\n", "a.tsv")[0].text
    [piece] = pieces(b'a,b\n"x\ny",2\nz,3\n', "a.csv")
    assert place_of("b: 3", [piece]) == "a.csv:4 column b"


def test_many_rows_come_in_pieces_that_account_for_every_byte() -> None:
    data = b"email,note\n" + b"".join(
        b"user%d@acme.example,some words to fill the row\n" % i for i in range(20_000)
    )
    parts = pieces(data, "a.csv")
    assert len(parts) > 2
    assert sum(p.size for p in parts) == len(data)
    assert [p.offset for p in parts] == [sum(len(q.text) for q in parts[:i]) for i in range(len(parts))]


def test_a_line_that_never_ends_is_said() -> None:
    assert "no table" in reasons(b"a,b\n" + b"x" * (17 << 20), "a.csv")[0]


def test_a_table_without_a_head_shows_no_value_as_a_name() -> None:
    row = b"jane@acme.example,4111 1111 1111 1111,536-22-0726,ok\n"
    [piece] = pieces(row * 2, "a.csv")
    assert piece.text.count("4111 1111 1111 1111") == 2
    assert place_of("536-22-0726", [piece]) == "a.csv:1 head"
    assert [mark.place for mark in piece.marks if mark.line == 2] == [
        "column 1",
        "column 2",
        "column 3",
        "column ok",
    ]
