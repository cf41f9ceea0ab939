"""What is asked of a segment: that depends on whose words it holds, never on what they are."""

from dataclasses import dataclass

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.engine.guard.calibration import Zone


@dataclass(frozen=True, slots=True)
class Questions:
    """The heads that are asked, and where the text stands."""

    zone: Zone
    attack: bool = False
    """Does the user try to misuse the model?"""
    order: bool = False
    """Does a text from outside give the assistant orders?"""
    harm: bool = False
    names: bool = False

    @property
    def judges(self) -> bool:
        """Tell whether anything is asked about passages."""
        return self.attack or self.order or self.harm


_USER = Questions("user", attack=True, harm=True, names=True)
_OUTSIDE = Questions("external", order=True, harm=True, names=True)
_ANSWER = Questions("answer", harm=True)
"""Names in an answer are not asked for: it is the model's to speak of people."""
_NAMES = Questions("user", names=True)
"""The operator's own words are no attack, and what a tool is called with is data."""
_DEFINITION = Questions("external", order=True)
"""The description of a tool can come from whoever serves it."""


def questions(segment: Segment) -> Questions:
    """Return what is asked of ``segment``."""
    match segment.role:
        case Role.TOOL_DEFINITION:
            return _DEFINITION
        case Role.TOOL_CALL:
            return _NAMES
        case Role.DOCUMENT | Role.TOOL_RESULT:
            return _OUTSIDE
    match segment.trust:
        case Trust.EXTERNAL:
            return _OUTSIDE
        case Trust.OPERATOR:
            return _NAMES
        case Trust.MODEL:
            return _ANSWER
        case Trust.USER:
            return _USER
