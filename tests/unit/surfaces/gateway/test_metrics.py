import pytest
from prometheus_client.parser import text_string_to_metric_families

from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.surfaces.gateway.instruments import COUNTERS, GAUGES
from redoubt.surfaces.gateway.metrics import Metrics


def lines(metrics: Metrics) -> list[str]:
    return metrics.render().decode().splitlines()


def test_requests_are_counted_by_api_decision_and_status() -> None:
    metrics = Metrics()
    metrics.answered("openai.chat", "allow", 200, 0.004)
    metrics.answered("openai.chat", "allow", 200, 0.004)
    metrics.answered("openai.chat", "deny", 400, 0.004)
    found = lines(metrics)
    assert 'redoubt_requests_total{api="openai.chat",decision="allow",status="200"} 2.0' in found
    assert 'redoubt_requests_total{api="openai.chat",decision="deny",status="400"} 1.0' in found


def test_a_bucket_holds_all_that_is_faster() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.0011, 0.2, 1000.0):
        metrics.answered("x", "allow", 200, seconds)
    found = lines(metrics)
    assert 'redoubt_request_seconds_bucket{api="x",le="0.001"} 1.0' in found
    assert 'redoubt_request_seconds_bucket{api="x",le="0.0025"} 2.0' in found
    assert 'redoubt_request_seconds_bucket{api="x",le="0.25"} 3.0' in found
    assert 'redoubt_request_seconds_bucket{api="x",le="300.0"} 3.0' in found
    assert 'redoubt_request_seconds_bucket{api="x",le="+Inf"} 4.0' in found
    assert 'redoubt_request_seconds_count{api="x"} 4.0' in found


def test_findings_and_failures_are_counted() -> None:
    metrics = Metrics()
    record = FindingRecord(Finding("pii.email", "email", 0, 3), "/messages/0/content", "redact")
    metrics.recorded(Entry("ex", "prompt", 0.0, "p", "a", "t", "s", "redact", findings=(record,)), 0.001)
    metrics.upstream_failed("bench", 502)
    metrics.in_flight += 3
    found = lines(metrics)
    assert 'redoubt_findings_total{action="redact",category="pii.email"} 1.0' in found
    assert 'redoubt_upstream_errors_total{status="502",upstream="bench"} 1.0' in found
    assert "redoubt_audit_append_seconds_count 1.0" in found
    assert "redoubt_in_flight 3.0" in found


def test_there_are_never_more_than_so_many_series() -> None:
    metrics = Metrics()
    for i in range(3000):
        metrics.upstream_failed(f"u{i}", 502)
    found = [line for line in lines(metrics) if line.startswith("redoubt_upstream_errors_total")]
    assert len(found) == 2001
    assert 'redoubt_upstream_errors_total{status="other",upstream="other"} 1000.0' in found


def test_tokens_are_counted_by_model() -> None:
    metrics = Metrics()
    answer = Entry(
        "ex", "answer", 0.0, "p", "a", "t", "s", "allow", "far", "m", input_tokens=3, output_tokens=7
    )
    metrics.recorded(answer, 0.001)
    metrics.recorded(answer, 0.001)
    found = lines(metrics)
    assert 'redoubt_tokens_total{direction="input",model="m",upstream="far"} 6.0' in found
    assert 'redoubt_tokens_total{direction="output",model="m",upstream="far"} 14.0' in found


def test_gauges_are_set_or_asked_for() -> None:
    metrics = Metrics()
    waiting = [1.0]
    metrics.follow("redoubt_audit_waiting_entries", lambda: waiting[0])
    metrics.set("redoubt_audit_sink_lag_entries", 5.0, "siem")
    metrics.set("redoubt_audit_sink_lag_entries", 4.0, "siem")
    waiting[0] = 2.0
    found = lines(metrics)
    assert "redoubt_audit_waiting_entries 2.0" in found
    assert 'redoubt_audit_sink_lag_entries{sink="siem"} 4.0' in found


def test_an_instrument_that_is_not_declared_is_an_error() -> None:
    with pytest.raises(KeyError):
        Metrics().set("redoubt_audit_sink_lag", 1.0)
    with pytest.raises(KeyError):
        Metrics().count("redoubt_surprises")


def test_prometheus_reads_what_is_rendered() -> None:
    metrics = Metrics()
    metrics.count("redoubt_audit_sink_failures", 'a"b\nc\\d')
    families = {family.name for family in text_string_to_metric_families(metrics.render().decode())}
    assert {name for name, _, _ in (*GAUGES, *COUNTERS)} <= families
