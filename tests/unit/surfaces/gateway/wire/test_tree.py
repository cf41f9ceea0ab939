import pytest

from redoubt.surfaces.gateway.wire import dataurl, tree
from redoubt.surfaces.gateway.wire.interface import Json


def test_only_the_way_to_a_change_is_copied() -> None:
    body: Json = {"a": [{"t": "x"}, {"t": "y"}], "b": {"c": "z"}}
    changed = tree.replace(body, {"/a/1/t": "Y"})
    assert changed == {"a": [{"t": "x"}, {"t": "Y"}], "b": {"c": "z"}}
    assert changed["b"] is body["b"]
    assert changed["a"][0] is body["a"][0]
    assert body["a"] == [{"t": "x"}, {"t": "y"}]


def test_no_change_is_the_same_object() -> None:
    body = {"a": "x"}
    assert tree.replace(body, {}) is body


def test_escaped_keys() -> None:
    body = {"a/b~": {"": "x"}, "~#": "y"}
    path = tree.child(tree.child("", "a/b~"), "")
    assert tree.replace(body, {path: "X", tree.child("", "~#"): "Y"}) == {"a/b~": {"": "X"}, "~#": "Y"}


def test_the_root_itself() -> None:
    assert tree.replace("x", {"": "y"}) == "y"


def test_a_member_is_renamed_in_its_place() -> None:
    body = {"a": 1, "jo@example.org": {"t": "x"}, "c": 3}
    changed = tree.replace(body, {"/jo@example.org~#": "[email]", "/jo@example.org/t": "X"})
    assert list(changed.items()) == [("a", 1), ("[email]", {"t": "X"}), ("c", 3)]


def test_no_member_is_lost_where_new_names_meet() -> None:
    changed = tree.replace({"p": 1, "q": 2, "n": 3}, {"/p~#": "n", "/q~#": "n"})
    assert sorted(changed.values()) == [1, 2, 3]


@pytest.mark.parametrize(
    "url", ["data:text/plain;base64,aGVsbG8=", "data:,hello", "data:text/csv;charset=utf-8,hello"]
)
def test_the_text_in_a_data_url(url: str) -> None:
    assert dataurl.read(url) == "hello"
    changed = tree.replace({"u": url}, {"/u" + tree.DATA_URL: "grüß, %"})
    assert changed["u"].partition(",")[0] == url.partition(",")[0]
    assert dataurl.read(changed["u"]) == "grüß, %"


@pytest.mark.parametrize(
    "url",
    [
        "data:image/png;base64,aGVsbG8=",
        "data:text/plain;base64,!!",
        "data:text/plain;base64,/w==",
        "data:",
        "data:,%ff",
    ],
)
def test_no_text_in_a_data_url(url: str) -> None:
    assert dataurl.read(url) is None


def test_the_text_in_base64() -> None:
    changed = tree.replace(["aGVsbG8="], {"/0" + tree.BASE64: "other"})
    assert dataurl.decode_text(changed[0]) == "other"


@pytest.mark.parametrize("path", ["/b", "/a/0", "/l/x", "/l/9", "/l/-1"])
def test_a_place_that_is_not_there(path: str) -> None:
    with pytest.raises(LookupError):
        tree.replace({"a": "x", "l": ["y"]}, {path: "z"})
