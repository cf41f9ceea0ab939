"""Tables: the name of the column before each cell with digits, and the way back to the cell."""

import pytest

from redoubt.engine.detect.views import views

TABLES = [
    pytest.param("id,name,ssn\n1,Ann,539045747\n", id="commas"),
    pytest.param("id;name;ssn\n1;Ann;539045747\n", id="semicolons"),
    pytest.param("id\tname\tssn\n1\tAnn\t539045747", id="tabs, no last newline"),
    pytest.param("| id | name | ssn |\n| --- | --- | --- |\n| 1 | Ann | 539045747 |\n", id="Markdown"),
    pytest.param('"id","name","ssn"\n"1","Lee, Ann","539045747"\n', id="quotes around a comma"),
    pytest.param("Report of May\nid,name,ssn\n1,Ann,539045747\n", id="a line above"),
    pytest.param("INSERT INTO t (id, name, ssn) VALUES (1, 'Ann', '539045747');", id="SQL"),
    pytest.param(
        "insert into t (id, name, ssn)\nvalues (1, 'a, (b', 0), (2, 'Bo', '539045747')", id="SQL, two rows"
    ),
]


@pytest.mark.parametrize("text", TABLES)
def test_the_name_of_the_column_is_written_before_the_cell(text: str) -> None:
    (view,) = [view for view in views(text) if view.name == "columns"]
    before, _, _ = view.text.rpartition("539045747")
    assert before.rstrip("\"' ").endswith("ssn:")


@pytest.mark.parametrize("text", TABLES)
def test_a_cell_leads_back_to_where_it_stands(text: str) -> None:
    (view,) = [view for view in views(text) if view.name == "columns"]
    start = view.text.index("539045747")
    begin, end = view.origin(start, start + 9)
    assert text[begin:end] == "539045747"


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ann, thanks\nfor the call, see 123456789\n",
        "one,two\nthree\n",
        "1,2,3\n4,5,123456\n",
        "a,b\nc,d\n",
        "values (1, 2)",
    ],
)
def test_what_is_no_table_or_holds_no_numbers_has_no_such_view(text: str) -> None:
    assert "columns" not in {view.name for view in views(text)}


def test_a_table_grows_by_its_names_only() -> None:
    text = ",".join(["n" * 40] * 50) + "\n" + ",".join(["123456"] * 50) + "\n"
    assert all(len(view.text) <= 8 * len(text) for view in views(text))
