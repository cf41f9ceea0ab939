"""The login in a browser against one provider, with Authlib's pieces of OAuth 2.0 and a transport of our own."""

import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from urllib.parse import quote_plus

import msgspec
from authlib.oauth2.rfc6749.parameters import (
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from redoubt.adapters.oidc.fetch import RefusedError
from redoubt.adapters.oidc.issuer import Issuer
from redoubt.adapters.oidc.metadata import Metadata
from redoubt.domain.errors import ServiceError, TokenError
from redoubt.domain.issuers import LoginSettings
from redoubt.services.identity.attempts import SECONDS, Attempt, open_attempt, seal_attempt
from redoubt.services.identity.claims import check_access_hash, check_identity, same
from redoubt.services.identity.compact import MAX_LOGIN_BYTES, read_compact
from redoubt.services.identity.interface import Outsider
from redoubt.services.identity.login import Begun, LoggedIn
from redoubt.services.identity.mapping import mapped, outsider

MAX_CODE = 4096


class _Answer(msgspec.Struct):
    id_token: str
    token_type: str
    access_token: str = ""


class OidcLogin:
    """Implements `Login`."""

    def __init__(
        self,
        settings: LoginSettings,
        issuer: Issuer,
        key: bytes,
        *,
        clock: Callable[[], float] = time.time,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """``key``: 32 bytes, under which a login under way is kept; every gateway must have the same."""
        self._settings = settings
        self._issuer = issuer
        self._key = key
        self._clock = clock
        self._random = random

    async def begin(self, to: str) -> Begun:
        """See `Login.begin`."""
        metadata = await self._metadata()
        settings = self._settings
        state, nonce, verifier = (self._random(32).hex() for _ in range(3))
        url = prepare_grant_uri(
            metadata.authorization_endpoint,
            settings.client_id,
            "code",
            redirect_uri=settings.redirect_uri,
            scope=" ".join(settings.scopes),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        attempt = Attempt(state, nonce, verifier, to, self._clock() + SECONDS)
        return Begun(url, seal_attempt(attempt, self._key, self._random))

    async def finish(self, attempt: str, answer: Mapping[str, str]) -> LoggedIn:
        """See `Login.finish`."""
        begun = open_attempt(attempt, self._key, self._clock())
        if not same(answer.get("state"), begun.state):
            raise TokenError("wrong state")
        metadata = await self._metadata()
        # A provider that says who it is must be the one we asked (RFC 9207): two providers cannot be mixed up.
        named = answer.get("iss", "" if metadata.names_itself else self._issuer.settings.issuer)
        if named != self._issuer.settings.issuer:
            raise TokenError("wrong provider")
        if "error" in answer:
            raise TokenError("refused by the provider")
        code = answer.get("code", "")
        if not 0 < len(code) <= MAX_CODE or not code.isascii():
            raise TokenError("no code")
        who = await self._redeem(metadata, code, begun)
        return LoggedIn(who, begun.to)

    async def farewell(self) -> str:
        """See `Login.farewell`."""
        try:
            metadata = await self._issuer.metadata()
        except ServiceError:
            return ""
        if not metadata.end_session_endpoint:
            return ""
        back = (
            {"post_logout_redirect_uri": self._settings.after_logout} if self._settings.after_logout else {}
        )
        query = "&".join(
            f"{name}={quote_plus(value)}"
            for name, value in {"client_id": self._settings.client_id, **back}.items()
        )
        joint = "&" if "?" in metadata.end_session_endpoint else "?"
        return f"{metadata.end_session_endpoint}{joint}{query}"

    def again(self, who: Outsider) -> Outsider:
        """See `Login.again`."""
        return mapped(who, self._issuer.settings)

    async def _metadata(self) -> Metadata:
        metadata = await self._issuer.metadata()
        if not metadata.authorization_endpoint or not metadata.token_endpoint:
            raise ServiceError(
                "the identity provider says nothing of a login; see [[identity.issuers]] discovery"
            )
        return metadata

    async def _redeem(self, metadata: Metadata, code: str, begun: Attempt) -> Outsider:
        answer = await self._ask(metadata, code, begun)
        token = read_compact(answer.id_token, MAX_LOGIN_BYTES)
        algorithm, _ = await self._issuer.verify(token)
        of = self._issuer.settings
        check_identity(token.claims, of, self._settings.client_id, begun.nonce, self._clock())
        check_access_hash(token.claims, algorithm, answer.access_token)
        return outsider(token.claims, of, "")

    async def _ask(self, metadata: Metadata, code: str, begun: Attempt) -> _Answer:
        settings = self._settings
        secret, in_body = settings.client_secret, metadata.secret_in_body
        form = prepare_token_request(
            "authorization_code",
            redirect_uri=settings.redirect_uri,
            code=code,
            code_verifier=begun.verifier,
            client_id=settings.client_id if in_body or not secret else None,
            client_secret=secret if in_body else None,
        )
        credential = _basic(settings.client_id, secret) if secret and not in_body else ""
        try:
            data = await self._issuer.fetcher.post(metadata.token_endpoint, form, credential)
        except RefusedError:
            raise TokenError("code refused by the provider") from None
        try:
            answer = msgspec.json.decode(data, type=_Answer)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            raise TokenError("no ID token") from None
        if answer.token_type.lower() != "bearer":
            raise TokenError("no ID token")
        return answer


def _basic(client_id: str, secret: str) -> str:
    """Return HTTP Basic credentials; both parts are form-encoded first (RFC 6749 section 2.3.1)."""
    return "Basic " + b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()
