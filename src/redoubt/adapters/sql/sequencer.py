"""Places for the entries of many gateways on PostgreSQL, without a lock in any request's path.

A gateway commits its batch into ``audit_pending`` and acknowledges it. One sequencer moves pending entries into the log, in the order in
which they were written down, and grows the tree, all in one transaction. Two locks, for two purposes:

* The row of the tree, locked while a batch is moved, makes it *right*: whoever moves, and however many try, one does at a time.
* A session's advisory lock makes it *cheap*: of all gateways one is elected to look for entries. It ends with its holder's connection,
  and then another gateway has it within `ELECTION_SECONDS`.

A reader does not wait to be served by the sequencer: it moves what is pending itself.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress

import msgspec
from sqlalchemy import Engine

from redoubt.adapters.sql.appending import Appending, Row, Session, Transaction
from redoubt.adapters.sql.reading import WHAT
from redoubt.adapters.sql.sequencing import Sealed, frontier_of
from redoubt.adapters.sql.tables import LOCK_SPACE, SEQUENCER
from redoubt.domain.errors import ServiceError

BATCH = 1_000
"""Entries moved in one transaction."""
BUSY_SECONDS = 0.03
IDLE_SECONDS = 0.5
"""Between two looks of the sequencer: the first where there was something lately; doubled each time in vain, up to the second."""
ELECTION_SECONDS = 1.0
"""Between two tries to be elected."""
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(tuple[tuple[int, ...], tuple[int, ...]]).decode


class Elected:
    """Implements `Sequencing` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._appending = Appending(engine, WHAT)
        self._nudge, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, transaction: Transaction, entries: Sequence[Sealed]) -> None:
        """See `Sequencing.put`."""
        transaction.add_pending(
            [
                (e.uid, e.exchange, e.key, e.leaf, e.body, e.text, _pack((e.found_by, e.marks)))
                for e in entries
            ]
        )
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="redoubt-sequencer", daemon=True)
            self._thread.start()
        self._nudge.set()

    def settle(self) -> None:
        """See `Sequencing.settle`."""
        # What comes while the reader waits is not the reader's to move: else it would never be done under load.
        last: int | None = None
        while True:
            with self._appending.transaction() as transaction:
                if last is None:
                    last = transaction.last_pending()
                if not last or move(transaction, last) < BATCH:
                    break

    def close(self) -> None:
        """See `Sequencing.close`."""
        self._closing.set()
        self._nudge.set()
        if self._thread is not None:
            self._thread.join()
            with suppress(ServiceError):  # what is pending is durable, and the next gateway's to move
                self.settle()

    def _run(self) -> None:
        # What fails here fails for every reader too, `/readyz` among them: there it is said.
        while not self._closing.is_set():
            with suppress(ServiceError), self._appending.session() as session:
                while not self._closing.is_set():
                    if session.elected(LOCK_SPACE, SEQUENCER):
                        self._serve(session)
                    self._closing.wait(ELECTION_SECONDS)
            self._closing.wait(ELECTION_SECONDS)

    def _serve(self, session: Session) -> None:
        """Move entries for as long as this session lasts."""
        pause = BUSY_SECONDS
        while not self._closing.is_set():
            self._nudge.clear()
            with session.transaction() as transaction:
                last = transaction.last_pending()
                moved = move(transaction, last) if last else 0
            if moved:
                pause = BUSY_SECONDS
                if moved < BATCH:  # let some come together
                    self._closing.wait(BUSY_SECONDS)
            else:
                self._nudge.wait(pause)
                pause = min(2 * pause, IDLE_SECONDS)


def move(transaction: Transaction, last: int) -> int:
    """Give the entries that were written down first their places, `BATCH` at most and none behind ``last``.

    Return how many are pending no more.
    """
    before = frontier_of(transaction)
    count, moved = transaction.take_pending(before.size, BATCH, last)
    found_by: list[Row] = []
    marks: list[Row] = []
    for index, (_, packed) in enumerate(moved, before.size):
        row, values = _unpack(packed)
        found_by.append((index, *row))
        marks.extend((mark, index) for mark in values)
    if moved:
        transaction.append((), found_by, marks, before.extended([leaf for leaf, _ in moved]))
    return count
