"""What is erased is gone from the files, for everybody; what is held stays; the tree does not move."""

import asyncio
import base64
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.fingerprints import SqlFingerprints
from redoubt.adapters.sql.forgetting import SqlForgetting
from redoubt.adapters.sql.scrubbing import COPIES
from redoubt.adapters.sql.tables import LOCK_SPACE, SEQUENCER
from redoubt.adapters.sql.vault import SqlVault
from redoubt.domain.errors import HeldError
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.pseudonym import Alias
from redoubt.domain.settings import Durability
from redoubt.pipeline.forgetting import Eraser
from redoubt.services.audit.forgetting import Hold
from redoubt.services.audit.interface import StoredEntry
from redoubt.services.audit.kek import KekRing, LocalKek
from redoubt.services.audit.search import Query
from redoubt.services.audit.tree import Frontier, leaf_hash
from redoubt.services.vault.interface import Scope
from tests.servers import Postgres, new_postgres

NOW = 1795600000.0  # 25 November 2026
YEAR = 365 * 86_400.0
KEK, SUBJECTS = LocalKek("master", b"k" * 32), b"s" * 32
ANNS, BOBS = "the words that Ann wrote, äöü", "the words that Bob wrote"
MARK = b"m" * 16
ANN, BOB = (
    Scope("default", "shop", "key_a/ann", "s", "ann"),
    Scope("default", "shop", "key_a/bob", "s", "bob"),
)


@dataclass
class Place:
    """A database, and where its files lie."""

    engine: Engine
    files: Path

    def holds(self, needle: bytes) -> list[str]:
        """Return the names of the files with ``needle`` in them."""
        return [str(f) for f in self.files.rglob("*") if f.is_file() and needle in f.read_bytes()]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL whose files hold nothing but what is written here: they are read through to the end."""
    made = new_postgres()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        files, url = tmp_path, ""
    else:
        server: Postgres = request.getfixturevalue("server")
        files, url = server.data, server.database()
    engine = open_database(url, tmp_path, Durability.PROCESS)
    yield Place(engine, files)
    engine.dispose()


def audit_log(engine: Engine, random: Callable[[int], bytes] = os.urandom) -> SqlAuditLog:
    return SqlAuditLog(engine, keks=KekRing(KEK), subject_key=SUBJECTS, random=random)


def eraser(engine: Engine) -> Eraser:
    clock = lambda: NOW  # noqa: E731
    return Eraser(
        SqlForgetting(engine, subject_key=SUBJECTS, clock=clock),
        SqlVault(engine, master=b"v" * 32, ttl=60.0, clock=clock),
        SqlFingerprints(engine, clock=clock),
        lambda _tenant, subject: subject.encode().ljust(16, b"."),
    )


def said(who: str, words: str, n: int = 0, at: float = NOW) -> Entry:
    records = (FindingRecord(Finding("secret.key", "r", 0, 1), "/p", "flag", MARK),)
    return Entry(
        f"ex_{who}_{n}", "prompt", at, "key_a", "shop", "default", who, "allow", findings=records, text=words
    )


async def entries(log: SqlAuditLog) -> dict[str, StoredEntry]:
    return {s.entry.exchange: s async for s in log.read(limit=1000, reveal=True)}


def root(engine: Engine) -> bytes:
    """Compute the tree anew from the bytes of the entries."""
    tree = Frontier()
    with engine.connect() as connection:
        bodies = select(schema.entries.c.body).order_by(schema.entries.c["index"])
        for body in connection.execute(bodies).scalars():
            tree = tree.append(leaf_hash(body))
    return tree.root()


def hold(subject: str, until: float | None = None) -> Hold:
    return Hold(f"hold_{secrets.token_hex(8)}", "default", subject, "a lawsuit", "key_admin", NOW, until)


def test_after_an_erasure_no_byte_of_the_text_can_be_read(place: Place) -> None:
    drawn: list[bytes] = []

    def random(size: int) -> bytes:
        drawn.append(secrets.token_bytes(size))
        return drawn[-1]

    if place.engine.dialect.name == "postgresql":
        _keep_no_log(place.engine)

    async def scenario() -> None:
        log, eraser_ = audit_log(place.engine, random), eraser(place.engine)
        for n in range(40):
            await log.append(said("ann", f"{ANNS} {n}", n))
            await log.append(said("bob", f"{BOBS} {n}", n))
        for scope, value in ((ANN, ANNS), (BOB, BOBS)):
            await eraser_.vault.save(scope, (Alias("<X_1>", value, "pii.email"),))
            await eraser_.fingerprints.note(
                scope.subject.encode() * 5, [MARK], scope.subject.encode().ljust(16, b".")
            )
        before = await log.head()
        with place.engine.connect() as connection:
            anns = (
                schema.data_keys.c.subject
                == select(schema.entries.c.subject)
                .where(schema.entries.c.exchange == "ex_ann_0")
                .scalar_subquery()
            )
            wrapped = connection.execute(select(schema.data_keys.c.wrapped).where(anns)).scalar_one()
            hidden = connection.execute(select(schema.aliases.c.sealed)).scalars().all()
        assert place.holds(wrapped), "the test must be able to see a key"

        done = await eraser_.erase("default", "ann", "key_admin")

        assert (done.keys, done.entries, done.aliases, done.fingerprints) == (1, 40, 1, 1)
        if place.engine.dialect.name == "sqlite":
            assert done.remains == ()
        else:
            assert done.remains == (COPIES,)
        assert place.holds(wrapped) == []
        for form in (ANNS.encode(), ANNS.encode("utf-16-le"), ANNS.encode("utf-16-be")):
            for needle in (form, form.hex().encode(), base64.b64encode(form).rstrip(b"=")[:-2]):
                assert place.holds(needle) == []
        unwrapped = KEK.unwrap(wrapped)
        assert unwrapped in drawn
        assert place.holds(unwrapped) == []
        assert sum(sealed in place_bytes for sealed in hidden for place_bytes in _tables(place)) <= 1, (
            "Bob's alone"
        )

        stored = await entries(log)
        assert all(s.forgotten and not s.entry.text for x, s in stored.items() if "_ann_" in x)
        assert all(s.entry.text.startswith(BOBS) for x, s in stored.items() if "_bob_" in x)
        assert await log.head() == before
        assert root(place.engine) == before.root
        assert await eraser_.vault.load(ANN) == ()
        assert len(await eraser_.vault.load(BOB)) == 1
        found = [s.entry.subject async for s in log.search(Query(marks=(MARK,)), limit=1000)]
        assert set(found) == {"bob"}
        assert len([s async for s in log.search(Query(category="secret"), limit=1000)]) == 80
        await log.close()

    asyncio.run(scenario())


def _keep_no_log(engine: Engine) -> None:
    """Do what the operator is advised to: let PostgreSQL delete the write-ahead log that it needs no more, instead of using it again."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (
            "ALTER SYSTEM SET wal_recycle = off",
            "SELECT pg_reload_conf()",
            "SELECT pg_sleep(0.3)",
        ):
            connection.execute(text(statement))


