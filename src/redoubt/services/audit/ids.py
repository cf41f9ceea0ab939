"""The id of an exchange, by which caller, log and incident report speak of the same thing."""

RANDOM_BYTES = 10


def exchange_id(at: float, random: bytes) -> str:
    """Return ``ex_``, 48 bits of the time ``at`` in milliseconds, and `RANDOM_BYTES` random ones: the layout of a ULID, in hexadecimal.

    Ids that begin with the time keep the audit log's index in the order of its growth, which makes appending cheap.
    """
    return f"ex_{int(at * 1000):012x}{random.hex()}"
