"""A necessary part is in every match, and lies where it says."""

import re

import hyperscan
import pytest

from redoubt.engine.detect.parts import necessary_part


@pytest.mark.parametrize(
    ("pattern", "match"),
    [
        (r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b", "AKIAIOSFODNN7EXAMPLF"),
        (r"(?i)password\s*[:=]\s*([^\s]{8,64})", "PassWord :  tr0ub4dor&3"),
        (r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----"),
        (r"паспорт[ :]{0,3}\d{10}", "паспорт: 1234567890"),
        (r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0"),
        (r"[\p{L}\p{N}]{1,64}@\p{L}{2,20}\.example", "zoë@müller.example"),
        (r"(?:one|twenty|three)-(?:x|yy)?[0-9]{6,}", "twenty-yy123456789"),
    ],
)
def test_the_part_is_in_the_match_at_a_known_distance(pattern: str, match: str) -> None:
    part = necessary_part(pattern, 0)
    assert part is not None
    base = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    base.compile(expressions=[part.expression], ids=[0], elements=1, flags=[0])
    data = match.encode()
    ends: list[int] = []
    base.scan(data, match_event_handler=lambda _i, _s, end, _f, _c: ends.append(end))
    assert ends
    assert any(end <= 4 * part.before and len(data) - end <= 4 * part.after for end in ends)


@pytest.mark.parametrize("pattern", ["(", r"[a-z]+", r"\d", "[[:alpha:]]{9}", "(?:abcdefgh)?"])
def test_where_nothing_selects_there_is_no_part(pattern: str) -> None:
    assert necessary_part(pattern) is None


def test_a_part_is_short() -> None:
    part = necessary_part("a" * 500)
    assert part is not None
    assert len(re.findall(rb"\[", part.expression)) <= 24


def test_a_host_is_better_than_the_begin_of_a_url() -> None:
    part = necessary_part(r"\b(https?://[a-z0-9-]{3,40}\.vendor\.example/[a-z0-9]{20})")
    assert part is not None
    found = re.compile(part.expression)
    assert found.search(b"https://abc.vendor.example/0123456789abcdefghij")
    assert not found.search(b"https://abc.other.example/0123456789abcdefghij")
