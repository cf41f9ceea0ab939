import pytest

from redoubt.compose import PROFILES, profile
from redoubt.domain.decision import Action
from redoubt.domain.errors import ConfigError
from redoubt.domain.exchange import Direction, Role, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Scan
from redoubt.engine.policy.decide import decide
from redoubt.engine.policy.model import Point, Policy, Situation
from redoubt.engine.policy.parse import PolicyTest, parse_policy

CATEGORIES = frozenset(
    {"secret", "secret.aws_access_key", "pii", "pii.email", "pii.us_ssn", "finance.card", "health"}
    | {"finance.card_security_code", "finance.card_expiry", "attack", "harm", "harm.profanity"}
    | {"pii.location", "pii.organisation"}
    | {"code.malicious", "code.active", "leak.exfiltration", "commitment", "topic.denied", "topic.off"}
    | {"leak.system_prompt"}
)
GROUPS = {"identity_number": ("pii.us_ssn",)}


def parsed(text: str) -> tuple[Policy, tuple[PolicyTest, ...]]:
    return parse_policy(text.encode(), "p.toml", groups=GROUPS, categories=CATEGORIES, profile=profile)


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_compiles(name: str) -> None:
    policy, _ = parsed(profile(name).decode())
    assert policy.name == name
    assert policy.version == f"{name}@{policy.digest}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "[[rules]]\nid='a'\ncategories=['secret']\naction='explode'",
            r"\$\.rules\[0\]\.action: must be one of flag",
        ),
        ("[[rules]]\ncategories=['secret']\naction='deny'", r"\$\.rules\[0\]\.id"),
        ("[[rules]]\nid='a'\ncategories=[]\naction='deny'", r"\$\.rules\[0\]\.categories"),
        ("[[rules]]\nid='a'\ncategories=['secrte']\naction='deny'", "no category 'secrte'"),
        (
            "[[rules]]\nid='a'\ncategories=['@nope']\naction='deny'",
            "no group '@nope'; there are @identity_number",
        ),
        ("[[rules]]\nid='a'\ncategories=['secret']\naction='deny'\nconfidence=1.5", "between 0 and 1"),
        (
            "[[rules]]\nid='a'\ncategories=['secret']\naction='deny'\nprincipal_roles='devloper'",
            r"\$\.rules\[0\]\.principal_roles: nobody has the role 'devloper'",
        ),
        (
            "[[rules]]\nid='a'\ncategories=['secret']\naction='deny'\nunless={principal_roles=['root']}",
            r"\$\.rules\[0\]\.unless\.principal_roles",
        ),
        ("[[rules]]\nid='a'\ncategories=['secret']\naction='deny'\nunless={}", "unless: is empty"),
        ("[[rules]]\nid='a'\ncategories=['secret']\naction='deny'\nroel='user'", "roel"),
        ("[[rules]]\nid='a'\ncategories=['secret']\naction='deny'\nroles='boss'", "boss"),
        ("[[rules]]\nid='a'\ncategories=['']\naction='flag'\n" * 2, "two rules are called 'a'"),
        ("[[rules]]\nid='a'\ncategories=['pii']\nexcept=['pii.x']\naction='deny'", r"\$\.rules\[0\]\.except"),
        ("[[rules]]\nid='a'\ncategories=['pii']\nexcept=['']\naction='deny'", "except: .* use `disable`"),
        ("[[rules]]\nid='a'\ncategories=['pii']\npoint='1-in-7'\naction='deny'", "1-in-7"),
        ("[[rules]]\nid='a'\ncategories=['pii']\nexcluded=['pii.email']\naction='deny'", "excluded"),
        ("extends='nope'", "no policy profile 'nope'"),
        ("extends='balanced'\ndisable=['nope']", "'nope', which balanced has not"),
        ("on_failure='allow'", "must be one of deny, hold, flag"),
        ("uninspectable='maybe'", "maybe"),
        ("surprise=1", "surprise"),
        ("rules=1", "rules"),
        ("= 1", "not TOML"),
        ("[[tests]]\nname='t'\ntext='x'\ndecision='perhaps'", r"\$\.tests\[0\]\.decision"),
        ("x = " + "[" * 100_000, "p.toml"),
    ],
)
def test_what_is_wrong_is_said_by_place(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        parsed(text)
    assert str(refused.value).startswith(("p.toml", "there is no policy profile"))


def test_a_policy_that_is_not_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="not UTF-8 at byte 1"):
        parse_policy(b"a\xff", "p.toml", groups={}, categories=CATEGORIES, profile=profile)


def test_extending_replaces_by_id_adds_and_switches_off() -> None:
    base, _ = parsed(profile("balanced").decode())
    policy, _ = parsed(
        """
        extends = "balanced"
        name = "ours"
        disable = ["personal-data"]
        [[rules]]
        id = "secrets"
        categories = ["secret"]
        action = "hold"
        [[rules]]
        id = "health-stays"
        categories = ["health"]
        action = "deny"
        """
    )
    actions = {rule.id: rule.action for rule in policy.rules}
    assert actions["secrets"] is Action.HOLD
    assert actions["health-stays"] is Action.DENY
    assert "personal-data" not in actions
    assert set(actions) == {r.id for r in base.rules} - {"personal-data"} | {"health-stays"}
    assert policy.digest != base.digest


