"""Sees that whoever opens a database has the master key that it was begun with.

With another one a gateway would write keys and texts that the others cannot read, and sign checkpoints that nobody can verify.
"""

import hmac
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from redoubt.adapters.sql import schema
from redoubt.domain.errors import ConfigError
from redoubt.services.audit.kek import MASTER, Kek

_SAID = b"redoubt: the master key of this database"


@dataclass(frozen=True, slots=True)
class Master:
    """What the master key of this process gives away of itself."""

    key: bytes = field(repr=False)
    """Derived from it for this purpose alone."""
    kek: Kek
    """Wraps data keys under it."""


def check_master(connection: Connection, master: Master) -> None:
    """Compare with the value that the first to come has left; leave it where there is none.

    For the transaction that opens the database: it is alone there. Raises ConfigError where the master key is another one.
    """
    table = schema.master_check
    value = hmac.digest(master.key, _SAID, "sha256")
    known = connection.execute(select(table.c.value)).scalar_one_or_none()
    if known is None:
        same = _opens_what_is_there(connection, master.kek)
        if same:
            connection.execute(insert(table).values(id=1, value=value))
    else:
        same = hmac.compare_digest(bytes(known), value)
    if not same:
        raise ConfigError(
            "the database was begun with another master key; every gateway and command on it needs that one: "
            "set REDOUBT_MASTER_KEY to it, or copy master.key from the data directory of the gateway that made the database "
            "(`redoubt backup restore` brings it along); nothing was changed"
        )


def _opens_what_is_there(connection: Connection, kek: Kek) -> bool:
    """Tell whether a data key from before there was such a value opens; true where there is none."""
    keys = schema.data_keys
    chosen = select(keys.c.wrapped).where(keys.c.kek == MASTER).order_by(keys.c.subject).limit(1)
    wrapped = connection.execute(chosen).scalar_one_or_none()
    if wrapped is None:
        return True
    try:
        kek.unwrap(bytes(wrapped))
    except ValueError:
        return False
    return True
