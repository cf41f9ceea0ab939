"""One request and the limits: reserved before, corrected on the way, settled after, however it ends."""

from collections.abc import Awaitable, Iterable

from redoubt.domain.errors import OverdueError, ServiceError, UpstreamError
from redoubt.domain.exchange import Usage
from redoubt.domain.limits import Limit, Price
from redoubt.domain.principal import Principal
from redoubt.services.limits.estimate import prompt_tokens, text_tokens
from redoubt.services.limits.interface import (
    Ask,
    RefusedError,
    Reservation,
    UnpricedError,
    Use,
    units,
)
from redoubt.surfaces.gateway import limit_headers
from redoubt.surfaces.gateway.answering import Answering
from redoubt.surfaces.gateway.asked import FREE, MOST_TOKENS, data_bytes, goes_on_alone, longest_answer
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.limit_notes import REFUSED, SHADOW, UNCOUNTED, UNPRICED
from redoubt.surfaces.gateway.problems import complain
from redoubt.surfaces.gateway.routes import Purpose, Route
from redoubt.surfaces.gateway.wire.interface import WireRequest

_REFUSALS, _UNITS = "redoubt_limits_refused", "redoubt_limits_units"
NO_TIME = 504
"""Status of a provider that took too long: it may have said, and billed, all that it was asked for."""


