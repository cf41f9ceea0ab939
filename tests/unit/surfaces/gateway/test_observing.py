from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.principal import Principal
from redoubt.pipeline.phases import Call
from redoubt.services.telemetry.conventions import span_attributes
from redoubt.services.telemetry.trace import Span
from redoubt.surfaces.gateway.observing import Observed, finish_reasons

SPAN = Span(b"t" * 16, b"s" * 8, b"", True)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NAMES = ("choices", "candidates", "finish_reason", "finishReason", "stop_reason", "status", "model")


def call() -> Call:
    return Call("ex_1", 1.0, Principal("key_a", "a person's name"), "openai.chat", "far", "gpt-x", ())


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ({"choices": [{"finish_reason": "stop"}, {"finish_reason": "length"}]}, ("stop", "length")),
        ({"choices": [{"finish_reason": None}, {}]}, ()),
        ({"stop_reason": "end_turn"}, ("end_turn",)),
        ({"candidates": [{"finishReason": "MAX_TOKENS"}]}, ("MAX_TOKENS",)),
        ({"status": "completed", "output": []}, ("completed",)),
        ({"choices": [{"finish_reason": "x"}] * 99}, ("x",) * 16),
        ([], ()),
        (None, ()),
    ],
)
def test_why_the_model_stopped(body: Any, reasons: tuple[str, ...]) -> None:
    assert finish_reasons(body) == reasons


@given(
    st.dictionaries(st.sampled_from(NAMES), JSON | st.lists(st.dictionaries(st.sampled_from(NAMES), JSON)))
    | JSON
)
def test_any_answer_is_seen(body: Any) -> None:
    observed = Observed(SPAN)
    observed.call, observed.body = call(), body
    seen = observed.seen(status=200, decision="allow", now=2.0, seconds=0.5)
    assert seen is not None
    assert span_attributes(seen)


def test_names_and_numbers_are_seen_and_no_person() -> None:
    observed = Observed(SPAN)
    observed.call, observed.provider = call(), "openai"
    record = FindingRecord(Finding("pii.email", "email", 0, 3), "/x", "redact")
    observed.entry = Entry(
        "ex_1", "answer", 1.0, "key_a", "shop", "t", "a person's name", "redact", policy="p@1",
        findings=(record, record), input_tokens=1, output_tokens=2, text="the canary sings",
    )  # fmt: skip
    seen = observed.seen(status=200, decision="redact", now=2.0, seconds=0.5)
    assert seen is not None
    assert (seen.begun_at, seen.policy, seen.categories) == (1.5, "p@1", ("pii.email",))
    assert (seen.input_tokens, seen.output_tokens) == (1, 2)
    said = repr(seen) + repr(span_attributes(seen))
    assert not any(word in said for word in ("person", "key_a", "canary"))


def test_what_was_over_before_a_model_was_chosen_has_no_span() -> None:
    assert Observed(SPAN).seen(status=401, decision="allow", now=2.0, seconds=0.5) is None
