"""Runs the tests that live in a policy file, through the same engine as every exchange."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from redoubt.domain.exchange import Segment
from redoubt.engine.policy.model import Situation
from redoubt.engine.policy.parse import PolicyTest
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.rewrite import Rewriter, rule_prompt


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How one test went."""

    name: str
    complaints: tuple[str, ...]
    """Empty where it passed. The texts of a policy's tests are the operator's own, so they may be quoted."""

    @property
    def passed(self) -> bool:
        """Tell whether all was as expected."""
        return not self.complaints


def rehearse(inspector: Inspector, tests: Sequence[PolicyTest]) -> Iterator[Rehearsal]:
    """Yield the result of each test, in order."""
    for test in tests:
        yield Rehearsal(test.name, tuple(_complaints(inspector, test)))


def _complaints(inspector: Inspector, test: PolicyTest) -> Iterator[str]:
    segment = Segment(test.text, test.role, test.trust)
    where = Situation(
        direction=test.direction,
        app=test.app,
        principal_roles=frozenset({test.principal_role}),
        model=test.model,
    )
    rewriter = Rewriter(
        key=bytes(32), hash_key=bytes(32), style=inspector.policy.pseudonyms, texts=(test.text,)
    )
    ruled = rule_prompt(inspector, where, (segment,), rewriter)
    decision = ruled.outcome
    output = ruled.safe[0].text
    found = sorted({o.finding.category for _, d in ruled.decisions for o in d.obligations})
    if decision != test.decision:
        yield f"decision is {decision}, expected {test.decision} (found: {', '.join(found) or 'nothing'})"
    if test.categories is not None and found != sorted(set(test.categories)):
        yield f"found {', '.join(found) or 'nothing'}; expected {', '.join(test.categories) or 'nothing'}"
    if test.output is not None and output != test.output:
        yield f"output is {output!r}, expected {test.output!r}"
    for piece in test.not_in_output:
        if piece in output:
            yield f"output still holds {piece!r}"
