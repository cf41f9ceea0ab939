from dataclasses import replace

import pytest

from redoubt.domain.decision import Action, Effect
from redoubt.domain.exchange import Direction, Role, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Scan
from redoubt.engine.policy.decide import FAILURE, NO_RULE, decide
from redoubt.engine.policy.model import Allowed, Match, Point, Policy, Rule, Situation

EMAIL = Finding("pii.email", "email", 0, 5, 0.9)
WEAK = Finding("pii.email", "email", 0, 5, 0.2)
KEY = Finding("secret.aws_access_key", "aws", 10, 20)
HERE = Situation()


def policy(*rules: Rule, on_failure: Action = Action.DENY) -> Policy:
    return Policy("p", "d", rules, on_failure=on_failure)


def rule(id: str, category: str, action: Action, **more: object) -> Rule:
    return Rule(id, (category,), action, **more)  # type: ignore[arg-type]


def test_the_strictest_action_wins_whatever_the_order() -> None:
    mild, strict = rule("mild", "pii", Action.MASK), rule("strict", "pii.email", Action.DENY)
    for rules in ((mild, strict), (strict, mild)):
        decision = decide(policy(*rules), Scan((EMAIL,)), HERE)
        assert decision.outcome == "deny"
        assert [(o.action, o.rule) for o in decision.obligations] == [(Action.DENY, "strict")]
        assert set(decision.reasons) == {"mild", "strict"}


def test_each_finding_has_its_own_action() -> None:
    decision = decide(
        policy(rule("a", "pii", Action.PSEUDONYMISE), rule("b", "secret", Action.REDACT)),
        Scan((EMAIL, KEY)),
        HERE,
    )
    assert [o.action for o in decision.obligations] == [Action.PSEUDONYMISE, Action.REDACT]
    assert (decision.effect, decision.outcome) == (Effect.ALLOW, "redact")


def test_what_no_rule_is_about_is_recorded_all_the_same() -> None:
    decision = decide(policy(), Scan((EMAIL,)), HERE)
    assert decision.outcome == "allow"
    assert [(o.action, o.rule) for o in decision.obligations] == [(Action.FLAG, NO_RULE)]


def test_confidence_below_the_rules_is_only_recorded() -> None:
    decision = decide(policy(rule("a", "pii", Action.DENY)), Scan((WEAK,)), HERE)
    assert decision.outcome == "allow"
    assert (
        decide(policy(rule("a", "pii", Action.DENY, confidence=0.1)), Scan((WEAK,)), HERE).outcome == "deny"
    )


@pytest.mark.parametrize(
    ("on_failure", "outcome"), [(Action.DENY, "deny"), (Action.HOLD, "hold"), (Action.FLAG, "allow")]
)
def test_a_detector_that_cannot_answer_means_what_policy_says(on_failure: Action, outcome: str) -> None:
    decision = decide(policy(on_failure=on_failure), Scan(failed=("rules",)), HERE)
    assert decision.outcome == outcome
    assert decision.errors == ("rules",)
    assert decision.reasons == (FAILURE,)


@pytest.mark.parametrize(
    ("match", "elsewhere"),
    [
        (Match(direction=frozenset({Direction.ANSWER})), {"direction": Direction.ANSWER}),
        (Match(roles=frozenset({Role.SYSTEM})), {"role": Role.SYSTEM}),
        (Match(trust=frozenset({Trust.EXTERNAL})), {"trust": Trust.EXTERNAL}),
        (Match(apps=frozenset({"shop"})), {"app": "shop"}),
        (Match(principal_roles=frozenset({"admin"})), {"principal_roles": frozenset({"admin", "user"})}),
        (Match(models=("gpt-*", "o3")), {"model": "gpt-5"}),
    ],
)
def test_each_way_to_choose_a_situation(match: Match, elsewhere: dict[str, object]) -> None:
    there = replace(HERE, **elsewhere)  # type: ignore[arg-type]
    chosen = policy(Rule("a", ("",), Action.DENY, match=match))
    assert decide(chosen, Scan((EMAIL,)), there).outcome == "deny"
    assert decide(chosen, Scan((EMAIL,)), HERE).outcome == "allow"
    spared = policy(Rule("a", ("",), Action.DENY, unless=match))
    assert decide(spared, Scan((EMAIL,)), there).outcome == "allow"
    assert decide(spared, Scan((EMAIL,)), HERE).outcome == "deny"


def test_allowed_values_are_compared_whole_and_by_category() -> None:
    known = Policy("p", "d", (), allowed=(Allowed("Support@Example.org", ("pii.email",)),))
    assert known.excuses("pii.email", "support@example.ORG")
    assert not known.excuses("pii.email", "xsupport@example.org")
    assert not known.excuses("secret.x", "support@example.org")


@pytest.mark.parametrize(
    ("point", "alarm", "outcome"),
    [
        (None, 0.9, "deny"),
        (Point.IN_100, 0.01, "deny"),
        (Point.IN_300, 0.01, "allow"),
        (Point.IN_300, 1 / 300, "deny"),
        (Point.IN_1000, 0.001, "deny"),
        (Point.IN_10000, 0.0001, "deny"),
        (Point.IN_10000, 0.00011, "allow"),
        (Point.IN_10000, None, "deny"),
    ],
)
def test_a_point_asks_for_what_is_rare_enough_and_for_what_a_rule_found(
    point: Point | None, alarm: float | None, outcome: str
) -> None:
    found = Finding("attack.injection", "guard-attack", 0, 5, 0.9, false_alarm=alarm)
    assert (
        decide(policy(rule("a", "attack", Action.DENY, point=point)), Scan((found,)), HERE).outcome == outcome
    )


def test_a_rule_is_not_about_what_it_leaves_out() -> None:
    strict = policy(rule("a", "pii", Action.DENY, excluded=("pii.location",)))
    for category, outcome in (
        ("pii.location", "allow"),
        ("pii.location.x", "allow"),
        ("pii.locations", "deny"),
    ):
        assert decide(strict, Scan((Finding(category, "x", 0, 5),)), HERE).outcome == outcome


def test_a_policy_tells_what_it_asks_about_before_anything_is_found() -> None:
    strict = policy(
        rule("a", "leak", Action.DENY, match=Match(direction=frozenset({Direction.ANSWER})), confidence=0.9),
        rule("b", "pii", Action.DENY, excluded=("pii.location",), point=Point.IN_1000),
    )
    answer = replace(HERE, direction=Direction.ANSWER)
    assert strict.asks_about("leak.other_person", answer)
    assert not strict.asks_about("leak.other_person", HERE)
    assert not strict.asks_about("leaks", answer)
    assert strict.asks_about("pii.email", HERE)
    assert not strict.asks_about("pii.location", HERE)
