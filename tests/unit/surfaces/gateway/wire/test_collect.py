import pytest

from redoubt.domain.errors import InputError, UpstreamError
from redoubt.domain.exchange import Role, Trust
from redoubt.surfaces.gateway.wire import collect
from redoubt.surfaces.gateway.wire.interface import Json

VOICE = (Role.USER, Trust.USER)


def found(value: Json) -> dict[str, str]:
    collector = collect.Collector({"id", "type"}, sealed={"cipher"})
    collector.everything(value, "", *VOICE)
    return {s.path: s.text for s in collector.segments}


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ({"id": "x-1", "type": ["a", "b"], "cipher": "QUJD" * 100}, {}),
        ({"id": "two words"}, {"/id": "two words"}),
        ({"id": "jo@example.org"}, {"/id": "jo@example.org"}),
        ({"id": "x" * 257}, {"/id": "x" * 257}),
        ({"type": ["a", "b c"]}, {"/type/1": "b c"}),
        ({"id": {"note": "x"}}, {"/id/note": "x"}),
        ({"cipher": "not base64!"}, {"/cipher": "not base64!"}),
        ({"a": [1, True, None, 1.5, ""]}, {}),
        ({"a": 99999999999}, {}),
        ({"a": 100000000000}, {"/a": "100000000000"}),
        ({"a": -4111111111111111}, {"/a": "-4111111111111111"}),
        ({"AKIAIOSFODNN7EXAMPLE": 1}, {"/AKIAIOSFODNN7EXAMPLE~#": "AKIAIOSFODNN7EXAMPLE"}),
        ({"a/b 1": "x"}, {"/a~1b 1~#": "a/b 1", "/a~1b 1": "x"}),
    ],
)
def test_everything_is_found_but_ids_and_constants(value: Json, texts: dict[str, str]) -> None:
    assert found(value) == texts


def test_a_map_of_the_callers_own_has_no_ids() -> None:
    collector = collect.Collector({"id"})
    collector.free({"id": "4111111111111111"}, "/metadata", *VOICE)
    collector.everything({"id": "4111111111111111"}, "/other", *VOICE)
    assert [s.path for s in collector.segments] == ["/metadata/id"]


def test_a_number_beyond_what_python_writes_is_still_read() -> None:
    assert found([10**5000])["/0"].startswith("0x")


def test_too_many_texts_are_refused() -> None:
    with pytest.raises(InputError, match="50000"):
        found(["x"] * (collect.MAX_SEGMENTS + 1))


@pytest.mark.parametrize(("depth", "fits"), [(collect.MAX_DEPTH, True), (collect.MAX_DEPTH + 1, False)])
def test_nesting_is_bounded(depth: int, fits: bool) -> None:
    value: Json = "x"
    for _ in range(depth):
        value = [value]
    if fits:
        assert list(found(value).values()) == ["x"]
    else:
        with pytest.raises(InputError, match="nesting"):
            found(value)


def test_an_answers_faults_are_the_providers() -> None:
    collector = collect.Collector((), collect.wrong_answer)
    with pytest.raises(UpstreamError, match="a string at /a"):
        collector.text(1, "/a", *VOICE)


def test_no_error_quotes_what_it_is_about() -> None:
    with pytest.raises(InputError) as caught:
        collect.Collector(()).media(["secret"], "/a", "image", *VOICE)
    assert "secret" not in str(caught.value)


def test_no_error_quotes_the_name_of_a_member() -> None:
    value: Json = "x"
    for _ in range(collect.MAX_DEPTH + 1):
        value = {"jo@example.org": value}
    with pytest.raises(InputError) as caught:
        found(value)
    assert "jo@" not in str(caught.value) + caught.value.pointer
