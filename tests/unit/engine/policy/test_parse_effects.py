"""What policy says of links, promises and topics."""

import pytest

from redoubt.compose import profile
from redoubt.domain.errors import ConfigError
from redoubt.engine.policy.model import Policy
from redoubt.engine.policy.parse import parse_policy


def parsed(text: str) -> Policy:
    known = frozenset({"commitment", "commitment.price", "pii"})
    return parse_policy(text.encode(), "p.toml", groups={}, categories=known, profile=profile)[0]


def test_what_is_not_said_is_empty_or_everything() -> None:
    policy = parsed("")
    assert policy.links == ()
    assert policy.commitments.topics == ("price", "refund", "discount", "legal", "delivery")
    assert not policy.topics


def test_hosts_promises_and_topics_are_read() -> None:
    policy = parsed(
        "[links]\nallow = ['*.ACME.example', 'localhost']\n"
        "[commitments]\nallow = ['refund within 30 days']\ntopics = ['price']\n"
        "[topics]\nallow = ['banking']\ndeny = ['medical advice']\nthreshold = 0.6\n"
    )
    assert policy.links == ("*.acme.example", "localhost")
    assert policy.commitments.allow == ("refund within 30 days",)
    assert policy.commitments.topics == ("price",)
    assert (policy.topics.allow, policy.topics.deny, policy.topics.threshold) == (
        ("banking",),
        ("medical advice",),
        0.6,
    )
    assert policy.topics


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[links]\nallow=['https://acme.example/']", r"\$\.links\.allow\[0\]: .* is not a host"),
        ("[links]\nallow=['*']", "is not a host"),
        ("[links]\nallow=['a.*.example']", "is not a host"),
        ("[links]\ndeny=['a.example']", "deny"),
        ("[commitments]\ntopics=['prices']", r"\$\.commitments\.topics\[0\]: must be one of price"),
        ("[commitments]\nallow=['refund']", r"\$\.commitments\.allow\[0\]: .*two words"),
        ("[topics]\nthreshold=1.5", r"\$\.topics\.threshold"),
        ("[topics]\nallow=[' ']", r"\$\.topics: a topic may not be empty"),
    ],
)
def test_what_is_wrong_is_said_by_place(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        parsed(text)


def test_what_is_extended_is_added_to() -> None:
    base = b"[links]\nallow=['a.example']\n[topics]\ndeny=['war']\nthreshold=0.7"
    policy, _ = parse_policy(
        b"extends='x'\n[links]\nallow=['b.example']\n[topics]\nallow=['peace']",
        "p.toml",
        groups={},
        categories=frozenset(),
        profile=lambda _: base,
    )
    assert policy.links == ("a.example", "b.example")
    assert (policy.topics.allow, policy.topics.deny, policy.topics.threshold) == (("peace",), ("war",), 0.7)


@pytest.mark.parametrize(
    ("categories", "concerned"),
    [("['commitment']", True), ("['commitment.price']", True), ("['']", True), ("['pii']", False)],
)
def test_nobody_looks_for_what_no_rule_asks_for(categories: str, concerned: bool) -> None:
    policy = parsed(f"[[rules]]\nid='r'\ncategories={categories}\naction='flag'")
    assert policy.concerns("commitment") is concerned
