"""A detector that breaks is a value, not a crash and not a pass."""

from collections.abc import Iterable
from dataclasses import dataclass

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.detect.scan import scan

A = Finding("pii.email", "email", 0, 5, 0.9)
B = Finding("secret.x", "x", 3, 8, 0.5)


@dataclass
class Fixed:
    id: str
    findings: tuple[Finding, ...]
    version: str = "1"
    unit: Unit = Unit.WORD
    slow: bool = False

    def detect(self, segment: Segment) -> Iterable[Finding]:
        return self.findings


class Broken(Fixed):
    def detect(self, segment: Segment) -> Iterable[Finding]:
        yield A
        raise RecursionError


def test_findings_of_all_detectors_are_settled_together() -> None:
    result = scan([Fixed("one", (B,)), Fixed("two", (A,))], Segment("x" * 10))
    assert (result.findings, result.failed) == ((A,), ())


def test_a_detector_that_raises_is_named_and_the_others_count() -> None:
    result = scan([Broken("bad", ()), Fixed("good", (B,))], Segment("x" * 10))
    assert (result.findings, result.failed) == ((B,), ("bad",))


def test_a_finding_outside_the_text_is_a_failure() -> None:
    assert scan([Fixed("far", (A,))], Segment("abc")).failed == ("far",)
