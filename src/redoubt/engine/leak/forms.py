"""All forms of a text in which the operator's words are looked for: as written, with its words respelled, and every view."""

from collections.abc import Callable, Iterator

from redoubt.engine.detect.views.expand import encoded, expand
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.leak.respelled import respelled

Map = Callable[[int, int], tuple[int, int]]
"""From a non-empty span of a form to the span of the text it was made from."""


def forms(text: str, reasons: Reasons) -> Iterator[tuple[str, str, Map]]:
    """Yield (name, form, map) for each; the text as written has no name. Raises InputError as `expand` does."""
    yield "", text, _same
    for name, form in respelled(text):
        yield name, form, _same
    found = reasons.found(encoded(text))
    if found:
        for view in expand(text, found, reasons):
            yield view.name, view.text, view.origin


def _same(start: int, end: int) -> tuple[int, int]:
    return start, end
