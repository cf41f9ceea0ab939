"""HashiCorp Vault's transit engine as KEK: it wraps and unwraps data keys and never gives its own key out.

Speaks `POST /v1/MOUNT/encrypt/NAME` and `decrypt/NAME` (https://developer.hashicorp.com/vault/api-docs/secret/transit).
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import create_default_context
from typing import Any
from urllib.parse import quote, urlsplit

from redoubt.domain.errors import ServiceError
from redoubt.domain.settings import KekSettings

TIMEOUT = 5.0
"""Seconds for each step of a call: to connect, to send, to be answered."""
MAX_ANSWER = 64 * 1024
"""Bytes."""


class VaultKek:
    """Implements `Kek` over the transit engine. It keeps no connection: data keys are wrapped once a month and person."""

    def __init__(self, of: KekSettings) -> None:
        """``of`` was checked when it was read: https, or http to this machine alone."""
        self._url = urlsplit(of.url)
        self._path = f"{self._url.path.rstrip('/')}/v1/{quote(of.mount)}"
        self._name = of.name
        self._headers = {
            "X-Vault-Token": of.token,
            "X-Vault-Request": "true",
            "Content-Type": "application/json",
        }
        if of.namespace:
            self._headers["X-Vault-Namespace"] = of.namespace
        self._ca = of.ca
        self.id = vault_id(of)

    def wrap(self, key: bytes) -> bytes:
        """See `Kek.wrap`."""
        answer = self._ask("encrypt", {"plaintext": b64encode(key).decode()}, "ciphertext")
        if not answer.startswith("vault:"):
            raise ServiceError(f"{self._where()} gave an answer that is no ciphertext of the transit engine")
        return answer.encode()

    def unwrap(self, wrapped: bytes) -> bytes:
        """See `Kek.unwrap`."""
        try:
            text = wrapped.decode("ascii")
        except UnicodeDecodeError:
            raise ValueError("the wrapped data key is none of the transit engine's") from None
        try:
            return b64decode(self._ask("decrypt", {"ciphertext": text}, "plaintext"), validate=True)
        except NotBase64:
            raise ServiceError(f"{self._where()} gave an answer that is not base64") from None

    def _ask(self, what: str, body: dict[str, str], wanted: str) -> str:
        connection = self._connection()
        try:
            path = f"{self._path}/{what}/{quote(self._name, safe='')}"
            connection.request("POST", path, json.dumps(body), self._headers)
            reply = connection.getresponse()
            data = reply.read(MAX_ANSWER + 1)
        except (OSError, HTTPException) as error:
            raise ServiceError(f"{self._where()} does not answer ({type(error).__name__})") from None
        finally:
            connection.close()
        if reply.status == 400 and what == "decrypt":
            raise ValueError(
                f"{self._where()} does not open the data key: it was damaged, or wrapped under another"
            )
        if reply.status != 200:
            raise ServiceError(
                f"{self._where()} refuses to {what} (status {reply.status}); check token, mount and key"
            )
        return self._member(data, wanted)

    def _member(self, data: bytes, wanted: str) -> str:
        try:
            answer: Any = json.loads(data) if len(data) <= MAX_ANSWER else None
            found = answer["data"][wanted]
        except (ValueError, TypeError, KeyError, RecursionError):
            found = None
        if not isinstance(found, str):
            raise ServiceError(f"{self._where()} gave an answer that is none of the transit engine's")
        return found

    def _connection(self) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":
            return HTTPConnection(host, port, timeout=TIMEOUT)
        context = create_default_context(cafile=self._ca or None)
        return HTTPSConnection(host, port, timeout=TIMEOUT, context=context)

    def _where(self) -> str:
        return f"the key service at {self._url.hostname}"


def vault_id(of: KekSettings) -> str:
    """Return the id of a key of the transit engine; one that it rotates itself keeps it, for its ciphertexts name the version."""
    place = "\0".join((urlsplit(of.url).netloc, of.namespace, of.mount, of.name))
    return f"vault-{sha256(place.encode()).hexdigest()[:16]}"
