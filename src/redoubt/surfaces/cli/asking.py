"""Asks a gateway that runs. Everything else the command line does itself, on the same stores."""

import json
import os
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from redoubt.domain.errors import ConfigError, ServiceError

VARIABLE = "REDOUBT_API_KEY"
TIMEOUT = 120.0
"""Seconds; rules that were never compiled take ten or so."""
MAX_BYTES = 1024 * 1024


def ask_gateway(url: str, method: str, path: str) -> Any:
    """Return the gateway's answer, as JSON. The key is taken from ``REDOUBT_API_KEY``.

    Raises ConfigError where there is no key or the gateway refuses, ServiceError where it does not answer.
    """
    key = os.environ.get(VARIABLE, "")
    if not key:
        raise ConfigError(f"set {VARIABLE} to a key that may do this")
    if not url.startswith(("http://", "https://")):
        raise ConfigError("--url must begin with http:// or https://")
    asked = Request(f"{url}{path}", method=method, headers={"authorization": f"Bearer {key}"})  # noqa: S310 - checked above
    # No proxy: a key must not go where the environment of a shell happens to point.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(asked, timeout=TIMEOUT) as answer:
            return json.loads(answer.read(MAX_BYTES))
    except HTTPError as error:
        raise ConfigError(f"the gateway says ({error.code}): {_message(error)}") from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        raise ServiceError(
            f"no gateway answers at {url} ({type(error).__name__}); start it, or name another with --url"
        ) from None


def _message(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read(MAX_BYTES))["error"]["message"])
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return "no reason was given"
