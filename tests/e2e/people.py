"""Gateways that people of an identity provider log in to, and browsers for them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from redoubt import compose
from redoubt.domain.evidence import Entry
from tests.e2e.process import FAR_KEY, Installation, Process, install
from tests.issuer import API, CLIENT, Person, Provider
from tests.servers import free_port

CONFIG = f"""
[server]
port = PORT
per_second = 0
per_minute = 0
[store]
data_dir = "DATA"
[[identity.issuers]]
issuer = "ISSUER"
audience = "{API}"
algorithms = ["ES256"]
roles = {{ "sec-admins" = ["admin"], "staff" = ["developer"] }}
[identity.login]
issuer = "ISSUER"
client_id = "{CLIENT}"
client_secret = {{ env = "FAR_KEY" }}
redirect_uri = "http://127.0.0.1:PORT/redoubt/callback"
"""
COOKIE = "redoubt-without-tls"
CHAT = {"model": "practice-1", "messages": [{"role": "user", "content": "hello"}]}
STRANGER = Person("stranger", "Stranger", ("chess",))
"""Somebody whom the provider knows and no mapping does."""


@dataclass
class Place:
    provider: Provider
    where: Installation
    here: Process
    there: Process
    """Another gateway on the same store."""
    browsers: list[httpx2.Client] = field(default_factory=list)

    def browser(self) -> httpx2.Client:
        self.browsers.append(httpx2.Client(base_url=self.here.url, timeout=10))
        return self.browsers[-1]

    def log_in(self, person: Person | None = None) -> httpx2.Client:
        """A browser in which somebody has logged in."""
        self.provider.person = person or Person()
        browser = self.browser()
        landed = browser.get("/redoubt/login", follow_redirects=True)
        assert landed.status_code == 200, landed.text
        assert landed.url.path == "/redoubt/v1/me"
        return browser

    def stores(self, work: Callable[[compose.Stores], Any]) -> Any:
        stores = compose.stores(self.where.settings, compose.keyring(self.where.settings, {}))
        try:
            return work(stores)
        finally:
            asyncio.run(stores.audit.close())
            stores.dispose()

    def entries(self, api: str = "") -> list[Entry]:
        """What is on record, newest first."""

        async def read(stores: compose.Stores) -> list[Entry]:
            return [one.entry async for one in stores.audit.read(limit=100_000, reveal=True)]

        found: list[Entry] = self.stores(lambda stores: asyncio.run(read(stores)))
        return [entry for entry in found if api in ("", entry.api)]

    def cause(self, api: str, exchange: str) -> str:
        [entry] = [entry for entry in self.entries(api) if entry.exchange == exchange]
        assert entry.decision == "deny"
        return entry.note

    def tidy(self) -> None:
        """Close the browsers, and let the provider be as it was."""
        while self.browsers:
            self.browsers.pop().close()
        self.provider.person, self.provider.more_claims, self.provider.callback = Person(), {}, {}


@contextmanager
def gateways(folder: Path) -> Iterator[Place]:
    """Two gateways on one store, and a provider."""
    provider = Provider("ES256")
    provider.secret = FAR_KEY
    made: list[Process] = []
    for name in ("here", "there"):
        (folder / name).mkdir()
        text = CONFIG.replace("ISSUER", provider.issuer).replace("PORT", str(free_port()))
        where = install(folder / name, text.replace("DATA", str(folder / "data")))
        made.append(Process(where))
    yield Place(provider, where, made[0], made[1])
    for process in made:
        process.stop()
    provider.close()


def me(browser: httpx2.Client) -> dict[str, Any]:
    said: dict[str, Any] = browser.get("/redoubt/v1/me").json()
    return said


def proof(browser: httpx2.Client) -> dict[str, str]:
    return {"x-redoubt-csrf": me(browser)["csrf"], "origin": str(browser.base_url).rstrip("/")}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
