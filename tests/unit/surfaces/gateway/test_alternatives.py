import pytest

from redoubt.domain.errors import InputError
from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period
from redoubt.surfaces.gateway.alternatives import MOST, alternatives, refuse_uncounted
from redoubt.surfaces.gateway.wire.interface import Json


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"model": "a"}, ()),
        ({"models": None, "fallbacks": []}, ()),
        ({"models": ["b", "c"], "fallbacks": [{"model": "d", "x": 1}, "e"]}, ("b", "c", "d", "e")),
        (None, ()),
        (["models"], ()),
    ],
)
def test_who_else_may_answer(body: Json, named: tuple[str, ...]) -> None:
    assert alternatives(body) == named


@pytest.mark.parametrize(
    "named",
    ["b", {"b": ["c"]}, [1], [""], [None], [{"b": ["c"]}], [["b"]], ["x" * 257], ["b"] * (MOST + 1), True, 0],
)
@pytest.mark.parametrize("member", ["models", "fallbacks"])
def test_what_cannot_be_understood_is_refused(member: str, named: Json) -> None:
    with pytest.raises(InputError, match=member) as caught:
        alternatives({"model": "a", member: named})
    assert caught.value.pointer == f"/{member}"


BY_MODEL = Limit("m", LimitScope.MODEL, LimitUnit.TOKENS, 10, Period.DAY)
MATCHED = Limit("m", LimitScope.ALL, LimitUnit.TOKENS, 10, Period.DAY, match=((LimitScope.MODEL, ("a*",)),))
COST = Limit("c", LimitScope.ALL, LimitUnit.COST, 10, Period.DAY)
ALL = Limit("a", LimitScope.ALL, LimitUnit.TOKENS, 10, Period.DAY)


@pytest.mark.parametrize("limit", [BY_MODEL, MATCHED, COST])
def test_where_it_matters_which_one_answers_there_must_be_one(limit: Limit) -> None:
    refuse_uncounted((), (ALL, limit))
    refuse_uncounted(("b",), (ALL,))
    with pytest.raises(InputError, match="name one model"):
        refuse_uncounted(("b",), (ALL, limit))
