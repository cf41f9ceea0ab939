import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

import pytest

from redoubt.domain.errors import LimitError
from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period, Unpriced
from redoubt.domain.principal import Principal
from redoubt.services.limits import split
from redoubt.services.limits.book import LimitBook, described, own_limits, server_limits
from redoubt.services.limits.counters import Tier
from redoubt.services.limits.interface import NOTHING, Ask, RefusedError, UnpricedError
from redoubt.services.limits.memory import MemoryCounters
from tests.limiting import Clock

REQUESTS, TOKENS, COST = LimitUnit.REQUESTS, LimitUnit.TOKENS, LimitUnit.COST


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def book(*limits: Limit, clock: Clock | None = None, **more: Any) -> LimitBook:
    ids = itertools.count()
    return LimitBook(limits, MemoryCounters(clock or Clock()), random=lambda n: next(ids).to_bytes(n), **more)


def principal(*limits: tuple[str, int], id: str = "key_a", app: str = "shop") -> Principal:
    return Principal(id=id, name="a", app=app, limits=limits)


def limit(unit: LimitUnit, amount: int, scope: LimitScope = LimitScope.ALL, **more: Any) -> Limit:
    return Limit("l", scope, unit, amount, **{"per": Period.DAY, **more})


def taken(limits: LimitBook, who: Principal, tries: int, model: str | None = None, ask: Ask = Ask()) -> int:  # noqa: B008
    count = 0
    for _ in range(tries):
        try:
            run(limits.reserve(who, model, ask))
            count += 1
        except LimitError:
            pass
    return count


def test_a_keys_own_limit_lets_the_whole_amount_through_at_once_and_no_more() -> None:
    assert taken(book(), principal(("minute", 7)), 20) == 7


def test_the_said_wait_is_exactly_enough() -> None:
    clock = Clock()
    limits, who = book(clock=clock), principal(("second", 4))
    assert taken(limits, who, 10) == 4
    with pytest.raises(LimitError) as refused:
        run(limits.reserve(who, None, Ask()))
    clock.now += refused.value.retry_after - 0.002
    assert taken(limits, who, 1) == 0
    clock.now += 0.003
    assert taken(limits, who, 1) == 1


def test_all_limits_or_none() -> None:
    clock = Clock()
    limits, who = book(clock=clock), principal(("second", 100), ("minute", 2))
    assert taken(limits, who, 50) == 2
    clock.now += 30.0
    assert taken(limits, who, 50) == 1, "refused requests took nothing from either limit"


def test_keys_do_not_share_and_the_default_holds() -> None:
    limits = book(default=own_limits((("second", 3),)))
    assert taken(limits, principal(id="key_a"), 9) == 3
    assert taken(limits, principal(id="key_b"), 9) == 3


def test_zero_means_no_limit() -> None:
    assert taken(book(default=own_limits((("second", 0),))), principal(), 500) == 500
    assert taken(book(default=own_limits((("second", 1),))), principal(("second", 0)), 500) == 500


@pytest.mark.parametrize(
    ("scope", "shared"),
    [(LimitScope.ALL, True), (LimitScope.APP, True), (LimitScope.KEY, False), (LimitScope.PRINCIPAL, False)],
)
def test_each_scope_has_its_own_count(scope: LimitScope, shared: bool) -> None:
    limits = book(limit(REQUESTS, 3, scope))
    assert taken(limits, principal(id="key_a"), 9) == 3
    assert taken(limits, principal(id="key_b"), 9) == (0 if shared else 3)
    assert taken(limits, principal(id="key_c", app="press"), 9) == (0 if scope is LimitScope.ALL else 3)


def test_an_app_of_another_tenant_is_another_one_and_a_key_is_known_by_its_own_id() -> None:
    limits = book(limit(REQUESTS, 2, LimitScope.APP), Limit("k", LimitScope.KEY, REQUESTS, 1, Period.DAY))
    for tenant in ("default", "acme"):
        for key in ("key_1", "key_2"):
            who = Principal("svc_a", "a", "shop", tenant, credential=f"{key}_{tenant}")
            assert taken(limits, who, 3) == 1
    assert taken(limits, Principal("svc_b", "b", "shop", "acme", credential="key_3"), 3) == 0


def test_a_limit_on_models_waits_for_the_model_and_does_not_tell_capitals_apart() -> None:
    limits = book(limit(REQUESTS, 3, LimitScope.MODEL))
    assert taken(limits, principal(), 9) == 9, "the model is not known yet"
    assert taken(limits, principal(), 9, "gpt-x") == 3
    assert taken(limits, principal(), 9, "GPT-X") == 0
    assert taken(limits, principal(), 9, "gpt-y") == 3


def test_match_says_what_a_limit_is_about() -> None:
    about = ((LimitScope.APP, ("shop", "press-*")), (LimitScope.MODEL, ("gpt-*",)))
    limits = book(limit(REQUESTS, 1, match=about))
    assert taken(limits, principal(app="other"), 5, "gpt-x") == 5
    assert taken(limits, principal(app="shop"), 5, "claude") == 5
    assert taken(limits, principal(app="press-1"), 5, "gpt-x") == 1
    assert taken(limits, principal(app="shop"), 5, "gpt-x") == 0, "all that it is about share one count"


