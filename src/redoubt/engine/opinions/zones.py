"""Whose words a segment holds, for those who are asked for a second opinion."""

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.zone import Zone

_OUTSIDE = frozenset({Role.DOCUMENT, Role.TOOL_RESULT, Role.TOOL_DEFINITION})
_BY_TRUST = {Trust.EXTERNAL: Zone.EXTERNAL, Trust.USER: Zone.USER, Trust.MODEL: Zone.ANSWER}


def zone_of(segment: Segment) -> Zone | None:
    """Return the zone of ``segment``; None for the operator's own words."""
    return Zone.EXTERNAL if segment.role in _OUTSIDE else _BY_TRUST.get(segment.trust)
