"""Whom the gateway does not know is on record, once a second and cause; the credential is not."""

import asyncio

import pytest

from redoubt.domain.errors import IdentityError, ServiceError
from redoubt.surfaces.gateway import admission
from redoubt.surfaces.gateway.admission import MOST_ADDRESSES, Refusals
from tests.unit.surfaces.gateway.rig import Audit, run

NOBODY = IdentityError("who?", cause="unknown")
EXPIRED = IdentityError("who?", cause="expired", principal="svc_1", tenant="acme", credential="key_1")


def refusals(audit: Audit) -> Refusals:
    numbers = iter(range(10_000))
    return Refusals(audit, lambda: 5.0, lambda: f"ex_{next(numbers)}")


def test_the_first_is_recorded_at_once_and_the_others_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "SPAN", 0.02)
    audit = Audit()

    async def work() -> None:
        noted = refusals(audit)
        for n in range(1000):
            await noted.note(NOBODY, "ex_first", f"192.0.2.{n}")
            await noted.note(EXPIRED, "ex_other", "")
        assert [entry.note for entry in audit.entries] == ["unknown", "expired key_1"]
        await asyncio.sleep(0.05)
        assert [e.note for e in audit.entries[2:]] == ["unknown, 999 times", "expired key_1, 999 times"]
        await asyncio.sleep(0.05)
        await noted.note(NOBODY, "ex_later", "192.0.2.1")
        assert audit.entries[-1].note == "unknown", "after a while without any, the next is the first again"

    run(work())
    first, other, more, *_ = audit.entries
    assert (first.exchange, first.kind, first.decision, first.api) == (
        "ex_first",
        "admin",
        "deny",
        "identity.refused",
    )
    assert (first.principal, first.tenant, first.subject) == ("unknown", "default", "unknown")
    assert (other.principal, other.tenant, other.subject) == ("svc_1", "acme", "svc_1")
    assert "192.0.2.0" in first.text
    assert other.text == ""
    assert more.text.count("192.0.2.") == MOST_ADDRESSES


def test_many_tokens_of_one_principal_are_one_cause() -> None:
    """Who is shut out here, and gets as many tokens elsewhere as it likes, cannot fill the disk."""
    audit = Audit()

    async def work() -> None:
        noted = refusals(audit)
        for n in range(50):
            shut_out = IdentityError(
                "who?", cause="disabled", principal="usr_1", tenant="acme", credential=f"jwt_{n}"
            )
            await noted.note(shut_out, "ex_1", "")
        assert len(audit.entries) == 1
        await noted.aclose()

    run(work())


def test_what_was_only_counted_is_recorded_at_the_end() -> None:
    audit = Audit()

    async def work() -> None:
        noted = refusals(audit)
        for _ in range(3):
            await noted.note(NOBODY, "ex_1", "")
        await noted.aclose()

    run(work())
    assert [entry.note for entry in audit.entries] == ["unknown", "unknown, 2 times"]


def test_a_refusal_that_cannot_be_recorded_is_said_to_be() -> None:
    audit = Audit()
    audit.fails_at = "admin"

    async def work() -> None:
        with pytest.raises(ServiceError):
            await refusals(audit).note(NOBODY, "ex_1", "")

    run(work())
