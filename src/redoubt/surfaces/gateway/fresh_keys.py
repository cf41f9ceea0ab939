"""Looks at the keys of identity providers again and again, so that no request has to wait for it."""

import asyncio
import logging

from redoubt.services.identity.tokens import Tokens

_log = logging.getLogger("redoubt.gateway")


async def keep_fresh(tokens: Tokens) -> None:
    """Look at once and then every so often, until cancelled. A provider that cannot be reached is asked again the next time."""
    failing: frozenset[str] = frozenset()
    while True:
        trouble = frozenset(await tokens.refresh())
        for sentence in trouble - failing:  # said once, not at every look
            _log.warning("keys of an identity provider could not be fetched: %s", sentence)
        failing = trouble
        await asyncio.sleep(tokens.every)
