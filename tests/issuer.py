"""An identity provider of the tests' own: discovery, rotating keys, authorization code with PKCE, over real sockets."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

CLIENT, SECRET = "redoubt-console", "s3cret:with/signs"
API = "https://redoubt.example"
_MADE: dict[str, list[Key]] = {}


def new_key(algorithm: str, number: int = 0) -> Key:
    """A key for ``algorithm``; making one for RSA takes long, so they are kept."""
    made = _MADE.setdefault(algorithm, [])
    while len(made) <= number:
        if algorithm == "EdDSA":
            made.append(OKPKey.generate_key("Ed25519"))
        elif algorithm.startswith("ES"):
            made.append(ECKey.generate_key("P-" + {"256": "256", "384": "384", "512": "521"}[algorithm[2:]]))
        else:
            made.append(RSAKey.generate_key(2048))
    return made[number]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value: Any) -> str:
    return b64(value if isinstance(value, bytes) else json.dumps(value).encode())


def sign(header: dict[str, Any] | bytes, claims: Any, algorithm: str, key: Any) -> str:
    """A token exactly as told, good or bad."""
    signed = f"{part(header)}.{part(claims)}"
    return f"{signed}.{b64(JWSRegistry.algorithms[algorithm].sign(signed.encode(), key))}"


@dataclass
class Person:
    """Whoever sits before the browser."""

    sub: str = "248289761001"
    name: str = "Jane Doe"
    groups: tuple[str, ...] = ("sec-admins",)
    more: dict[str, Any] = field(default_factory=dict)


class Provider:
    """Listens on a port of its own; what it answers can be changed while it runs."""

    def __init__(self, algorithm: str = "RS256") -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                provider._answer(self, b"")

            def do_POST(self) -> None:
                provider._answer(self, self.rfile.read(int(self.headers.get("content-length", "0"))))

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.algorithm = algorithm
        self.keys: dict[str, Key] = {"k0": new_key(algorithm)}
        self.person = Person()
        self.asked: list[str] = []
        self.down = False
        self.secret = SECRET
        self.codes: dict[str, dict[str, str]] = {}
        self.more_metadata: dict[str, Any] = {}
        self.more_claims: dict[str, Any] = {}
        """Over those of the next ID token."""
        self.callback: dict[str, str] = {}
        """Over the parameters of the next callback."""
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self, *, keep: bool = False) -> None:
        number = len(_MADE[self.algorithm])
        self.keys = (self.keys if keep else {}) | {f"k{number}": new_key(self.algorithm, number)}

    def claims(self, **more: Any) -> dict[str, Any]:
        """Of a good access token; None takes one away."""
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": API,
            "sub": self.person.sub,
            "name": self.person.name,
            "groups": list(self.person.groups),
            "iat": now,
            "exp": now + 300,
        } | more
        return {name: value for name, value in said.items() if value is not None}

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        kid, key = list(self.keys.items())[-1]
        return sign(
            {"alg": self.algorithm, "kid": kid, "typ": "at+jwt"} | (header or {}),
            self.claims(**claims),
            self.algorithm,
            key,
        )

    def _answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        url = urlsplit(request.path)
        self.asked.append(url.path)
        status, data = 404, b"{}"
        headers: dict[str, str] = {}
        if self.down:
            status = 503
        elif url.path == "/.well-known/openid-configuration":
            status, data = 200, json.dumps(self._metadata()).encode()
        elif url.path == "/jwks":
            rows = [
                key.as_dict(private=False) | {"kid": kid, "use": "sig", "alg": self.algorithm}
                for kid, key in self.keys.items()
            ]
            status, data = 200, json.dumps({"keys": rows}).encode()
        elif url.path == "/authorize":
            status, headers = self._authorize(dict(parse_qsl(url.query)))
        elif url.path == "/token":
            status, data = self._token(request, body)
        elif url.path == "/end":
            back = parse_qs(url.query)["post_logout_redirect_uri"][0]
            status, headers = 302, {"location": back}
        request.send_response(status)
        for name, value in {**headers, "content-length": str(len(data))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "end_session_endpoint": f"{self.issuer}/end",
            "authorization_response_iss_parameter_supported": True,
        } | self.more_metadata

    def _authorize(self, asked: dict[str, str]) -> tuple[int, dict[str, str]]:
        if asked.get("client_id") != CLIENT or asked.get("code_challenge_method") != "S256":
            return 400, {}
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer} | self.callback
        query = urlencode({name: value for name, value in back.items() if value})
        return 302, {"location": f"{asked['redirect_uri']}?{query}"}

    def _token(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        form = dict(parse_qsl(body.decode()))
        scheme, _, basic = request.headers.get("authorization", "").partition(" ")
        client, _, secret = base64.b64decode(basic).decode().partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        verified = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or (scheme, unquote_plus(client), unquote_plus(secret)) != ("Basic", CLIENT, self.secret)
            or form.get("redirect_uri") != asked["redirect_uri"]
            or verified != asked["code_challenge"]
        ):
            return 400, b'{"error": "invalid_grant"}'
        access = secrets.token_urlsafe(16)
        half = {"256": hashlib.sha256, "DSA": hashlib.sha512}[self.algorithm[-3:]](access.encode()).digest()
        said = self.claims(
            aud=CLIENT, nonce=asked["nonce"], at_hash=b64(half[: len(half) // 2]), **self.person.more
        )
        kid, key = list(self.keys.items())[-1]
        said = {name: value for name, value in (said | self.more_claims).items() if value is not None}
        header = {"alg": self.algorithm, "kid": kid, "typ": "JWT"}
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 300}
        return 200, json.dumps(answer | {"id_token": sign(header, said, self.algorithm, key)}).encode()