def _tables(place: Place) -> list[bytes]:
    return [f.read_bytes() for f in place.files.rglob("*") if f.is_file() and "pg_wal" not in f.parts]


def test_a_gateway_that_goes_on_gets_a_new_key(place: Place) -> None:
    async def scenario() -> None:
        one, two = audit_log(place.engine), audit_log(place.engine)
        await one.append(said("ann", "before", 1))
        await two.append(said("ann", "before, too", 2))
        await eraser(place.engine).erase("default", "ann", "key_admin")
        await one.append(said("ann", "after", 3))
        await two.append(said("ann", "after, too", 4))
        stored = await entries(one)
        texts = {exchange: s.entry.text for exchange, s in stored.items()}
        assert texts == {"ex_ann_1": "", "ex_ann_2": "", "ex_ann_3": "after", "ex_ann_4": "after, too"}
        await one.close()
        await two.close()

    asyncio.run(scenario())


def test_a_hold_wins_until_it_is_released(place: Place) -> None:
    async def scenario() -> None:
        log, eraser_ = audit_log(place.engine), eraser(place.engine)
        await log.append(said("ann", "kept"))
        held = hold("ann")
        await eraser_.log.hold(held)
        assert await eraser_.log.holds() == (held,)
        with pytest.raises(HeldError, match="legal hold"):
            await eraser_.erase("default", "ann", "key_admin")
        assert (await eraser_.log.retire(NOW + 2 * YEAR, "gateway")).keys == 0
        assert (await entries(log))["ex_ann_0"].entry.text == "kept"
        assert await eraser_.log.release("default", "ann", "key_admin") == 1
        assert await eraser_.log.holds() == ()
        assert (await eraser_.erase("default", "ann", "key_admin")).entries == 1
        await log.close()

    asyncio.run(scenario())


def test_a_hold_ends_when_its_time_is_over(place: Place) -> None:
    async def scenario() -> None:
        log, eraser_ = audit_log(place.engine), eraser(place.engine)
        await log.append(said("ann", "kept"))
        await eraser_.log.hold(hold("ann", until=NOW - 1))
        assert await eraser_.log.holds() == ()
        assert (await eraser_.erase("default", "ann", "key_admin")).entries == 1
        await log.close()

    asyncio.run(scenario())


