"""A witness as C2SP `tlog-cosignature` describes it, small enough to be read."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from redoubt.services.audit.cosignature import message
from redoubt.services.audit.note import COSIGNATURE, Signature, VerifierKey


class Witness:
    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey(name, COSIGNATURE, self._key.public_key().public_bytes_raw())
        self.vkey = str(self.key)

    def cosign(self, body: str, at: int) -> str:
        signature = at.to_bytes(8, "big") + self._key.sign(message(at, body))
        line = str(Signature(self.key.name, self.key.id, signature))
        assert base64.b64encode(self.key.id + signature).decode() in line
        return line
