import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.errors import InputError
from redoubt.surfaces.gateway.json_body import MAX_CONTAINERS, MAX_DEPTH, decode, depth

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda children: st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=5), children, max_size=5),
    max_leaves=30,
)  # fmt: skip


def nesting(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max((nesting(v) for v in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((nesting(v) for v in value), default=0)
    return 0


@given(VALUES.filter(lambda v: "\ud800" not in str(v)))
def test_what_is_json_comes_back_as_json_says(value: object) -> None:
    try:
        data = json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert decode(data) == value
    assert depth(data) == nesting(value)


@given(st.binary(max_size=200) | st.text(alphabet='[]{}",:\\u0a1 ', max_size=200).map(str.encode))
def test_any_bytes_give_a_value_or_a_clear_error(data: bytes) -> None:
    try:
        value = decode(data)
    except InputError:
        return
    assert value == json.loads(data)


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        (b"1", 0),
        (b"[[]]", 2),
        (rb'["\"[[[["]', 1),
        (rb'["\\", [[]]]', 3),
        (b'{"a": "unterminated [[[', 1),
        (b'["' + b'\\"' * 50_000, 1),
        (b"]]]][[", 0),
        (b"[]]", 1),
    ],
)
def test_depth(body: bytes, levels: int) -> None:
    assert depth(body) == levels


def test_bounds() -> None:
    assert decode(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(InputError, match="deeper"):
        decode(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    with pytest.raises(InputError, match="too many values") as caught:
        decode(b"[" + b"[]," * MAX_CONTAINERS + b"1]")
    assert caught.value.too_large
    assert decode(b'["' + b"[{" * MAX_DEPTH + b'"]') == ["[{" * MAX_DEPTH]


def test_an_error_never_quotes_the_body() -> None:
    for body in (b"SECRETWORD", b'{"a": SECRETWORD}', b'"SECRETWORD\xff"', b'{"a": 1, SECRETWORD'):
        with pytest.raises(InputError) as caught:
            decode(body)
        assert "SECRETWORD" not in str(caught.value)
