import pytest

from redoubt.domain.principal import Principal, built_in
from redoubt.domain.rights import (
    ACTIONS,
    ADMIN,
    ALL,
    EVERYWHERE,
    NONE,
    ROLES,
    Grant,
    Limits,
    Right,
    Rights,
    resolve,
)


def test_every_action_of_every_role_is_in_the_table() -> None:
    for name, actions in ROLES.items():
        assert set(actions) <= ACTIONS.keys(), name
        assert len(set(actions)) == len(actions), name
    assert resolve((Grant(ADMIN),), {}) == ALL


def test_nothing_is_allowed_that_was_not_granted() -> None:
    assert Principal("a", "a").rights == NONE
    assert not any(NONE.allow(action) or NONE.somewhere(action) for action in ACTIONS)


@pytest.mark.parametrize(
    ("place", "allowed"),
    [
        ({"app": "shop", "upstream": "openai", "model": "gpt-5"}, True),
        ({"app": "shop", "upstream": "openai", "model": "gpt-5", "collection": "docs"}, True),
        ({"app": "shop", "upstream": "openai", "model": "gpt-5-mini"}, False),
        ({"app": "shop", "upstream": "azure", "model": "gpt-5"}, False),
        ({"app": "press", "upstream": "openai", "model": "gpt-5"}, False),
        ({"app": "shop", "upstream": "openai"}, False),
        ({}, False),
    ],
)
def test_limits_are_names_and_no_patterns(place: dict[str, str], allowed: bool) -> None:
    rights = resolve(
        (Grant("user", Limits("shop", "openai", "gpt-5")), Grant("user", Limits(model="gpt-*"))), {}
    )
    assert rights.allow("model.call", **place) == allowed
    assert not rights.allow("text.inspect", **place)


def test_a_built_in_role_is_replaced_by_none_of_ones_own() -> None:
    own = {"user": ("audit.reveal",), "support": ("audit.read", "no.such.action")}
    assert resolve((Grant("user"),), own) == built_in("user")
    assert resolve((Grant("support"),), own).held == {Right("audit.read", EVERYWHERE)}


def test_limits_cover_what_lies_within_them() -> None:
    wide, narrow = Limits(app="shop"), Limits(app="shop", model="m")
    assert wide.cover(narrow)
    assert not narrow.cover(wide)
    assert not wide.cover(EVERYWHERE)
    assert Rights(frozenset({Right("model.call", wide)})).missing(built_in("user")) is not None


@pytest.mark.parametrize(
    ("tenant", "administrator", "seen"),
    [
        ("default", True, {"default", "local", "acme"}),
        ("default", False, {"default", "local"}),
        ("acme", True, {"acme"}),
        ("local", True, {"local"}),
    ],
)
def test_whose_records_are_there(tenant: str, administrator: bool, seen: set[str]) -> None:
    who = Principal("a", "a", tenant=tenant, roles=("admin",), administrator=administrator)
    assert {each for each in ("default", "local", "acme") if who.sees(each)} == seen


def test_for_which_applications_an_action_may_be_done() -> None:
    def apps(*limits: Limits) -> tuple[str, ...] | None:
        return Rights(frozenset(Right("audit.read", each) for each in limits)).apps("audit.read")

    assert apps(Limits(app="b"), Limits(app="a"), Limits(app="c", model="m")) == ("a", "b")
    assert apps(Limits(app="b"), EVERYWHERE) is None
    assert apps(Limits(model="m"), Limits(upstream="u")) == apps() == ()


def test_only_a_trusted_application_names_the_subject() -> None:
    assert Principal("svc", "a", end_user="eu_1").subject == "svc"
    assert Principal("svc", "a", end_user="eu_1", trusted=True).subject == "eu_1"
    assert Principal("svc", "a", trusted=True).subject == "svc"
