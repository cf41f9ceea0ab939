"""Against a server that speaks the transit engine's documented wire format."""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from redoubt.adapters.kms import vault
from redoubt.adapters.kms.vault import VaultKek
from redoubt.domain.errors import ServiceError
from redoubt.domain.settings import KekSettings

TOKEN = "s.token-of-a-test"
KEY = b"d" * 32


class Transit(ThreadingHTTPServer):
    """As https://developer.hashicorp.com/vault/api-docs/secret/transit says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.cipher = AESGCM(secrets.token_bytes(32))
        self.asked: list[tuple[str, str | None]] = []
        self.answer: tuple[int, bytes] | None = None


class _Handler(BaseHTTPRequestHandler):
    server: Transit

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, self.headers["X-Vault-Namespace"]))
        status, reply = self.server.answer or self._answer(body)
        self.send_response(status)
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def _answer(self, body: dict[str, str]) -> tuple[int, bytes]:
        if self.headers["X-Vault-Token"] != TOKEN:
            return 403, b'{"errors":["permission denied"]}'
        if self.path == "/v1/transit/encrypt/redoubt":
            nonce = secrets.token_bytes(12)
            sealed = nonce + self.server.cipher.encrypt(nonce, b64decode(body["plaintext"]), None)
            return _data(ciphertext=f"vault:v1:{b64encode(sealed).decode()}")
        if self.path == "/v1/transit/decrypt/redoubt":
            sealed = b64decode(body["ciphertext"].removeprefix("vault:v1:"))
            try:
                return _data(
                    plaintext=b64encode(self.server.cipher.decrypt(sealed[:12], sealed[12:], None)).decode()
                )
            except InvalidTag:
                return 400, b'{"errors":["cipher: message authentication failed"]}'
        return 404, b'{"errors":[]}'

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _data(**members: str) -> tuple[int, bytes]:
    return 200, json.dumps({"request_id": "r", "lease_duration": 0, "data": members}).encode()


@pytest.fixture
def transit() -> Iterator[Transit]:
    server = Transit()
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def settings(transit: Transit) -> KekSettings:
    return KekSettings(url=f"http://127.0.0.1:{transit.server_port}", name="redoubt", token=TOKEN)


def test_a_key_is_wrapped_and_unwrapped(transit: Transit) -> None:
    kek = VaultKek(replace(settings(transit), namespace="team"))
    wrapped = kek.wrap(KEY)
    assert wrapped.startswith(b"vault:v1:")
    assert KEY not in wrapped
    assert kek.unwrap(wrapped) == KEY
    assert transit.asked == [("/v1/transit/encrypt/redoubt", "team"), ("/v1/transit/decrypt/redoubt", "team")]


def test_what_another_key_wrapped_does_not_open(transit: Transit) -> None:
    kek = VaultKek(settings(transit))
    wrapped = kek.wrap(KEY)
    transit.cipher = AESGCM(secrets.token_bytes(32))
    with pytest.raises(ValueError, match="does not open"):
        kek.unwrap(wrapped)
    with pytest.raises(ValueError, match="transit"):
        kek.unwrap(b"\xff\x00")


@pytest.mark.parametrize(
    "answer",
    [
        (403, b'{"errors":["permission denied"]}'),
        (503, b""),
        (307, b""),
        (200, b"not json"),
        (200, b"[" * 5000),
        (200, b'{"data": {}}'),
        (200, b'{"data": null}'),
        (200, b'{"data": {"ciphertext": 7, "plaintext": 7}}'),
        (200, b'{"data": {"ciphertext": "no ciphertext", "plaintext": "no base64!"}}'),
        (200, b" " * (vault.MAX_ANSWER + 1)),
    ],
)
def test_an_answer_that_is_none_is_an_error_that_quotes_nothing(
    transit: Transit, answer: tuple[int, bytes]
) -> None:
    kek = VaultKek(settings(transit))
    wrapped = kek.wrap(KEY)
    transit.answer = answer
    for ask, about in ((kek.wrap, KEY), (kek.unwrap, wrapped)):
        with pytest.raises(ServiceError, match="key service at 127") as raised:
            ask(about)
        assert TOKEN not in str(raised.value)
        assert "permission" not in str(raised.value)


def test_a_service_that_is_gone_is_an_error(transit: Transit) -> None:
    kek = VaultKek(replace(settings(transit), url="http://127.0.0.1:1"))
    with pytest.raises(ServiceError, match="does not answer"):
        kek.wrap(KEY)


def test_a_certificate_of_nobodys_is_refused(transit: Transit) -> None:
    kek = VaultKek(replace(settings(transit), url=f"https://127.0.0.1:{transit.server_port}"))
    with pytest.raises(ServiceError, match="does not answer"):
        kek.wrap(KEY)


def test_each_key_of_each_vault_has_a_name_of_its_own(transit: Transit) -> None:
    of = settings(transit)
    others = (
        replace(of, name="x"),
        replace(of, mount="x"),
        replace(of, namespace="x"),
        replace(of, url="https://x"),
    )
    assert len({vault.vault_id(each) for each in (of, *others)}) == 5
    assert TOKEN not in repr(of)
