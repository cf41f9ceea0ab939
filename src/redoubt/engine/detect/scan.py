"""Run the detectors over one segment: the only place that turns a failure into a value."""

from collections.abc import Sequence

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Detector, Scan
from redoubt.engine.detect.overlaps import settle


def scan(detectors: Sequence[Detector], segment: Segment) -> Scan:
    """Ask every detector about ``segment``.

    A detector that raises is named in `Scan.failed` (policy decides what that means; by default a denial), and what the
    others found still counts. A detector whose findings lie outside the text has failed too.
    """
    found: list[Finding] = []
    failed: list[str] = []
    size = len(segment.text)
    for detector in detectors:
        try:
            reported = tuple(detector.detect(segment))
            if any(not 0 <= f.start <= f.end <= size for f in reported):
                failed.append(detector.id)
                continue
        except Exception:  # noqa: BLE001 - a detector that breaks on hostile input must end in a decision
            failed.append(detector.id)
        else:
            found.extend(reported)
    return Scan(settle(found), tuple(failed))
