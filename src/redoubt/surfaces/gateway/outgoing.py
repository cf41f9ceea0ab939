"""What of a request's head may go on to a provider."""

from redoubt.domain.decision import Action, Decision
from redoubt.domain.exchange import Segment
from redoubt.engine.policy.model import Situation
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.upstream import Headers


def harmless(headers: Headers, inspector: Inspector, where: Situation) -> Headers:
    """Return ``headers`` without those that hold what policy would not let pass in a prompt.

    A header is left out, not masked: half of an id is no id.
    """
    if _passes(inspector.inspect(together(headers), where)):
        return headers
    return tuple(
        (name, value) for name, value in headers if _passes(inspector.inspect(Segment(value), where))
    )


def together(headers: Headers) -> Segment:
    """Return all values as one text: a client's headers are the same each time, and what was scanned is remembered."""
    return Segment("\n".join(value for _, value in headers))


def _passes(decision: Decision) -> bool:
    return not decision.errors and all(duty.action is Action.FLAG for duty in decision.obligations)
