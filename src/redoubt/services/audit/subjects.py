"""Who an exchange is about, as the log names them."""

from collections.abc import Iterable
from hashlib import blake2b


def end_user(tenant: str, app: str, name: str, key: bytes) -> str:
    """Return what stands for the person whom an application calls ``name``: a keyed hash.

    Applications use mail addresses and names, which have no place in a log that never forgets. Two names never share one, however long.
    """
    said = "\0".join((tenant, app, name)).encode("utf-8", "surrogatepass")
    return f"eu_{blake2b(said, key=key, digest_size=16).hexdigest()}"


def candidates(tenant: str, apps: Iterable[str], name: str, key: bytes) -> tuple[str, ...]:
    """Return as whom the log may know ``name``: a subject's or principal's id, or what an application calls its end user."""
    return (name, *(end_user(tenant, app, name, key) for app in sorted(set(apps))))
