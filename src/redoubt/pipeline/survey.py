"""What is found in a document that comes in pieces: each thing once, wherever the pieces were cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from redoubt.domain.document import Location, Piece, halves, locations
from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.finding import Finding, judges
from redoubt.engine.detect.interface import Detector, Scan
from redoubt.engine.detect.scan import scan
from redoubt.engine.policy.decide import decide
from redoubt.engine.policy.model import Policy, Situation

SMALLEST = 4096
"""Characters; a stretch that is shorter is not halved again."""
OVERLAP = 512
"""Characters that the halves of a piece share."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding in a document."""

    name: str
    """The document's, as `Piece.name`."""
    finding: Finding
    """Its start and end are code points of the whole document."""
    location: Location
    action: str
    """What the policy asks for, in lower case."""
    value: str
    """The text itself: for masking, comparing and, on request, showing; never for keeping."""

    def seen_to(self, before: int) -> int:
        """Return where what was seen ends, if it ended at ``before``. A judgement spans values that are still to be seen."""
        return before if judges(self.finding.category) else self.finding.end


class Survey:
    """Inspects documents, piece after piece. It remembers nothing of them, so memory stays constant."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        policy: Policy,
        *,
        least: float = 0.0,
        prose: Sequence[Detector] = (),
        trust: Trust = Trust.EXTERNAL,
    ) -> None:
        """Take what reads every piece, and what reads those in ``prose`` alone.

        ``least`` is the confidence below which what a rule found is passed over (for what the models say, policy has its points). ``trust``
        says whose words these are: a document's, or a user's to a model.
        """
        self._detectors = tuple(detectors)
        self._all = (*self._detectors, *prose)
        self._policy = policy
        self._least = least
        role = Role.USER if trust is Trust.USER else Role.DOCUMENT
        self._where = Situation(role=role, trust=trust)

    def sightings(self, piece: Piece, seen_to: int = 0) -> Iterator[Sighting]:
        """Yield what is in one piece of a document, in order.

        ``seen_to`` is where the last finding in the piece before ended: what that one holds is not reported again. Raises InputError
        where a detector could not inspect the piece: what it holds is then not known.
        """
        for part in self._inspectable(piece):
            for sighting in self._in(*part, seen_to):
                seen_to = sighting.seen_to(seen_to)
                yield sighting

    def _inspectable(self, piece: Piece) -> Iterator[tuple[Piece, Scan]]:
        """Yield the piece with its scan; one that is too much for a detector is halved, so that little of it stays unknown."""
        waiting, lost, line = [piece], 0, 0
        while waiting:
            part = waiting.pop()
            asked = self._all if part.prose else self._detectors
            seen = scan(asked, Segment(part.text, self._where.role, self._where.trust))
            if not seen.failed:
                yield part, seen
            elif (own := len(part.text) - part.lead - part.tail) >= 2 * SMALLEST:
                waiting.extend(reversed(halves(part, OVERLAP)))
            else:
                lost += own
                line = line or next(locations(part, (part.lead,))).line
        if lost:
            raise InputError(
                f"{lost} characters from line {line} on could not be inspected: "
                "they hold too many matches, or too many notations inside each other, or the guard models took too long"
            )

    def _in(self, piece: Piece, seen: Scan, seen_to: int) -> Iterator[Sighting]:
        text = piece.text
        last = len(text) - piece.tail
        own = tuple(
            found
            for found in seen.findings
            if piece.lead <= found.start < last
            and found.start + piece.offset >= seen_to
            and (found.confidence >= self._least or found.false_alarm is not None)
            and not self._policy.excuses(found.category, text[found.start : found.end])
        )
        duties = decide(self._policy, replace(seen, findings=own), self._where).obligations
        where = locations(piece, tuple(duty.finding.start for duty in duties))
        for duty, location in zip(duties, where, strict=True):
            found = duty.finding
            yield Sighting(
                piece.name,
                replace(found, start=found.start + piece.offset, end=found.end + piece.offset),
                location,
                duty.action.name.lower(),
                text[found.start : found.end],
            )
