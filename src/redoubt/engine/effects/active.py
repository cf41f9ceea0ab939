"""Content of an answer that does something by itself once it is shown, opened or pasted (``code.active``)."""

from collections.abc import Callable, Iterator

from redoubt.domain.exchange import Role, Segment, Syntax, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.effects.active_forms import commands, formulas, statements, templates, terminal
from redoubt.engine.effects.active_markup import elements, leads
from redoubt.engine.effects.fences import Code
from redoubt.engine.effects.reading import readings
from redoubt.engine.effects.sighting import Sighting

CATEGORY = "code.active"

_Look = Callable[[str], Iterator[Sighting]]
_SHOWN: tuple[_Look, ...] = (elements, leads, templates, statements, commands)
"""What is harmless where it is shown as code."""
_ANYWHERE: tuple[_Look, ...] = (terminal, formulas)
"""What acts on a terminal or in a sheet, whatever Markdown says around it."""
_CALLED: tuple[_Look, ...] = (templates, statements, terminal)
"""What is looked for in the arguments of a tool call: files that a tool writes may hold markup."""


class ActiveContentDetector:
    """Looks at what a model writes. Code in fences and code spans was asked for, and is shown, not run."""

    id = "active-content"
    version = "1"
    unit = Unit.WORD
    slow = False

    def detect(self, segment: Segment) -> tuple[Finding, ...]:
        """Return the active content of an answer or a tool call, in order of start."""
        if segment.trust is not Trust.MODEL:
            return ()
        found: dict[tuple[int, int], Finding] = {}
        for finding in self._findings(segment):
            known = found.get((finding.start, finding.end))
            if known is None or known.confidence < finding.confidence:
                found[finding.start, finding.end] = finding
        return tuple(sorted(found.values(), key=lambda finding: finding.start))

    def _findings(self, segment: Segment) -> Iterator[Finding]:
        called = segment.role is Role.TOOL_CALL or segment.syntax is Syntax.JSON
        for reading in readings(segment.text):
            code = Code("" if called else reading.text)
            for look in _CALLED if called else (*_SHOWN, *_ANYWHERE):
                for seen in look(reading.text):
                    if look in _ANYWHERE or not code.holds(seen.start):
                        span = reading.span(seen.start, seen.end)
                        yield Finding(CATEGORY, seen.rule, *span, seen.confidence, reading.view)
