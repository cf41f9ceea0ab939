"""Alternations taken apart: the parts together match what the whole did."""

import pytest

from redoubt.engine.detect.database import Database
from redoubt.engine.detect.literals import begins_with_letters, taken_apart
from redoubt.engine.detect.parts import necessary_part

TEXT = b"my api-key: ab12, the Access Token=zz99 and x_secret 7777; passport no. 12345, DE12 3456"


def hits(*expressions: bytes) -> set[int]:
    """Return where the expressions' matches end in `TEXT`."""
    base = Database.compile([(expression, 0) for expression in expressions])
    assert base is not None
    return {end for end, _ in base.scan(TEXT)}


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?i)(?:api|access|secret)[ _-]?(?:key|token)?[:= ]{1,3}([a-z0-9]{4})",
        r"(?i)(?:(?:^|[ \t\"])(?:api|access) ?)(?:token|key)",
        r"(?i)\b(?:passport|pass)\b(?: no\.?)? ([0-9]{5})",
        r"\b(?:DE|AT|CH)[0-9]{2} ?[0-9]{4}",
    ],
)
def test_the_parts_end_where_the_whole_does(pattern: str) -> None:
    part = necessary_part(pattern)
    assert part is not None
    assert hits(part.expression)
    assert hits(*taken_apart(part.expression)) == hits(part.expression)


def test_words_become_expressions_of_their_own() -> None:
    part = necessary_part(r"(?i)\b(?:passport|licence) no ([0-9]{5})")
    assert part is not None
    parts = taken_apart(part.expression)
    assert len(parts) == 2
    assert all(map(begins_with_letters, parts))


def test_a_shape_stays_whole() -> None:
    assert taken_apart(rb"[\x30\x31\x32]{4}[\x2d]") == (rb"[\x30\x31\x32]{4}[\x2d]",)


def test_too_many_words_stay_one_expression() -> None:
    words = b"|".join(b"[\\x61][\\x62]" + b"[\\x%02x]" % (97 + n % 26) * (n // 26 + 1) for n in range(260))
    expression = b"[\\x21](?:" + words + b")"
    assert taken_apart(expression) == (expression,)


def test_what_may_match_nothing_at_the_begin_is_left_out() -> None:
    assert taken_apart(rb"(?:|[\x20])[\x6b][\x65][\x79]") == (rb"[\x6b][\x65][\x79]",)
