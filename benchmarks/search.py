"""How long a search of the audit log takes: a million entries, on SQLite and on PostgreSQL.

``python -m benchmarks search [--entries N]``. The entries are written straight into the tables; what is measured is the port's `search`.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, text
from tests.servers import new_postgres

from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.reading import SqlReader
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.domain.settings import Durability
from redoubt.services.audit.canonical import canonical
from redoubt.services.audit.kek import KekRing, LocalKek
from redoubt.services.audit.search import Query, Traits, marks, row, traits

BEGIN, STEP = 1_780_000_000.0, 7.0
"""Of the first entry; seconds from one to the next: a million are 81 days."""
MARK, RARE = b"m" * 16, 99_991
KEY = b"k" * 32
COLUMNS = {
    "audit_entries": ("index", "exchange", "subject", "leaf", "body", "sealed"),
    "audit_search": (
        "index",
        "at_us",
        "tenant",
        "subject",
        "principal",
        "app",
        "traits",
    ),
    "audit_marks": ("mark", "index"),
    "audit_traits": ("term", "traits"),
}
TYPES = {
    "audit_entries": ("int8", "varchar", "bytea", "bytea", "bytea", "bytea"),
    "audit_search": ("int8",) * 7,
    "audit_marks": ("int8", "int8"),
    "audit_traits": ("int8", "int8"),
}


def entries(count: int) -> Iterator[Entry]:
    """Yield made-up entries: one in ten with an e-mail address, one in a hundred with a key, a few with one and the same."""
    drawn = random.Random(7)
    for n in range(count):
        found: tuple[FindingRecord, ...] = ()
        if n % 10 == 0:
            found = (
                FindingRecord(Finding("pii.email", "email", 3, 9, 0.9), "/p", "redact", drawn.randbytes(16)),
            )
        elif n % 100 == 1:
            mark = MARK if n % RARE < 100 else drawn.randbytes(16)
            found = (FindingRecord(Finding("secret.aws_access_key", "aws", 3, 23), "/p", "redact", mark),)
        yield Entry(
            f"ex_{n // 2:032x}",
            "answer" if n % 2 else "prompt",
            BEGIN + n * STEP,
            f"key_{drawn.randrange(1000):016x}",
            f"app-{drawn.randrange(20)}",
            "default",
            f"eu_{drawn.randrange(50_000):032x}",
            "redact" if found else "allow",
            "openai",
            f"model-{drawn.randrange(8)}",
            "openai.chat",
            findings=found,
        )


def rows(batch: list[tuple[int, Entry]], known: set[Traits]) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the tables hold of some entries; ``known`` are the traits that they hold already, and learns the new ones."""
    had = [traits(entry, KEY) for _, entry in batch]
    new = set(had) - known
    known |= new
    return {
        "audit_entries": [(n, e.exchange, bytes(32), bytes(32), canonical(e, b""), b"") for n, e in batch],
        "audit_search": [(n, *row(e, each.number)) for (n, e), each in zip(batch, had, strict=True)],
        "audit_marks": [(mark, n) for n, e in batch for mark in marks(e)],
        "audit_traits": [(term, each.number) for each in new for term in each.terms],
    }


def fill(engine: Engine, count: int) -> None:
    """Write the entries straight into the tables."""
    numbered, known = enumerate(entries(count)), set[Traits]()
    connection = engine.raw_connection()
    cursor: Any = connection.cursor()
    if engine.dialect.name == "sqlite":
        cursor.execute("BEGIN IMMEDIATE")
    while batch := list(islice(numbered, 50_000)):
        for table, values in rows(batch, known).items():
            names = ", ".join(f'"{name}"' for name in COLUMNS[table])
            if engine.dialect.name == "sqlite":
                places = ", ".join("?" for _ in COLUMNS[table])
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)  # noqa: S608 - our names
                continue
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(TYPES[table])
                for value in values:
                    copy.write_row(value)
    connection.commit()
    connection.close()
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as open_:
            open_.execute(text("VACUUM ANALYZE"))


def questions(count: int) -> dict[str, Query]:
    """Return what is asked; the first ones are the worst: they read everything."""
    middle = BEGIN + count * STEP / 2
    return {
        "a principal that is not there": Query(principal="key_none"),
        "denied, of an app": Query(app="app-3", decision="deny"),
        "an hour in the middle": Query(since=middle, until=middle + 3600),
        "a subject": Query(subjects=(f"eu_{7:032x}",)),
        "a principal": Query(principal=f"key_{7:016x}"),
        "a category, newest": Query(category="secret"),
        "a common category, a rare subject": Query(category="pii", subjects=(f"eu_{7:032x}",)),
        "a value": Query(marks=(MARK,)),
        "an exchange": Query(exchange=f"ex_{count // 4:032x}"),
    }


async def measure(engine: Engine, count: int) -> None:
    """Ask each question five times; print the first and the middle time."""
    reader = SqlReader(engine, KekRing(LocalKek("master", bytes(32))))
    for name, query in questions(count).items():
        took = []
        for _ in range(5):
            begun = time.perf_counter()
            found = [item async for item in reader.search(query, limit=100)]
            took.append(time.perf_counter() - begun)
        print(f"| {name} | {len(found)} | {took[0] * 1e3:.0f} | {sorted(took)[2] * 1e3:.0f} |")


def run(options: list[str]) -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks search")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args(options)
    for kind in ("sqlite", "postgresql"):
        if asked.only in (None, kind):
            server = new_postgres() if kind == "postgresql" else None
            with TemporaryDirectory() as folder:
                engine = open_database(server.database() if server else "", Path(folder), Durability.PROCESS)
                begun = time.perf_counter()
                fill(engine, asked.entries)
                print(
                    f"\n{kind}, {asked.entries:,} entries (written in {time.perf_counter() - begun:.0f} s)\n"
                )
                print(
                    "| asked for | found (100 at most) | first, ms | middle of five, ms |\n| --- | --- | --- | --- |"
                )
                asyncio.run(measure(engine, asked.entries))
                engine.dispose()
            if server:
                server.close()
