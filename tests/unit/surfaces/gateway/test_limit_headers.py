from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period
from redoubt.services.limits.counters import Standing
from redoubt.services.limits.interface import Use
from redoubt.surfaces.gateway.limit_headers import standing, without_theirs


def use(
    amount: int, left: int, reset_ms: int = 0, *, unit: LimitUnit = LimitUnit.REQUESTS, shadow: bool = False
) -> Use:
    limit = Limit(f"l{amount}", LimitScope.KEY, unit, amount, Period.DAY, shadow=shadow)
    return Use(limit, Standing(left, 0, reset_ms))


def test_the_tightest_limit_is_told_in_openais_form() -> None:
    uses = [
        use(100, 40),
        use(10, 3, 3_725_001),
        use(5, 1, shadow=True),
        use(900, -7, 61_000, unit=LimitUnit.TOKENS),
    ]
    assert dict(standing("openai.chat", uses, 0)) == {
        b"x-ratelimit-limit-requests": b"10",
        b"x-ratelimit-remaining-requests": b"3",
        b"x-ratelimit-reset-requests": b"1h2m6s",
        b"x-ratelimit-limit-tokens": b"900",
        b"x-ratelimit-remaining-tokens": b"0",
        b"x-ratelimit-reset-tokens": b"1m1s",
    }


def test_anthropics_form_and_googles_silence() -> None:
    uses = [use(10, 3, 1500)]
    assert dict(standing("anthropic.messages", uses, 1_795_608_000))[
        b"anthropic-ratelimit-requests-reset"
    ] == (b"2026-11-25T12:00:02Z")
    assert standing("gemini.generate", uses, 0) == ()


def test_a_providers_own_limits_are_left_out_and_nothing_else() -> None:
    theirs = ((b"x-ratelimit-limit-requests", b"9"), (b"anthropic-ratelimit-tokens-limit", b"9"))
    assert without_theirs((*theirs, (b"request-id", b"r"))) == ((b"request-id", b"r"),)