class Meter:
    """What one request takes. `admit` first, `begin` once it is read, `forward` where it is sent, `close` at the end."""

    __slots__ = (
        "_alone",
        "_answering",
        "_complete",
        "_data",
        "_gateway",
        "_input",
        "_output",
        "_parts",
        "_price",
        "_reserved",
        "_said",
        "_sent",
        "_unknown",
        "_usage",
        "_who",
    )

    def __init__(self, gateway: Gateway, who: Principal, answering: Answering | None = None) -> None:
        """``answering`` gets the headers that tell how the limits stand."""
        self._gateway = gateway
        self._who = who
        self._answering = answering
        self._reserved: list[Reservation] = []
        self._price: Price | None = None
        self._data = self._parts = 0
        self._input = self._output = 0
        self._said = 0
        self._alone = False
        self._complete = False
        self._sent = False
        self._unknown = True
        self._usage: Usage | None = None

    async def admit(self) -> None:
        """Count the request, before anything of its body is read. Raises RefusedError, ServiceError."""
        await self._reserve(self._gateway.limits.reserve(self._who, None, Ask()))

    async def begin(self, route: Route, request: WireRequest, size: int) -> None:
        """Reserve what a request of ``size`` bytes may come to; raises RefusedError, RightsError, ServiceError."""
        ask, gateway = Ask(), self._gateway
        if gateway.limits.measures and route.purpose is Purpose.CALL and route.codec.api not in FREE:
            settings = gateway.settings
            self._price = gateway.prices.of(request.model)
            default = (
                self._price.max_output_tokens if self._price else 0
            ) or settings.estimates.output_tokens
            self._parts = len(request.uninspectable) + bool(request.chain)
            self._data = data_bytes(request.body, request.uninspectable)
            self._output = longest_answer(route.codec.api, request.body, default)
            self._alone = goes_on_alone(route.codec.api, request.body)
            self._input = self._tokens(size)
            ask = self._ask(self._input, self._output)
        await self._reserve(gateway.limits.reserve(self._who, request.model, ask))

    async def forward(self, size: int) -> None:
        """Take note that the request is sent, now ``size`` bytes long; reserve what masking has added. Raises as `begin` does."""
        if self._input and (more := self._tokens(size) - self._input) > 0:
            before, after = self._ask(self._input, self._output), self._ask(self._input + more, self._output)
            cost = None if after.cost is None or before.cost is None else after.cost - before.cost
            await self._reserve(self._gateway.limits.more(self._reserved[-1], Ask(0, more, cost)))
            self._input += more
        self._sent = True

    def answered(self, usage: Usage, *, complete: bool, billed: bool = True) -> None:
        """Take the provider's count; ``complete``: the answer came to its end, ``billed``: it is one that costs anything."""
        if not billed:
            usage, self._alone = Usage(0, 0), False
        self._usage, self._complete = usage, complete

    def said(self, size: int) -> None:
        """Take note of so many bytes of answer, for where the provider has not counted them."""
        self._said = max(self._said, size)

    def failed(self, error: Exception) -> None:
        """Take note of why there was no answer. Unless the provider failed, it may have said, and billed, all of it unseen."""
        self._unknown = isinstance(error, OverdueError) or (
            isinstance(error, UpstreamError) and error.status == NO_TIME
        )

    async def close(self) -> None:
        """Settle. Nothing is raised: what cannot be settled stays counted as it was reserved."""
        used = self._used()
        reserved, self._reserved = self._reserved, []
        for number, reservation in enumerate(reserved):
            part = _share(used, reservation.ask, last=number == len(reserved) - 1)
            used = Ask(0, used.tokens - part.tokens, (used.cost or 0) - (part.cost or 0))
            try:
                came_to = Ask(reservation.ask.requests, part.tokens, part.cost)
                await self._gateway.limits.settle(reservation, came_to)
            except ServiceError as error:
                complain("a reservation could not be settled and stays counted", error)
            self._count(reservation, part, "settled")

    def _used(self) -> Ask:
        """Return what the exchange came to."""
        if not self._sent:
            return Ask(1, 0, 0)
        usage = self._usage
        if usage is None:
            return self._ask(self._input, self._output if self._unknown else 0)
        put = self._input if usage.input_tokens is None else usage.input_tokens
        return self._ask(put, self._got(usage.output_tokens)) if self._input else Ask(1, 0, 0)

    def _got(self, told: int | None) -> int:
        """Return the tokens of the answer, of which the provider ``told`` so many."""
        if told is not None and self._complete:
            return told
        if self._alone:
            return self._output
        # A stream that broke off has counted the first of its tokens at most.
        return max(told or 0, text_tokens(self._gateway.settings.estimates, self._said))

    def _tokens(self, size: int) -> int:
        return prompt_tokens(self._gateway.settings.estimates, max(1, size - self._data), self._parts)

    def _ask(self, put: int, got: int) -> Ask:
        put, got = min(max(0, put), MOST_TOKENS), min(max(0, got), MOST_TOKENS)
        return Ask(1, put + got, self._price.cost(put, got) if self._price else None)

    async def _reserve(self, reserving: Awaitable[Reservation]) -> None:
        try:
            reservation = await reserving
        except RefusedError as error:
            self._note(REFUSED, (error.refusal.limit,), "refused")
            self._note(SHADOW, error.refusal.over, "shadow")
            self._tell(error.refusal.uses)
            raise
        except UnpricedError as error:
            self._note(UNPRICED, (error.limit,), "unpriced")
            raise
        self._reserved.append(reservation)
        self._note(SHADOW, reservation.over, "shadow")
        self._note(UNCOUNTED, reservation.unpriced, "uncounted")
        self._count(reservation, reservation.ask, "reserved")
        if uses := [use for each in self._reserved for use in each.uses]:
            self._tell(uses)

    def _note(self, action: str, limits: tuple[Limit, ...], mode: str) -> None:
        for limit in limits:
            self._gateway.limit_notes.add(action, limit.id, self._who)
            self._gateway.metrics.count(_REFUSALS, limit.id, mode)

    def _count(self, reservation: Reservation, ask: Ask, what: str) -> None:
        for use in reservation.uses:
            self._gateway.metrics.count(_UNITS, use.limit.id, what, by=units(use.limit, ask))

    def _tell(self, uses: Iterable[Use]) -> None:
        answering = self._answering
        if answering is not None:
            answering.limits = limit_headers.standing(answering.codec.api, tuple(uses), self._gateway.clock())


def _share(used: Ask, reserved: Ask, *, last: bool) -> Ask:
    """Return what of ``used`` one of several reservations is for; the last one has the rest."""
    if last:
        return used
    return Ask(used.requests, min(used.tokens, reserved.tokens), min(used.cost or 0, reserved.cost or 0))
