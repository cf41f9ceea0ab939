"""Proofs and checkpoints, on every database: the log is one tree, and what contradicts a checkpoint is never signed."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.checkpoints import SqlCheckpoints
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.proving import SqlProver
from redoubt.domain.errors import InputError
from redoubt.domain.evidence import Entry
from redoubt.domain.settings import Durability
from redoubt.services.audit.checkpoint import Signer, open_checkpoint
from redoubt.services.audit.evidence import TamperedError
from redoubt.services.audit.kek import MASTER, KekRing, LocalKek
from redoubt.services.audit.notary import Notary
from redoubt.services.audit.note import parse_vkey
from redoubt.services.audit.proofs import extends, includes
from redoubt.services.audit.tree import Frontier, leaf_hash
from tests.unit.services.audit.witness import Witness

SIGNER = Signer(b"k" * 32, "logs.example/a")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = request.getfixturevalue("postgres").database() if request.param == "postgresql" else ""
    engine = open_database(url, tmp_path, Durability.PROCESS)
    yield engine
    engine.dispose()


def grow(engine: Engine, to: int) -> list[bytes]:
    """Append made-up entries; return the roots of all sizes."""
    tree, roots, rows = Frontier(), [Frontier().root()], []
    with engine.begin() as connection:
        have = connection.execute(select(func.count()).select_from(schema.entries)).scalar_one()
        for index in range(to):
            body = b'{"n":%d}' % index
            leaf = leaf_hash(body)
            tree = tree.append(leaf)
            roots.append(tree.root())
            if index >= have:
                exchange = f"ex_{index // 2}"
                row = (index, exchange, b"s" * 32, leaf, body, b"sealed")
                rows.append(dict(zip(schema.entries.c.keys(), row, strict=False)))
        if rows:
            connection.execute(insert(schema.entries), rows)
        connection.execute(update(schema.tree).values(size=to, frontier=tree.to_bytes()))
    return roots


def notary(engine: Engine, signer: Signer = SIGNER, witnesses: tuple[str, ...] = ()) -> Notary:
    keys = [parse_vkey(each) for each in witnesses]
    return Notary(signer, SqlProver(engine), SqlCheckpoints(engine), lambda: 1000.0, keys)


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def test_proofs_of_a_log_of_many_subtrees(engine: Engine) -> None:
    size = 70_000 if engine.dialect.name == "sqlite" else 3_000
    roots = grow(engine, size)

    async def scenario() -> None:
        prover = SqlProver(engine)
        assert (await prover.head()).root == roots[size] == await prover.root(size)
        for index in (0, 1, 255, 256, 2_047, size - 1):
            (entry,) = await prover.page(index, index + 1, texts=True)
            assert (entry.index, entry.sealed) == (index, b"sealed")
            assert includes(entry.leaf, index, size, await prover.inclusion(index, size), roots[size])
        for old in (0, 1, 255, 256, 257, 2_816, size):
            proof = await prover.consistency(old, size)
            assert extends(old, roots[old], size, roots[size], proof)
        assert await prover.indexes("ex_3", size, 10) == (6, 7)
        assert await prover.indexes("ex_3", 7, 10) == (6,)

    run(scenario)
    with engine.connect() as connection:
        kept = connection.execute(select(func.count()).select_from(schema.subtrees)).scalar_one()
    assert kept >= size // 256, "they are kept, so that the next proof is cheap"


def test_a_checkpoint_is_signed_once_for_a_size_and_again_when_the_log_grew(engine: Engine) -> None:
    roots = grow(engine, 5)

    async def scenario() -> None:
        one, two = notary(engine), notary(engine)
        first, fresh = await one.checkpoint()
        assert fresh
        assert open_checkpoint(first.note, [SIGNER.vkey]).checkpoint.root == roots[5]
        assert await two.checkpoint() == (first, False)
        grow(engine, 9)
        both = await asyncio.gather(one.checkpoint(), two.checkpoint())
        assert both[0][0] == both[1][0]
        assert sum(fresh for _, fresh in both) == 1, "of two gateways one signs, and both have the same note"
        assert await one.checkpoints.sizes() == [5, 9]

    run(scenario)


def test_what_was_recorded_is_in_the_next_checkpoint(engine: Engine) -> None:
    """Also where entries get their places later than they are recorded."""

    async def scenario() -> None:
        log = SqlAuditLog(engine, keks=KekRing(LocalKek(MASTER, b"k" * 32)), subject_key=b"s" * 32)
        asked = Notary(SIGNER, SqlProver(engine, log.head), SqlCheckpoints(engine), lambda: 1000.0)
        for size in (1, 2, 3):
            await log.append(Entry(f"ex_{size}", "prompt", 1.0, "p", "a", "t", "s", "allow", text="x"))
            assert (await asked.checkpoint())[0].size == size
            proofs, _ = await asked.prove_exchange(f"ex_{size}")
            assert [proof.index for proof in proofs] == [size - 1]
        await log.close()

    run(scenario)


def test_an_empty_log_has_a_checkpoint_too(engine: Engine) -> None:
    async def scenario() -> None:
        kept, _ = await notary(engine).checkpoint()
        assert kept.size == 0
        grow(engine, 3)
        assert (await notary(engine).checkpoint())[0].size == 3

    run(scenario)


def test_nothing_is_signed_of_a_log_that_shrank(engine: Engine) -> None:
    grow(engine, 9)
    run(lambda: _signed(engine, 9))
    with engine.begin() as connection:
        connection.execute(delete(schema.entries).where(schema.entries.c["index"] >= 5))
    grow(engine, 5)

    async def scenario() -> None:
        with pytest.raises(TamperedError, match="has 5 entries, and a checkpoint was signed of 9"):
            await notary(engine).checkpoint()

    run(scenario)


def test_a_copy_that_is_put_back_under_a_running_gateway_is_noticed(engine: Engine) -> None:
    """With its checkpoints it agrees with itself: the gateway must remember what it signed, and not sign a second log."""
    grow(engine, 5)
    asked = notary(engine)
    run(lambda: _signs(asked, 5))
    grow(engine, 9)
    run(lambda: _signs(asked, 9))
    with engine.begin() as connection:
        connection.execute(delete(schema.entries).where(schema.entries.c["index"] >= 5))
        connection.execute(delete(schema.checkpoints).where(schema.checkpoints.c.size > 5))
    grow(engine, 5)

    async def scenario() -> None:
        with pytest.raises(TamperedError, match="has 5 entries, and a checkpoint was signed of 9"):
            await asked.checkpoint()
        forked = b'{"n":"another"}'
        with engine.begin() as connection:
            row = (5, "ex_9", b"s" * 32, leaf_hash(forked), forked, b"sealed")
            connection.execute(insert(schema.entries), dict(zip(schema.entries.c.keys(), row, strict=False)))
            leaves = connection.scalars(select(schema.entries.c.leaf).order_by(schema.entries.c["index"]))
            tree = Frontier()
            for leaf in leaves:
                tree = tree.append(leaf)
        for index in range(6, 12):
            tree = tree.append(leaf_hash(b'{"n":%d}' % index))
        grow(engine, 12)
        with engine.begin() as connection:
            connection.execute(update(schema.tree).values(frontier=tree.to_bytes()))
        with pytest.raises(TamperedError, match="do not begin with the 9"):
            await asked.checkpoint()

    run(scenario)


async def _signs(asked: Notary, size: int) -> None:
    assert (await asked.checkpoint())[0].size == size


def test_nothing_is_signed_of_a_log_whose_past_was_changed(engine: Engine) -> None:
    grow(engine, 6)
    run(lambda: _signed(engine, 6))
    with engine.begin() as connection:
        connection.execute(
            update(schema.entries).where(schema.entries.c["index"] == 2).values(leaf=leaf_hash(b"another"))
        )
    grow(engine, 9)

    async def scenario() -> None:
        with pytest.raises(TamperedError, match="do not begin with the 6"):
            await notary(engine).checkpoint()

    run(scenario)


def test_nothing_is_signed_where_entries_and_tree_disagree(engine: Engine) -> None:
    """A consistency proof from a size that is a power of two takes the old root on trust: the leaves are looked at as well."""
    grow(engine, 2)
    run(lambda: _signed(engine, 2))
    with engine.begin() as connection:
        connection.execute(
            update(schema.entries).where(schema.entries.c["index"] == 0).values(leaf=b"x" * 32)
        )
    grow(engine, 4)

    async def scenario() -> None:
        with pytest.raises(TamperedError, match="do not give the root"):
            await notary(engine).checkpoint()

    run(scenario)


def test_a_missing_entry_is_named(engine: Engine) -> None:
    grow(engine, 6)
    with engine.begin() as connection:
        connection.execute(delete(schema.entries).where(schema.entries.c["index"] == 3))

    async def scenario() -> None:
        with pytest.raises(TamperedError, match="missing"):
            await notary(engine).checkpoint()
        with pytest.raises(TamperedError, match="entry 3 is missing"):
            await SqlProver(engine).page(0, 6, texts=False)

    run(scenario)


def test_a_kept_checkpoint_that_was_changed_is_not_believed(engine: Engine) -> None:
    grow(engine, 6)
    run(lambda: _signed(engine, 6))

    async def scenario() -> None:
        with pytest.raises(TamperedError, match="not signed by this installation's key"):
            await notary(engine, Signer(b"x" * 32, "logs.example/a")).checkpoint()
        with engine.begin() as connection:
            connection.execute(update(schema.checkpoints).values(root=b"r" * 32))
        with pytest.raises(TamperedError, match="was changed"):
            await notary(engine).checkpoint()

    run(scenario)


async def _signed(engine: Engine, size: int) -> None:
    assert (await notary(engine).checkpoint())[0].size == size


def test_entries_and_exchanges_are_proven_against_a_checkpoint(engine: Engine) -> None:
    roots = grow(engine, 300)

    async def scenario() -> None:
        asked = notary(engine)
        proofs, kept = await asked.prove_exchange("ex_100")
        assert kept.size == 300
        assert [proof.index for proof in proofs] == [200, 201]
        for proof in proofs:
            leaf = leaf_hash(b'{"n":%d}' % proof.index)
            checkpoint = open_checkpoint(proof.checkpoint, [SIGNER.vkey]).checkpoint
            assert checkpoint.root == roots[300]
            assert includes(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
        assert (await asked.prove_exchange("ex_nobody"))[0] == ()
        with pytest.raises(InputError, match="no entry 300"):
            await asked.prove([300])
        with engine.begin() as connection:
            connection.execute(update(schema.entries).where(schema.entries.c["index"] == 7).values(body=b"x"))
        with pytest.raises(TamperedError, match="entry 7"):
            await asked.prove([7])

    run(scenario)


def test_a_witness_says_its_word_once(engine: Engine) -> None:
    grow(engine, 4)
    one, two = Witness("witness.example/one", b"1" * 32), Witness("witness.example/two", b"2" * 32)

    async def scenario() -> None:
        asked = notary(engine, witnesses=(one.vkey, two.vkey))
        kept, _ = await asked.checkpoint()
        body = open_checkpoint(kept.signed, [SIGNER.vkey]).note.text
        await asked.cosign(4, one.cosign(body, 7))
        await asked.cosign(4, one.cosign(body, 8))
        cosigned = await asked.cosign(4, two.cosign(body, 9))
        assert cosigned.cosignatures == (one.cosign(body, 7), two.cosign(body, 9))
        assert open_checkpoint(cosigned.note, [SIGNER.vkey]).checkpoint.size == 4
        stranger = Witness("witness.example/three", b"3" * 32)
        for lines, said in (
            (stranger.cosign(body, 7), "no line is of a witness"),
            (one.cosign(body + "x", 7), "is wrong"),
            ("x\n", "a dash, a name"),
        ):
            with pytest.raises(InputError, match=said):
                await asked.cosign(4, lines)
        with pytest.raises(InputError, match="no checkpoint of that size"):
            await asked.cosign(3, one.cosign(body, 7))

    run(scenario)


def test_a_timestamp_is_kept_once(engine: Engine) -> None:
    grow(engine, 4)

    async def scenario() -> None:
        asked = notary(engine)
        await asked.checkpoint()
        assert await asked.checkpoints.latest(stamped=True) is None
        for token in (b"first", b"second"):
            await asked.checkpoints.add_timestamp(4, token)
        kept = await asked.checkpoints.latest(stamped=True)
        assert kept is not None
        assert kept.timestamp == b"first"

    run(scenario)
