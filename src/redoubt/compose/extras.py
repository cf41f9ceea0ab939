"""What is installed only for those who ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from redoubt.domain.errors import ConfigError


@contextmanager
def needing(extra: str, *packages: str, what: str) -> Iterator[None]:
    """Import within: where one of the ``packages`` that ``extra`` installs is not there, raise ConfigError saying ``what`` needs it.

    Whatever else cannot be imported is a fault of ours, and raised as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in packages:
            raise
        raise ConfigError(
            f"{what} needs {error.name}, which is not installed: pip install 'redoubt-ai[{extra}]'"
        ) from error
