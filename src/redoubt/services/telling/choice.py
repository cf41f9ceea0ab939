"""Which entries a sink wants."""

from collections.abc import Sequence

from redoubt.domain.evidence import Entry
from redoubt.domain.telling import SinkSettings
from redoubt.services.telling.interface import Told
from redoubt.services.telling.severity import severity


def chosen(batch: Sequence[Told], of: SinkSettings) -> tuple[Told, ...]:
    """Return what of ``batch`` the filters of a sink let through, in order."""
    return tuple(told for told in batch if wants(of, told.entry))


def wants(of: SinkSettings, entry: Entry) -> bool:
    """Tell whether an entry passes all filters of a sink."""
    return (
        (not of.kinds or entry.kind in of.kinds)
        and (not of.decisions or entry.decision in of.decisions)
        and severity(entry) >= of.least_severity
    )
