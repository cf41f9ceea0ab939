"""An `AuditLog` around another one: reading goes straight through."""

from collections.abc import AsyncIterator

from redoubt.services.audit.interface import AuditLog, Head, StoredEntry
from redoubt.services.audit.search import Query


class Decorated:
    """The reading half of a decorator."""

    def __init__(self, inner: AuditLog) -> None:
        self._inner = inner

    def read(
        self, *, exchange: str = "", limit: int = 100, before: int | None = None, reveal: bool = False
    ) -> AsyncIterator[StoredEntry]:
        """See `AuditLog.read`."""
        return self._inner.read(exchange=exchange, limit=limit, before=before, reveal=reveal)

    def search(
        self, query: Query, *, limit: int = 100, before: int | None = None
    ) -> AsyncIterator[StoredEntry]:
        """See `AuditLog.search`."""
        return self._inner.search(query, limit=limit, before=before)

    async def head(self) -> Head:
        """See `AuditLog.head`."""
        return await self._inner.head()
