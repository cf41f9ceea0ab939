"""The limits port."""

from typing import Protocol

from redoubt.domain.principal import Principal


class Limits(Protocol):
    """Counts requests. Implementations must be exact under concurrency."""

    def take(self, principal: Principal) -> None:
        """Take one request from every limit that ``principal`` is held to, or none of them.

        Raises LimitError, which knows when to try again; ServiceError where the counter cannot answer.
        """
