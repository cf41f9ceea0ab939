from dataclasses import dataclass, field
from enum import Enum

import msgspec
import pytest

from redoubt.adapters.files.converting import converted
from redoubt.domain.errors import ConfigError


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Wall(msgspec.Struct, forbid_unknown_fields=True):
    colour: Colour | None = None
    stripes: tuple[Colour, ...] = ()
    size: int = 1


@dataclass(frozen=True)
class House:
    walls: dict[str, Wall] | None = None
    rooms: list[Wall] = field(default_factory=list)


def test_what_is_said_becomes_what_is_meant() -> None:
    made = converted({"walls": {"north": {"colour": "red", "size": 3}}}, House, "file: $")
    assert made.walls == {"north": Wall(Colour.RED, size=3)}
    assert converted("3", int, "x", strict=False) == 3


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"doors": 1}, "file: $.doors: no such key; there are walls, rooms"),
        ({"walls": {"n": {"door": 1}}}, "file: $.walls[...]: Object contains unknown field `door`"),
        ({"walls": {"n": {"size": "s3cret"}}}, "file: $.walls[...].size: Expected `int`, got `str`"),
        ({"walls": {"n": {"colour": "s3cret"}}}, "file: $.walls[...].colour: must be one of red, blue"),
        (
            {"rooms": [{"stripes": ["red", "s3cret"]}]},
            "file: $.rooms[0].stripes[1]: must be one of red, blue",
        ),
        ("s3cret", "file: $: Expected `object`, got `str`"),
    ],
)
def test_what_is_wrong_is_said_by_place_and_not_repeated(value: object, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        converted(value, House, "file: $")
    assert str(caught.value) == said
