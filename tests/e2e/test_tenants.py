"""What a tenant may see of the others, through a whole gateway: nothing."""

from typing import Any

import httpx2
import pytest

from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period
from redoubt.domain.rights import Grant, Limits
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from redoubt.surfaces.gateway.endpoints.audit import MAX_PAGES
from tests.e2e.rig import Door, House

HOURLY = Limit("hourly", LimitScope.KEY, LimitUnit.REQUESTS, 1000, Period.HOUR)


@pytest.fixture
def door(house: House) -> Door:
    return house.door(limits=(HOURLY,))


def made(door: Door, role: str, tenant: str) -> tuple[str, str, str]:
    """A secret, its key and its principal."""
    draft = PrincipalDraft(role, app="shop", tenant=tenant, grants=(Grant(role),))
    key = door.stores.directory.make_service(draft, KeyDraft(role))
    return key.secret, key.info.id, key.info.principal


def get(door: Door, secret: str, path: str, **query: Any) -> httpx2.Response:
    headers = {"authorization": f"Bearer {secret}"}
    return httpx2.get(f"{door.url}/redoubt/v1/{path}", params=query, headers=headers, timeout=30)


def test_nobody_sees_how_limits_stand_for_another_tenant(door: Door) -> None:
    _, ours, us = made(door, "developer", "default")
    theirs, key, they = made(door, "admin", "acme")
    for others in ({"key": ours}, {"principal": us}, {"key": key, "principal": us}):
        assert get(door, theirs, "limits", **others).status_code == 404
    for others in ({"key": key}, {"principal": they}, {"app": "shop"}):
        assert get(door, theirs, "limits", **others).status_code == 200
    assert get(door, door.admin, "limits", key=key).status_code == 200
    auditor, _, _ = made(door, "auditor", "default")
    assert get(door, auditor, "limits", key=key).status_code == 404
    assert get(door, auditor, "limits", key=ours, principal=us).status_code == 200


def test_a_search_does_not_tell_how_much_there_is_of_others(door: Door) -> None:
    """A page that says where to go on, and shows nothing, would."""
    secret, _, us = made(door, "developer", "default")
    for _ in range(MAX_PAGES + 5):
        assert get(door, secret, "audit").status_code == 403
    theirs, _, they = made(door, "admin", "acme")
    found = get(door, theirs, "audit/search", principal=us, limit=1)
    assert found.json() == {"entries": [], "next": None}
    assert get(door, theirs, "audit/search", principal=they, limit=1).json()["entries"]
    grants = (Grant("auditor", Limits(app="press")),)
    narrow = door.stores.directory.make_service(
        PrincipalDraft("n", app="press", grants=grants), KeyDraft("n")
    )
    assert get(door, narrow.secret, "audit/search", principal=us, limit=1).json() == found.json()
    assert get(door, door.admin, "audit/search", principal=us, limit=1).json()["entries"]