def test_tokens_are_reserved_and_settled_by_what_was_used() -> None:
    limits = book(limit(TOKENS, 100))
    reservation = run(limits.reserve(principal(), "m", Ask(1, 90)))
    with pytest.raises(RefusedError, match=r"limit 'l': 100 tokens per day in all; wait"):
        run(limits.reserve(principal(), "m", Ask(1, 20)))
    run(limits.settle(reservation, Ask(1, 30)))
    assert run(limits.uses(principal(), "m"))[0].standing.left == 70


def test_it_knows_whether_it_must_be_told_what_an_exchange_may_come_to() -> None:
    requests = limit(LimitUnit.REQUESTS, 5), limit(LimitUnit.CONCURRENT, 5)
    assert not book().measures
    assert not book(*requests).measures
    assert book(*requests, limit(LimitUnit.TOKENS, 5)).measures
    assert book(limit(LimitUnit.COST, 5)).measures


def test_more_can_be_reserved_for_an_exchange_under_way() -> None:
    limits = book(limit(TOKENS, 100), Limit("r", LimitScope.MODEL, REQUESTS, 1, Period.DAY))
    first = run(limits.reserve(principal(), "m", Ask(1, 60)))
    second = run(limits.more(first, Ask(0, 40)))
    with pytest.raises(RefusedError):
        run(limits.more(first, Ask(0, 1)))
    run(limits.settle(second, NOTHING))
    assert [use.standing.left for use in run(limits.uses(principal(), "m"))] == [40, 0]


def test_what_never_fits_is_told_apart() -> None:
    with pytest.raises(RefusedError) as refused:
        run(book(limit(TOKENS, 100)).reserve(principal(), "m", Ask(1, 101)))
    assert refused.value.never
    assert "101 tokens" in str(refused.value)


def test_a_model_without_a_price() -> None:
    limits = book(limit(COST, 100), limit(TOKENS, 10))
    with pytest.raises(UnpricedError, match="no price"):
        run(limits.reserve(principal(), "m", Ask(1, 5, None)))
    assert taken(limits, principal(), 9, "m", Ask(1, 5, 1)) == 2, "the refused one took nothing"
    lenient = book(limit(COST, 100), unpriced=Unpriced.IGNORE)
    assert [each.id for each in run(lenient.reserve(principal(), "m", Ask(1, 5, None))).unpriced] == ["l"]


def test_a_shadow_limit_on_cost_refuses_no_model_without_a_price() -> None:
    assert taken(book(limit(COST, 100, shadow=True)), principal(), 3, "m", Ask(1, 5, None)) == 3


def test_places_are_held_until_settled_and_kept_meanwhile() -> None:
    clock = Clock()
    limits = book(limit(LimitUnit.CONCURRENT, 1, per=None), clock=clock)
    reservation = run(limits.reserve(principal(), "m", Ask()))
    for _ in range(10):
        clock.now += 20
        run(limits.keep())
        assert taken(limits, principal(), 1, "m") == 0
    run(limits.settle(reservation, Ask()))
    assert taken(limits, principal(), 1, "m") == 1


def test_changing_the_amount_keeps_the_count_and_changing_the_period_does_not() -> None:
    counters = MemoryCounters(Clock())

    def left(**more: Any) -> int:
        limits = LimitBook((limit(REQUESTS, **more),), counters, random=bytes)
        taken(limits, principal(), 4)
        standing: int = run(limits.uses(principal(), ""))[0].standing.left
        return standing

    assert left(amount=10) == 6
    assert left(amount=20) == 12
    assert left(amount=20, per=Period.HOUR) == 16


def test_limits_are_described_in_words() -> None:
    assert described(limit(COST, 2_500_000, LimitScope.APP)) == "2.5 of cost per day for each app"
    assert described(limit(LimitUnit.CONCURRENT, 4, per=None)) == "4 exchanges at the same time in all"


def test_many_tokens_or_sessions_of_one_principal_count_as_one_key() -> None:
    limits = book(limit(REQUESTS, 3, LimitScope.KEY))
    who = [Principal("usr_a", "a", credential=f"{kind}_{n}") for n in range(5) for kind in ("jwt", "ses")]
    assert sum(taken(limits, each, 1) for each in who) == 3
    keys = [Principal("svc_a", "a", credential=f"key_{n}") for n in range(5)]
    assert sum(taken(limits, each, 9) for each in keys) == 15


def test_who_gives_its_place_back_while_places_are_kept_does_not_keep_it() -> None:
    async def scenario() -> None:
        limits, who = book(Limit("seats", LimitScope.ALL, LimitUnit.CONCURRENT, 1)), principal()
        reservation = await limits.reserve(who, "m", Ask())
        await asyncio.gather(limits.keep(), limits.settle(reservation, NOTHING))
        await limits.reserve(who, "m", Ask())

    asyncio.run(scenario())


def test_what_nobody_set_is_counted_in_the_process_alone() -> None:
    own, theirs = server_limits(None, None), server_limits(5, 0)
    assert [(limit.amount, limit.local) for limit in own] == [(50, True), (1500, True)]
    assert [(limit.amount, limit.local) for limit in theirs] == [(5, False)]
    assert [split.shared(limit) for limit in (*own, *theirs)] == [Tier.LOCAL, Tier.LOCAL, Tier.LASTING]
    assert [split.with_redis(limit) for limit in (*own, *theirs)] == [Tier.LOCAL, Tier.LOCAL, Tier.QUICK]
    assert [split.alone(limit) for limit in (*own, *theirs)] == [Tier.LOCAL] * 3
