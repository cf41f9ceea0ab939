import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.services.audit.canonical import canonical, parse

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
findings = st.builds(
    Finding,
    category=words,
    rule=words,
    start=st.integers(0, 2**40),
    end=st.integers(0, 2**40),
    confidence=st.integers(0, 1000).map(lambda n: n / 1000),
    view=words,
    false_alarm=st.none() | st.integers(0, 10**6).map(lambda n: n / 1_000_000),
)
entries = st.builds(
    Entry,
    exchange=words,
    kind=words,
    at=st.integers(0, 2**33).map(float),
    principal=words,
    app=words,
    tenant=words,
    subject=words,
    decision=words,
    upstream=words,
    model=words,
    api=words,
    policy=words,
    findings=st.lists(st.builds(FindingRecord, finding=findings, path=words, action=words), max_size=3).map(
        tuple
    ),
    reasons=st.lists(words, max_size=3).map(tuple),
    errors=st.lists(words, max_size=3).map(tuple),
    input_tokens=st.none() | st.integers(0, 10**9),
    output_tokens=st.none() | st.integers(0, 10**9),
    latency_ms=st.none() | st.integers(0, 10**6).map(float),
    note=words,
)


@given(entries)
def test_what_is_written_is_read_back(entry: Entry) -> None:
    assert parse(canonical(entry, b"")) == entry


@given(entries, st.binary(max_size=40))
def test_the_bytes_are_canonical(entry: Entry, sealed: bytes) -> None:
    """RFC 8785 for our subset: members sorted, no blanks, integers only, and nothing escaped that need not be."""
    body = canonical(entry, sealed)
    again = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert body.decode() == again


def test_the_text_is_there_only_as_the_digest_of_its_ciphertext() -> None:
    entry = Entry("x", "prompt", 1.0, "p", "a", "t", "s", "allow", text="canary")
    body = canonical(entry, b"ciphertext")
    assert b"canary" not in body
    assert b"text_sha256" in body


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"null", b'{"exchange":1}', b"\xff"])
def test_what_is_no_entry_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match="not an entry"):
        parse(body)
