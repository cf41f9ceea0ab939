"""The decision itself: a pure function of what was found, the policy, and the situation."""

from redoubt.domain.decision import Action, Decision, Effect, Obligation
from redoubt.engine.detect.interface import Scan
from redoubt.engine.policy.model import EFFECT_OF, Policy, Situation

FAILURE = "on_failure"
"""Stands among the reasons of a decision to which a detector that could not answer contributed."""
NO_RULE = "-"
"""Stands where a rule's id would, for a finding that no rule of the policy is about: it is recorded, no more."""

_ALLOW = Decision()


def decide(policy: Policy, scan: Scan, where: Situation) -> Decision:
    """Fold findings and failures into one decision.

    Every rule that applies is asked; for each finding the strictest action wins, and for the exchange the strictest effect. So one more
    rule, or a stricter one, can never make a decision milder.
    """
    if not scan.findings and not scan.failed:
        return _ALLOW
    effect = Effect.ALLOW
    reasons: dict[str, None] = {}
    obligations: list[Obligation] = []
    rules = policy.applying(where)
    for finding in scan.findings:
        action, by = Action.FLAG, NO_RULE
        for rule in rules:
            if rule.asks_for(finding):
                reasons[rule.id] = None
                if by is NO_RULE or rule.action > action:
                    action, by = rule.action, rule.id
        obligations.append(Obligation(finding, action, by))
        effect = max(effect, EFFECT_OF.get(action, Effect.ALLOW))
    if scan.failed:
        effect = max(effect, EFFECT_OF.get(policy.on_failure, Effect.ALLOW))
        reasons[FAILURE] = None
    order = [rule.id for rule in rules if rule.id in reasons] + [FAILURE] * (FAILURE in reasons)
    return Decision(effect, tuple(obligations), tuple(order), scan.failed)
