"""The dashboard and the alerts ask for metrics that there are, by labels that they have."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families

from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.surfaces.gateway.instruments import COUNTERS, GAUGES
from redoubt.surfaces.gateway.metrics import Metrics

FOLDER = Path(__file__).parents[2] / "docs" / "grafana"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "redoubt.json").read_text(encoding="utf-8"))
ALERTS: dict[str, Any] = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))
METRIC = re.compile(r"\b(redoubt_\w+)(?:\{([^}]*)\})?")
BY = re.compile(r"by \(([^)]*)\)")
SCRAPED = {"instance", "le"}
"""Labels that Prometheus adds, and that histograms have."""


def exported() -> dict[str, set[str]]:
    """The labels of every sample that a gateway can export, by the sample's name."""
    metrics = Metrics()
    record = FindingRecord(Finding("pii.email", "email", 0, 3), "/x", "redact")
    metrics.answered("openai.chat", "allow", 200, 0.1)
    answer = Entry(
        "ex", "answer", 0.0, "p", "a", "t", "s", "allow", "far", "m", findings=(record,), input_tokens=1
    )
    metrics.recorded(answer, 0.1)
    metrics.upstream_failed("far", 502)
    for name, _, labels in COUNTERS:
        metrics.count(name, *labels)
    for name, _, labels in GAUGES:
        metrics.set(name, 1.0, *labels)
    families = text_string_to_metric_families(metrics.render().decode())
    return {sample.name: set(sample.labels) for family in families for sample in family.samples}


def panels() -> Iterator[dict[str, Any]]:
    yield from (panel for panel in DASHBOARD["panels"] if panel["type"] != "row")


def expressions() -> Iterator[str]:
    yield from (target["expr"] for panel in panels() for target in panel["targets"])
    yield from (rule["expr"] for group in ALERTS["groups"] for rule in group["rules"])


def test_every_metric_and_label_exists() -> None:
    known = exported()
    asked = set()
    for expression in expressions():
        for name, matchers in METRIC.findall(expression):
            assert name in known, expression
            labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
            labels |= {label.strip() for group in BY.findall(expression) for label in group.split(",")}
            assert labels <= known[name] | SCRAPED, expression
            asked.add(name)
    assert len(asked) > 20


def test_grafana_can_import_the_dashboard() -> None:
    assert {"uid", "title", "schemaVersion", "templating", "panels", "time"} <= set(DASHBOARD)
    variables = {each["name"]: each for each in DASHBOARD["templating"]["list"]}
    assert (variables["datasource"]["type"], variables["datasource"]["query"]) == ("datasource", "prometheus")
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in panels():
        assert panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert {"h", "w", "x", "y"} == set(panel["gridPos"])
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert panel["targets"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        for target in panel["targets"]:
            assert 'instance=~"$instance"' in target["expr"]


def test_prometheus_can_load_the_alerts() -> None:
    names = [rule["alert"] for group in ALERTS["groups"] for rule in group["rules"]]
    assert len(names) == len(set(names)) > 5
    for group in ALERTS["groups"]:
        for rule in group["rules"]:
            assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
            assert rule["labels"]["severity"] in ("warning", "critical")
            assert {"summary", "description"} == set(rule["annotations"])
            assert rule["expr"].count("(") == rule["expr"].count(")")