def test_months_that_are_past_lose_their_texts_but_for_who_is_held(place: Place) -> None:
    async def scenario() -> None:
        log, eraser_ = audit_log(place.engine), eraser(place.engine)
        old = NOW - YEAR - 31 * 86_400.0
        await log.append(said("ann", "old", 1, old))
        await log.append(said("ann", "new", 2))
        await log.append(said("bob", "old", 1, old))
        await eraser_.log.hold(hold("bob"))
        head = await log.head()
        done = await eraser_.log.retire(NOW - YEAR, "gateway")
        assert done.keys == 1
        texts = {x: s.entry.text for x, s in (await entries(log)).items()}
        assert texts == {"ex_ann_1": "", "ex_ann_2": "new", "ex_bob_1": "old"}
        found = [s.entry.exchange async for s in log.search(Query(marks=(MARK,)))]
        assert found == ["ex_bob_1", "ex_ann_2"]
        assert await log.head() == head
        assert (await eraser_.log.retire(NOW - YEAR, "gateway")).keys == 0
        await log.close()

    asyncio.run(scenario())


def test_who_is_known(place: Place) -> None:
    async def scenario() -> None:
        log, eraser_ = audit_log(place.engine), eraser(place.engine)
        assert not await eraser_.log.knows("default", "ann")
        await log.append(replace(said("ann", ""), findings=()))
        assert await eraser_.log.knows("default", "ann")
        assert not await eraser_.log.knows("default", "an")
        await log.close()

    asyncio.run(scenario())


def test_each_destruction_is_a_generation(place: Place) -> None:
    async def scenario() -> None:
        eraser_ = eraser(place.engine)
        before = await eraser_.log.generation()
        await eraser_.erase("default", "ann", "key_admin")
        assert await eraser_.log.generation() == before + 1

    asyncio.run(scenario())


def test_another_tenants_person_of_the_same_name_is_nobody_and_loses_nothing(place: Place) -> None:
    async def scenario() -> None:
        log, eraser_ = audit_log(place.engine), eraser(place.engine)
        hers = replace(said("ann", ANNS), tenant="other", exchange="ex_other")
        await log.append(said("ann", ANNS))
        assert not await eraser_.log.knows("other", "ann")
        assert (await eraser_.erase("other", "ann", "key_admin")).entries == 0
        await log.append(hers)
        assert await eraser_.log.knows("other", "ann")
        assert (await eraser_.erase("other", "ann", "key_admin")).entries == 1
        found = [s.entry.exchange async for s in log.search(Query(marks=(MARK,)))]
        assert found == ["ex_ann_0"], "hers alone is found by its value no more"
        assert (await entries(log))["ex_ann_0"].entry.text == ANNS
        await log.close()

    asyncio.run(scenario())


def test_fingerprints_that_go_are_a_generation_of_their_own(place: Place) -> None:
    """A gateway that looked again when the data keys went, and before the fingerprints did, must look once more."""

    async def scenario() -> None:
        eraser_ = eraser(place.engine)
        await eraser_.fingerprints.note(b"o" * 16, [MARK], b"ann".ljust(16, b"."))
        before = await eraser_.log.generation()
        assert await eraser_.fingerprints.forget(b"ann".ljust(16, b".")) == 1
        assert await eraser_.log.generation() > before

    asyncio.run(scenario())


def test_who_is_held_under_one_name_is_erased_under_none(place: Place) -> None:
    async def scenario() -> None:
        eraser_ = eraser(place.engine)
        await eraser_.log.hold(hold("eu_ann"))
        with pytest.raises(HeldError, match="nothing was erased"):
            await eraser_.refuse_held([("default", "ann"), ("default", "eu_ann")])
        await eraser_.refuse_held([("default", "ann"), ("other", "eu_ann")])
        await eraser_.log.release("default", "eu_ann", "key_admin")
        await eraser_.refuse_held([("default", "eu_ann")])

    asyncio.run(scenario())


@contextmanager
def sequenced_by_nobody(engine: Engine) -> Iterator[None]:
    """Have a gateway elected on PostgreSQL that does nothing: what is appended stays pending until somebody settles it."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_lock({LOCK_SPACE}, {SEQUENCER})"))
        yield
        connection.invalidate()


def test_what_came_late_into_the_log_loses_its_values_with_its_month(place: Place) -> None:
    async def scenario() -> None:
        log, eraser_ = audit_log(place.engine), eraser(place.engine)
        with sequenced_by_nobody(place.engine):
            await log.append(said("ann", ANNS, 0))
            await log.append(said("ann", ANNS, 1, NOW - YEAR))  # from a spool, say
            await log.append(said("bob", BOBS, 2, NOW - YEAR))
            await eraser_.log.hold(hold("bob"))
            assert (await eraser_.log.retire(NOW - YEAR / 2, "gateway")).keys == 1
        found = [s.entry.exchange async for s in log.search(Query(marks=(MARK,)))]
        assert found == ["ex_bob_2", "ex_ann_0"]
        await log.close()

    asyncio.run(scenario())
