"""Ask what watches one exchange, after the detectors that all exchanges share."""

from collections.abc import Sequence

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Scan
from redoubt.engine.leak.interface import Beside


def beside(scanned: Scan, watching: Sequence[Beside], segment: Segment) -> Scan:
    """Return ``scanned`` with what ``watching`` finds in ``segment``.

    A leak is told beside what lies in it: a key that a rule redacts does not hide that a whole sentence of the operator's stands around
    it. So these findings overlap the others, and nothing is settled between them. As in `redoubt.engine.detect.scan.scan`, one that
    raises has failed, and so has one whose findings lie outside the text.
    """
    found: list[Finding] = []
    failed: list[str] = []
    for each in watching:
        try:
            reported = tuple(each.detect(segment, scanned.findings))
            if all(0 <= f.start <= f.end <= len(segment.text) for f in reported):
                found.extend(reported)
            else:
                failed.append(each.id)
        except Exception:  # noqa: BLE001 - what breaks on hostile input must end in a decision
            failed.append(each.id)
    if not found and not failed:
        return scanned
    together = sorted((*scanned.findings, *found), key=lambda f: (f.start, f.end))
    return Scan(tuple(together), (*scanned.failed, *failed))
