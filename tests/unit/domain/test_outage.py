from dataclasses import replace
from typing import Any

import pytest

from redoubt.domain.limits import Limit, LimitScope, LimitUnit
from redoubt.domain.outage import hindrances, identity_grace, outage
from redoubt.domain.settings import AuditSettings, ServerSettings, Settings, StoreSettings, WhenUnavailable


def settings(policy: WhenUnavailable, grace: float | None = None, **store: Any) -> Settings:
    return Settings(
        audit=AuditSettings(when_unavailable=policy, wait_seconds=20),
        store=StoreSettings(identity_grace_seconds=grace, **store),
    )


@pytest.mark.parametrize(
    ("policy", "said", "grace"),
    [
        (WhenUnavailable.REFUSE, None, 0),
        (WhenUnavailable.WAIT, None, 20),
        (WhenUnavailable.SPOOL, None, 3600),
        (WhenUnavailable.REFUSE, 5, 5),
        (WhenUnavailable.WAIT, 0, 0),
        (WhenUnavailable.SPOOL, 7.5, 7.5),
    ],
)
def test_the_grace_is_what_was_said_else_what_the_policy_needs(
    policy: WhenUnavailable, said: float | None, grace: float
) -> None:
    of = settings(policy, said)
    assert identity_grace(of) == grace
    assert ("revocation" in outage(of)) == bool(grace)
    assert policy is WhenUnavailable.REFUSE or bool(hindrances(of)) != bool(grace)


def test_limits_that_are_counted_in_the_database_hinder() -> None:
    of = settings(WhenUnavailable.SPOOL)
    limit = Limit("all", LimitScope.ALL, LimitUnit.CONCURRENT, 5)
    assert len(hindrances(replace(of, limits=(limit,)))) == 1
    assert len(hindrances(replace(of, server=ServerSettings(per_minute=10)))) == 1
    assert hindrances(replace(of, server=ServerSettings(per_minute=0))) == ()
    with_redis = settings(WhenUnavailable.SPOOL, redis_url="redis://r")
    assert hindrances(replace(with_redis, limits=(limit,))) == ()
