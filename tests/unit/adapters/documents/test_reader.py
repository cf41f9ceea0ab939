import io
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from redoubt.adapters.documents.reader import read_file
from redoubt.domain.document import Piece, ReadLimits, Unread
from tests.unit.adapters.documents.makers import CARD, KINDS, MAIL, TEXT, zipped
from tests.unit.adapters.documents.reading import pieces, place_of, read, reasons


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_gives_up_its_text(name: str) -> None:
    parts = pieces(KINDS[name](), name)
    text = "\n".join(piece.text for piece in parts)
    assert MAIL in text
    assert CARD.replace(" ", "") in text.replace(" ", "")
    assert not [r for r in reasons(KINDS[name](), name) if r != "binary"]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_read_from_disk_and_inside_an_archive(name: str, tmp_path: Path) -> None:
    data = KINDS[name]()
    (tmp_path / name).write_bytes(data)
    on_disk = [p for p in read_file(tmp_path / name, name, ReadLimits()) if isinstance(p, Piece)]
    assert "".join(p.text for p in on_disk) == "".join(p.text for p in pieces(data, name))
    inside = pieces(zipped({name: data}), "outer.zip")
    assert MAIL in "\n".join(piece.text for piece in inside)
    assert all(piece.name.startswith(f"outer.zip!/{name}") for piece in inside)


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_is_told_by_the_content_where_it_can_be(name: str) -> None:
    if name in ("a.txt", "a.csv", "a.html", "a.eml", "a.mbox"):
        assert MAIL in "\n".join(p.text for p in pieces(KINDS[name](), "unnamed"))
    elif not name.endswith(("gz", "bz2", "xz")):
        assert MAIL in "\n".join(p.text for p in pieces(KINDS[name](), "wrong.png"))


def test_places_are_told_as_people_look_for_them() -> None:
    assert place_of(MAIL, pieces(KINDS["a.xlsx"](), "s.xlsx")) == "s.xlsx:0 sheet Sheet A2"
    assert place_of(MAIL, pieces(KINDS["a.parquet"](), "s.parquet")) == "s.parquet:0 row 2, column email"
    assert place_of(MAIL, pieces(KINDS["a.pdf"](), "s.pdf")) == "s.pdf:0 page 1"
    assert place_of(MAIL, pieces(KINDS["a.csv"](), "s.csv")) == "s.csv:2 column email"
    assert place_of(MAIL, pieces(KINDS["a.eml"](), "s.eml")) == "s.eml:0 header From"
    assert place_of("jane.roe@acme-widgets.com", pieces(KINDS["a.docx"](), "s.docx")).endswith(
        "word/header1.xml"
    )


@pytest.mark.parametrize(
    "name", [n for n in KINDS if n not in ("a.txt", "a.csv", "a.html", "a.eml", "a.mbox")]
)
def test_a_damaged_file_is_said_and_not_raised(name: str) -> None:
    data = KINDS[name]()
    for cut in (len(data) // 3, len(data) // 2, len(data) - 5):
        read(data[:cut] + b"\0garbage", name)
    if name != "a.tar":  # the half of that one is padding
        assert reasons(data[: len(data) // 2], name)


def test_what_holds_no_text_is_counted_not_complained_of() -> None:
    assert read(b"\x7fELF\0\0\0", "program") == [Unread("program", "binary", binary=True)]


def test_an_encrypted_member_is_said() -> None:
    data = bytearray(zipped({"a.txt": b"x"}, zipfile.ZIP_STORED))
    for signature in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.find(signature)
        data[at + (6 if signature == b"PK\x03\x04" else 8)] |= 1
    assert reasons(bytes(data), "a.zip") == ["encrypted"]


def test_archives_inside_each_other_are_bounded() -> None:
    data = TEXT.encode()
    for _ in range(7):
        data = zipped({"a.zip": data})
    assert reasons(data, "a.zip") == ["more than 5 archives inside each other"]


def test_a_bomb_is_stopped_within_bounds() -> None:
    bomb = zipped({"as.txt": b"a" * (64 << 20)})
    tracemalloc.start()
    parts = read(bomb, "bomb.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "times its size" in str(parts[-1])
    assert peak < 48 * 1024 * 1024


def test_members_and_bytes_are_bounded() -> None:
    many = zipped({f"{i}.txt": b"x" for i in range(20)})
    assert reasons(many, "a.zip", ReadLimits(max_entries=10)) == ["more than 10 members"]
    assert (
        "unpacks to more"
        in reasons(zipped({"a.txt": b"x" * 5000}), "a.zip", ReadLimits(max_unpacked=1000))[0]
    )


def test_a_sheet_of_nothing_but_gaps_is_stopped() -> None:
    book = openpyxl.Workbook()
    for row in range(1, 2000):
        book.active.cell(row * 500, 16384, "x")
    file = io.BytesIO()
    book.save(file)
    assert "empty cells" in reasons(file.getvalue(), "a.xlsx")[0]


def test_a_parquet_file_of_one_value_over_and_over_is_stopped() -> None:
    column = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * 9000, pyarrow.int8()), ["a value of some length " * 400]
    )
    file = io.BytesIO()
    parquet.write_table(pyarrow.table({"c": column}), file)
    assert "far more than its size" in reasons(file.getvalue(), "a.parquet")[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    [part] = read_file(tmp_path / "missing", "missing", ReadLimits())
    assert isinstance(part, Unread)
    assert "No such file" in part.reason


@pytest.mark.parametrize(
    ("name", "data", "prose"),
    [
        ("notes.txt", b"Dear Anna", True),
        ("mail.eml", b"Subject: x\n\nDear Anna", True),
        ("rows.jsonl", b'{"text": "Dear Anna"}', True),
        ("README", b"Dear Anna", True),
        ("main.py", b"anna = 1", False),
        ("a.csv", b"name\nAnna", False),
        ("server.LOG", b"anna logged in", False),
    ],
)
def test_what_is_known_to_be_no_prose_is_marked(name: str, data: bytes, prose: bool, tmp_path: Path) -> None:
    assert {piece.prose for piece in pieces(data, name)} == {prose}
    assert {piece.prose for piece in pieces(zipped({name: data}), "outer.zip")} == {prose}
    (tmp_path / name).write_bytes(data)
    part = [p for p in read_file(tmp_path / name, name, ReadLimits(), (0, 5)) if isinstance(p, Piece)]
    assert {piece.prose for piece in part} == {prose}
