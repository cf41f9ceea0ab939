"""One issuer: its metadata and its keys, fetched, kept, looked at again, and given up when they are too old."""

import asyncio
from collections.abc import Callable

from redoubt.adapters.oidc.fetch import Fetcher
from redoubt.adapters.oidc.keys import VerifyingKey, read_keys
from redoubt.adapters.oidc.metadata import WELL_KNOWN, Metadata, read_metadata
from redoubt.domain.errors import ServiceError, TokenError
from redoubt.domain.issuers import IssuerSettings
from redoubt.services.identity.claims import check_header
from redoubt.services.identity.compact import Compact

_NEVER = float("-inf")


class Issuer:
    """Verifies signatures. Its event loop is the one it is first used in."""

    def __init__(self, settings: IssuerSettings, clock: Callable[[], float]) -> None:
        """``clock``: seconds that never step back. Nothing is fetched yet. Raises ConfigError for a CA file that cannot be read."""
        self.settings = settings
        self.fetcher = Fetcher(settings.ca_file)
        self._clock = clock
        self._keys: dict[str, VerifyingKey] = {}
        self._metadata: Metadata | None = None
        self._good_at = _NEVER
        self._tried_at = _NEVER
        self._turn = asyncio.Lock()
        self.trouble = "nothing was fetched yet"
        """Why the last look failed; empty where it worked."""

    async def verify(self, token: Compact) -> tuple[str, VerifyingKey]:
        """Return algorithm and key of a token that is signed with one of the issuer's keys.

        Raises TokenError; ServiceError where its keys cannot be had.
        """
        algorithm, kid = check_header(token.header, self.settings.algorithms)
        key = self._keys.get(kid)
        if key is None or not self.fresh:
            await self._look_again()
            if not self.fresh:
                raise ServiceError(
                    "tokens cannot be verified: the issuer's keys cannot be had, and those known are too old"
                )
            key = self._keys.get(kid)
        if key is None:
            raise TokenError("unknown key")
        if not key.verifies(algorithm, token.signed, token.signature):
            raise TokenError("wrong signature")
        return algorithm, key

    @property
    def fresh(self) -> bool:
        """Tell whether the keys may be trusted still."""
        return self._clock() - self._good_at < self.settings.keep

    def holds(self, key: VerifyingKey) -> bool:
        """Tell whether the issuer still publishes ``key``, and is fresh."""
        return self.fresh and any(known is key for known in self._keys.values())

    async def metadata(self) -> Metadata:
        """Return what the provider says about itself. Raises ServiceError where that cannot be had."""
        if self._metadata is None:
            await self._look_again()
        if self._metadata is None or not self.fresh:
            raise ServiceError("the identity provider cannot be reached")
        return self._metadata

    async def refresh(self) -> None:
        """Fetch metadata and keys. Raises ServiceError; what was known stays."""
        async with self._turn:
            await self._fetch()

    async def _look_again(self) -> None:
        """Fetch, unless that was done or tried a moment ago. Of many that ask at once one fetches, and the others wait for it."""
        asked_at = self._clock()
        async with self._turn:
            if self._tried_at >= asked_at or asked_at - self._tried_at < self.settings.refetch:
                return
            try:
                await self._fetch()
            except ServiceError:
                return  # what was known stays until it is too old

    async def _fetch(self) -> None:
        settings = self.settings
        self._tried_at = self._clock()
        try:
            metadata = Metadata(settings.jwks_uri)
            if settings.discovery or not settings.jwks_uri:
                where = settings.discovery or settings.issuer.rstrip("/") + WELL_KNOWN
                metadata = read_metadata(await self.fetcher.get(where), settings.issuer)
            fetched = read_keys(await self.fetcher.get(settings.jwks_uri or metadata.jwks_uri))
        except ServiceError as error:
            self.trouble = str(error)
            raise
        prints = {(kid, key.print, key.algorithms): key for kid, key in self._keys.items()}
        # A key that stays keeps its object, by which verified tokens remember it.
        self._keys = {kid: prints.get((kid, key.print, key.algorithms), key) for kid, key in fetched.items()}
        self._metadata, self._good_at, self.trouble = metadata, self._clock(), ""
