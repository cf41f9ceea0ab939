"""Signs what is posted, so that its receiver knows that it is ours, whole and fresh.

The form is that of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA-256 over ``id.timestamp.body``, for which there are
verifiers in most languages. A receiver refuses a timestamp older than five minutes and an id it has seen: both are under the signature, so
that nothing that was caught on its way can be sent a second time.
"""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256

MARK = "whsec_"
"""How a secret begins that is written in base64, as Standard Webhooks does."""
LEAST_BYTES = 24
"""Of a secret (Standard Webhooks: 24 to 64)."""


def key_of(secret: str) -> bytes:
    """Return the key that ``secret`` stands for; raises ValueError where it is too short or no base64."""
    try:
        key = (
            b64decode(secret.removeprefix(MARK), validate=True)
            if secret.startswith(MARK)
            else secret.encode()
        )
    except ValueError:
        raise ValueError(f"what follows {MARK} is not base64") from None
    if len(key) < LEAST_BYTES:
        raise ValueError(f"is shorter than {LEAST_BYTES} bytes")
    return key


def headers(key: bytes, delivery: str, at: int, body: bytes) -> tuple[tuple[str, str], ...]:
    """Return the headers for ``body``, sent at ``at`` (Unix seconds) under the id ``delivery``, which holds no full stop."""
    signed = hmac.digest(key, f"{delivery}.{at}.".encode() + body, sha256)
    return (
        ("webhook-id", delivery),
        ("webhook-timestamp", str(at)),
        ("webhook-signature", f"v1,{b64encode(signed).decode()}"),
    )
