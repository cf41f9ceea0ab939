from dataclasses import replace

import pytest

from redoubt.services.telemetry import conventions, recorder
from redoubt.services.telemetry.interface import Seen
from redoubt.services.telemetry.recorder import Recorder
from redoubt.services.telemetry.trace import Span

SPAN = Span(b"t" * 16, b"s" * 8, b"", True)
SEEN = Seen(
    SPAN, "ex_1", 100.0, 0.5, "openai.chat", 200, "allow", "openai", "far", "gpt-x", "balanced@1",
    response_model="gpt-x-2026", finish_reasons=("stop",), input_tokens=3, output_tokens=7,
)  # fmt: skip


def made(**how: object) -> Recorder:
    return Recorder(lambda count: b"\x01" * count, **how)  # type: ignore[arg-type]


def test_a_span_has_the_conventions_names() -> None:
    said = conventions.span_attributes(SEEN)
    assert said == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.response.model": "gpt-x-2026",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 7,
        "http.response.status_code": 200,
        "redoubt.exchange.id": "ex_1",
        "redoubt.api": "openai.chat",
        "redoubt.upstream": "far",
        "redoubt.decision": "allow",
        "redoubt.policy": "balanced@1",
        "redoubt.stream": False,
    }
    assert conventions.span_name(SEEN) == "chat gpt-x"


@pytest.mark.parametrize(
    ("api", "provider", "operation", "named"),
    [
        ("anthropic.messages", "anthropic", "chat", "anthropic"),
        ("gemini.generate", "gemini", "generate_content", "gcp.gemini"),
        ("openai.embeddings", "openai", "embeddings", "openai"),
        ("openai.completions", "openai", "text_completion", "openai"),
        ("openai.chat", "something", "chat", "other"),
    ],
)
def test_operations_and_providers(api: str, provider: str, operation: str, named: str) -> None:
    said = conventions.common(replace(SEEN, api=api, provider=provider))
    assert (said["gen_ai.operation.name"], said["gen_ai.provider.name"]) == (operation, named)


@pytest.mark.parametrize("model", ["tell me a secret", "gpt\nx", "é", "x" * 200, " x"])
def test_a_model_that_is_no_name_is_not_told(model: str) -> None:
    said = conventions.span_attributes(
        replace(SEEN, model=model, response_model=model, finish_reasons=(model,))
    )
    assert said["gen_ai.request.model"] == said["gen_ai.response.model"] == "other"
    assert said["gen_ai.response.finish_reasons"] == ("other",)
    assert conventions.span_name(replace(SEEN, model=model)) == "chat other"


@pytest.mark.parametrize(
    ("status", "decision", "error"),
    [(200, "allow", ""), (400, "deny", ""), (400, "allow", "400"), (502, "allow", "502"), (0, "allow", "0")],
)
def test_a_refusal_is_no_error(status: int, decision: str, error: str) -> None:
    assert conventions.failed(replace(SEEN, status=status, decision=decision)) == error


def test_tokens_and_durations_are_measured() -> None:
    kept = made()
    kept.end(SEEN)
    kept.end(replace(SEEN, status=502, input_tokens=None, output_tokens=None, seconds=100.0))
    kinds = {series.attributes["gen_ai.token.type"]: series for series in kept.tokens.series.values()}
    assert kinds["input"].total == 3
    assert kinds["input"].counts[:3] == [0, 1, 0]
    assert kinds["output"].counts[:3] == [0, 0, 1]
    good, bad = kept.durations.series.values()
    assert "error.type" not in good.attributes
    assert bad.attributes["error.type"] == "502"
    assert bad.counts[-1] == 1


def test_spans_are_fetched_once_in_order_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MAX_SPANS", 3)
    kept = made(metrics=False)
    for number in range(5):
        kept.end(replace(SEEN, exchange=f"ex_{number}"))
    kept.end(replace(SEEN, span=replace(SPAN, sampled=False)))
    assert [seen.exchange for seen in kept.take(2)] == ["ex_0", "ex_1"]
    assert [seen.exchange for seen in kept.take(2)] == ["ex_2"]
    assert kept.take(2) == ()
    assert kept.dropped == 2
    assert kept.tokens.series == {}


def test_without_traces_nothing_is_kept() -> None:
    kept = made(traces=False)
    kept.end(replace(SEEN, span=kept.begin(b"")))
    assert kept.take(10) == ()
    assert kept.durations.series


def test_there_are_never_more_than_so_many_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MAX_SERIES", 10)
    kept = made()
    for number in range(50):
        kept.end(replace(SEEN, model=f"m{number}"))
    assert len(kept.durations.series) <= 11
    assert sum(sum(series.counts) for series in kept.durations.series.values()) == 50
