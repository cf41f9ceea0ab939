import pytest

from redoubt.domain import pointer


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("", ""),
        ("/messages/12/content", "/messages/12/content"),
        ("/metadata/jo@example.org/0~d", "/metadata/*/0~d"),
        ("/4111111111111111~#", "/*~#"),
        ("/a~1b//c", "/*//c"),
    ],
)
def test_a_place_can_be_told_without_telling_a_text(path: str, shown: str) -> None:
    assert pointer.shown(path) == shown
