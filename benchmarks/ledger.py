"""The ledger: what it costs to append to the log, to prove an entry, to verify an export."""

import argparse
import asyncio
import gc
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from sqlalchemy import Engine

from redoubt.adapters.evidence.export import write_export
from redoubt.adapters.evidence.folder import verify_folder
from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.checkpoints import SqlCheckpoints
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.proving import SqlProver
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.settings import Durability
from redoubt.services.audit.checkpoint import Signer
from redoubt.services.audit.kek import MASTER, KekRing, LocalKek
from redoubt.services.audit.notary import Notary

APPENDERS = 64
"""Exchanges under way at once: a prompt's entry, then an answer's."""
SUBJECTS = 200


@dataclass(frozen=True, slots=True)
class Bench:
    """What the measurers share."""

    folder: Path
    exchanges: int
    """How many are appended before anything is measured about the log."""
    url: str = ""
    """An empty database on PostgreSQL to append to as well; empty: none."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    value: str


Measurer = Callable[[Bench], Sequence[Figure]]


def run(options: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks ledger")
    parser.add_argument("--exchanges", type=int, default=20_000, help="how many to append")
    parser.add_argument("--url", default="", help="an empty database on PostgreSQL to append to as well")
    chosen = parser.parse_args(options)
    print("| ledger | |\n| --- | --- |")
    with TemporaryDirectory() as folder:
        for measure in MEASURERS:
            for figure in measure(Bench(Path(folder), chosen.exchanges, chosen.url)):
                print(f"| {figure.what} | {figure.value} |", flush=True)


def append(bench: Bench) -> Sequence[Figure]:
    """Append through the real log, committed to disk, many exchanges at once."""
    figures = _appended(bench, "", "SQLite")
    return (*figures, *_appended(bench, bench.url, "PostgreSQL")) if bench.url else figures


def _appended(bench: Bench, url: str, where: str) -> Sequence[Figure]:
    engine = open_database(url, bench.folder, Durability.DISK)

    async def load() -> tuple[float, float]:
        log = SqlAuditLog(engine, keks=KekRing(LocalKek(MASTER, b"k" * 32)), subject_key=b"s" * 32)
        # Made beforehand: to make them is the caller's work, not the log's.
        exchanges = iter([(entry(n, "prompt"), entry(n, "answer")) for n in range(bench.exchanges)])
        gc.collect()
        gc.freeze()  # nor is it the log's to look through them, again and again, for what may go

        async def appender() -> None:
            for prompt, answer in exchanges:
                await log.append(prompt)
                await log.append(answer)

        began, cpu = perf_counter(), process_time()
        await asyncio.gather(*(appender() for _ in range(APPENDERS)))
        await log.close()
        seconds, cpu = perf_counter() - began, process_time() - cpu
        gc.unfreeze()
        return seconds, cpu

    seconds, cpu = asyncio.run(load())
    engine.dispose()
    each = cpu / bench.exchanges * 1e6
    return (
        Figure(f"append, {where}, {APPENDERS} at once: CPU an exchange (two entries)", f"{each:.1f} us"),
        Figure(f"append, {where}: exchanges a second", f"{bench.exchanges / seconds:,.0f}"),
    )


def prove(bench: Bench) -> Sequence[Figure]:
    """Sign a checkpoint of the whole log, then prove entries one by one."""
    engine = open_database("", bench.folder, Durability.DISK)
    notary = _notary(engine)

    async def work() -> tuple[float, float]:
        began = process_time()
        kept, _ = await notary.checkpoint()
        signed = process_time() - began
        began = process_time()
        for _ in range(100):
            await notary.prove([secrets.randbelow(kept.size)])
        return signed, (process_time() - began) / 100

    signed, each = asyncio.run(work())
    engine.dispose()
    size = 2 * bench.exchanges
    return (
        Figure(f"first checkpoint of {size:,} entries, CPU", f"{signed * 1e3:.0f} ms"),
        Figure(f"inclusion proof out of {size:,} entries, CPU", f"{each * 1e3:.1f} ms"),
    )


def verify(bench: Bench) -> Sequence[Figure]:
    """Export the whole log with its texts, and verify it."""
    engine = open_database("", bench.folder, Durability.DISK)
    notary, out = _notary(engine), bench.folder / "export"
    began = process_time()
    kept = asyncio.run(write_export(notary, out, start=0, texts=True, tell=lambda _done, _of: None))
    exported = process_time() - began
    engine.dispose()
    began = process_time()
    verdict = verify_folder(out, notary.vkey, (), lambda _done: None)
    seconds = process_time() - began
    if verdict.fault is not None or verdict.entries != kept.size:
        raise RuntimeError("the export does not verify")
    return (
        Figure("export with texts: entries a second of CPU", f"{kept.size / exported:,.0f}"),
        Figure("verify with texts: entries a second, one core", f"{verdict.entries / seconds:,.0f}"),
    )


MEASURERS: tuple[Measurer, ...] = (append, prove, verify)
"""In the order in which they run; each may use what those before left in the folder."""


def entry(number: int, kind: str) -> Entry:
    """Return an entry as a chat of two findings leaves it."""
    found = tuple(
        FindingRecord(Finding(category, "rule", 10, 30, 0.95), "/messages/3/content", "pseudonymise")
        for category in ("pii.email", "pii.phone")
    )
    return Entry(
        exchange=f"ex_{number:032x}",
        kind=kind,
        at=1_790_000_000.0 + number / 1000,
        principal=f"key_{number % 17:016x}",
        app="shop",
        tenant="default",
        subject=f"person-{number % SUBJECTS}",
        decision="redact",
        upstream="openai",
        model="gpt-5-mini",
        api="openai.chat",
        policy="balanced@0123456789abcdef",
        findings=found,
        input_tokens=812,
        output_tokens=120,
        latency_ms=734.5,
        text='[{"role":"user","text":"' + "Please tell me where my order is. " * 30 + '"}]',
    )


def _notary(engine: Engine) -> Notary:
    signer = Signer(b"k" * 32, "bench.example/log")
    return Notary(signer, SqlProver(engine), SqlCheckpoints(engine), lambda: 0.0)