def test_groups_are_resolved_and_one_word_may_stand_for_a_list() -> None:
    policy, _ = parsed(
        """
        [[rules]]
        id = "a"
        categories = ["@identity_number"]
        action = "deny"
        direction = "answer"
        apps = "shop"
        """
    )
    (rule,) = policy.rules
    assert rule.categories == ("pii.us_ssn",)
    assert rule.applies(Situation(direction=Direction.ANSWER, app="shop"))
    assert not rule.applies(Situation(direction=Direction.PROMPT, app="shop"))
    assert not rule.applies(Situation(direction=Direction.ANSWER, app="shop2"))


def test_any_change_to_what_is_extended_changes_the_digest() -> None:
    mine = b'extends = "base"'

    def digest(base: str) -> str:
        policy, _ = parse_policy(
            mine, "p", groups=GROUPS, categories=CATEGORIES, profile=lambda _: base.encode()
        )
        return policy.digest

    assert digest("on_failure = 'deny'") != digest("on_failure = 'hold'")


def test_a_circle_is_noticed() -> None:
    with pytest.raises(ConfigError, match="circle"):
        parse_policy(
            b"extends='x'", "p", groups=GROUPS, categories=CATEGORIES, profile=lambda _: b"extends='x'"
        )


def test_points_and_exceptions_are_read() -> None:
    policy, _ = parsed(
        """
[[rules]]
id = "a"
categories = ["pii"]
except = ["pii.email", "@identity_number"]
point = "1-in-1000"
action = "deny"

[[rules]]
id = "b"
categories = ["harm"]
point = "1-in-100"
confidence = 0.7
action = "flag"
"""
    )
    first, second = policy.rules
    assert (first.point, first.excluded) == (Point.IN_1000, ("pii.email", "pii.us_ssn"))
    assert (first.confidence, second.confidence) == (0.0, 0.7), "a point says how sure is sure enough"


def _becomes(profile_name: str, category: str, alarm: float, where: Situation) -> Action:
    policy, _ = parsed(profile(profile_name).decode())
    found = Finding(category, "guard", 0, 9, 0.3, false_alarm=alarm)
    return decide(policy, Scan((found,)), where).obligations[0].action


_OUTSIDE = Situation(trust=Trust.EXTERNAL, role=Role.TOOL_RESULT)
_FILE = Situation(trust=Trust.USER, role=Role.DOCUMENT)
_ANSWER = Situation(Direction.ANSWER, Role.ASSISTANT, Trust.MODEL)


@pytest.mark.parametrize(
    ("category", "alarm", "where", "balanced", "strict"),
    [
        ("attack.jailbreak", 0.003, Situation(), Action.DENY, Action.DENY),
        ("attack.jailbreak", 0.005, Situation(), Action.FLAG, Action.FLAG),
        ("attack.injection", 0.003, _OUTSIDE, Action.REDACT, Action.DENY),
        ("attack.injection", 0.005, _OUTSIDE, Action.FLAG, Action.FLAG),
        ("attack.injection", 0.003, _FILE, Action.REDACT, Action.DENY),
        ("harm.threat", 0.001, Situation(), Action.DENY, Action.DENY),
        ("harm.threat", 0.001, _ANSWER, Action.DENY, Action.DENY),
        ("harm.threat", 0.003, _ANSWER, Action.FLAG, Action.DENY),
        ("harm.profanity", 0.0001, _ANSWER, Action.FLAG, Action.DENY),
        ("harm.violence", 0.0001, _OUTSIDE, Action.FLAG, Action.FLAG),
        ("harm.violence", 0.0001, _FILE, Action.FLAG, Action.FLAG),
    ],
)
def test_what_becomes_of_what_the_models_say(
    category: str, alarm: float, where: Situation, balanced: Action, strict: Action
) -> None:
    assert _becomes("balanced", category, alarm, where) is balanced
    assert _becomes("strict", category, alarm, where) is strict
    assert _becomes("monitor", category, alarm, where) is Action.FLAG


def test_places_and_organisations_are_recorded_and_persons_stood_in_for() -> None:
    policy, _ = parsed(profile("balanced").decode())
    for category, action in (
        ("pii.location", Action.FLAG),
        ("pii.organisation", Action.FLAG),
        ("pii.person", Action.PSEUDONYMISE),
    ):
        found = Finding(category, "guard-names", 0, 9, 0.9, inferred=True)
        assert decide(policy, Scan((found,)), Situation()).obligations[0].action is action


def test_a_policy_names_the_roles_of_ones_own_that_its_rules_are_about() -> None:
    policy, _ = parsed(
        """
        own_roles = ["support"]
        [[rules]]
        id = "a"
        categories = ["secret"]
        action = "deny"
        principal_roles = "user"
        unless = {principal_roles = ["support", "auditor"]}
        """
    )
    [rule] = policy.rules
    for roles, applies in (
        ({"user"}, True),
        ({"user", "developer"}, True),
        ({"developer"}, False),
        ({"user", "support"}, False),
        (set(), False),
    ):
        assert rule.applies(Situation(principal_roles=frozenset(roles))) == applies
