"""What can be told of limits and prices from the configuration alone."""

from collections.abc import Iterator

from redoubt import compose
from redoubt.domain.errors import RedoubtError
from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Unpriced
from redoubt.domain.settings import Settings
from redoubt.surfaces.cli.check import FAIL, OK, WARN, Check


def limits(settings: Settings) -> Iterator[Check]:
    """Yield what `redoubt doctor` and `redoubt limits check` say of limits."""
    counted = len(settings.limits)
    where = "in Redis; days and months in the database" if settings.store.redis_url else "in the database"
    yield Check("limits", OK, f"{counted} in [[limits]]" + (f", counted {where}" if counted else ""))
    shadow = [limit.id for limit in settings.limits if limit.shadow]
    if shadow:
        yield Check(
            "limits in shadow", WARN, f"{', '.join(shadow)}: counted, not enforced", "remove shadow = true"
        )
    yield from _prices(settings)
    yield from _redis(settings)


def _prices(settings: Settings) -> Iterator[Check]:
    by_cost = [limit for limit in settings.limits if limit.unit is LimitUnit.COST]
    prices = settings.price_list
    if not by_cost:
        return
    if not prices.prices:
        refuses = settings.prices.unpriced is Unpriced.REFUSE
        yield Check(
            "prices",
            FAIL if refuses else WARN,
            f"limit '{by_cost[0].id}' counts cost, and no model has a price: "
            + ("its requests are refused" if refuses else "it counts nothing"),
            "name a file of prices in [prices] file",
        )
        return
    yield Check(
        "prices", OK, f"{len(prices.prices)} in {settings.prices.file}, {prices.currency or 'no currency'}"
    )
    unpriced = [name for name in _names(settings, by_cost) if compose.prices(settings).of(name) is None]
    if unpriced:
        does = "is refused" if settings.prices.unpriced is Unpriced.REFUSE else "costs nothing there"
        yield Check(
            "models without a price",
            WARN,
            f"{', '.join(unpriced)}: what is so called {does} under '{by_cost[0].id}'",
            f"add them to {settings.prices.file}",
        )


def _names(settings: Settings, by_cost: list[Limit]) -> list[str]:
    """Return names of models that the configuration writes out whole, in upstreams and in limits on cost; globs name none."""
    said = [model for upstream in settings.upstreams for model in upstream.models]
    said += [
        m for limit in by_cost for scope, globs in limit.match if scope is LimitScope.MODEL for m in globs
    ]
    return sorted({name for name in said if not set(name) & set("*?[")})


def _redis(settings: Settings) -> Iterator[Check]:
    if not settings.store.redis_url:
        return
    try:
        lasting = compose.redis_keeps(settings)
    except RedoubtError as error:
        yield Check("redis", FAIL, str(error), "start it, or mend [store] redis_url")
        return
    if lasting:
        yield Check("redis", OK, "it answers, and keeps what it counts on disk")
    else:
        yield Check(
            "redis",
            WARN,
            "it answers, and forgets what it counts when it restarts: limits then refuse until their period is over",
            "set appendonly yes, and maxmemory-policy noeviction",
        )
