from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Scan
from redoubt.engine.leak.watch import beside

SEGMENT = Segment("the key is 12345678 and more")
KEY = Finding("secret.x", "key", 11, 19, 1.0)


@dataclass
class Saying:
    """Reports what it is told to, or raises where it is told nothing."""

    found: tuple[Finding, ...] = ()
    id: str = "saying"

    def detect(self, segment: Segment, findings: Sequence[Finding]) -> Iterable[Finding]:
        if not self.found:
            raise RuntimeError(segment.text)
        return self.found


def test_a_leak_stands_beside_what_lies_in_it() -> None:
    leak = Finding("leak.system_prompt", "operator-text", 0, 28, 0.6)
    scan = beside(Scan((KEY,)), [Saying((leak,))], SEGMENT)
    assert scan.findings == (leak, KEY)
    assert scan.failed == ()


def test_one_that_raises_has_failed_and_the_others_count() -> None:
    leak = Finding("leak.canary", "marker", 0, 3)
    scan = beside(Scan((KEY,), ("rules",)), [Saying(), Saying((leak,), "other")], SEGMENT)
    assert scan == Scan((leak, KEY), ("rules", "saying"))


def test_one_that_points_outside_has_failed() -> None:
    scan = beside(Scan(), [Saying((Finding("leak.canary", "marker", 0, 99),))], SEGMENT)
    assert scan == Scan((), ("saying",))


def test_nothing_beside_changes_nothing() -> None:
    scan = Scan((KEY,))
    assert beside(scan, [], SEGMENT) is scan
