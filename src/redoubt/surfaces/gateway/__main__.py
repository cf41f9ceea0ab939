"""The gateway as a process: `python -m redoubt.surfaces.gateway [--config FILE]`. `redoubt up` ends in it."""

import argparse
import asyncio
import gc
import os
import sys
from pathlib import Path

import uvloop

from redoubt import __version__, compose
from redoubt.domain.errors import RedoubtError
from redoubt.domain.settings import Settings
from redoubt.surfaces.gateway.app import GatewayApp
from redoubt.surfaces.gateway.background import Background
from redoubt.surfaces.gateway.dumps import forbid
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.parts import parts
from redoubt.surfaces.gateway.serve import server_for
from redoubt.surfaces.gateway.upstreams import NamedUpstream, Upstreams
from redoubt.surfaces.gateway.workers import Workers

FAILED = 3


async def run(settings: Settings) -> None:
    """Open the stores, serve until told to stop, close the stores."""
    keys = compose.keyring(settings, os.environ)
    rules = compose.detector(settings.policy.rules)
    policy, _ = compose.policy(settings.policy.profile, settings.policy.file, rules)
    guard = compose.guard(settings.models, rules)
    opinions = compose.opinions(settings.models, rules)
    stores = compose.stores(settings, keys)
    try:
        clients = compose.upstreams(settings)
        gateway = Gateway(
            settings=settings,
            identity=stores.identity,
            limits=stores.limits,
            prices=compose.prices(settings),
            audit=stores.audit,
            vault=stores.vault,
            desk=compose.desk(
                compose.inspector(
                    policy, rules, keys.derive("inspection cache"), guard=guard, opinions=opinions
                ),
                stores.vault,
                keys,
                leaks=compose.leaks(rules, keys, stores),
            ),
            fingerprints=stores.fingerprints,
            upstreams=Upstreams(
                [NamedUpstream(u, clients[u.name], compose.instructions(u)) for u in settings.upstreams]
            ),
            version=__version__,
            workers=Workers(settings.server.inspection_threads),
        )
        app = GatewayApp(gateway)
        server = server_for(app, settings.server)
        told = asyncio.create_task(_tell(server, settings))
        background = Background(parts(gateway, stores), gateway.metrics)
        background.start()
        # Rules and policy stay for good: the collector need not look through them again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 10, 10)
        try:
            await server.serve()
        finally:
            told.cancel()
            await background.stop()
            await app.aclose()
    finally:
        await stores.audit.close()
        stores.dispose()


async def _tell(server, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    await server.listening.wait()
    scheme = "https" if settings.server.tls_cert else "http"
    print(f"listening on {scheme}://{settings.server.host}:{server.port}", file=sys.stderr, flush=True)  # noqa: T201


def main() -> int:
    """Run the gateway; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m redoubt.surfaces.gateway")
    parser.add_argument("--config", type=Path)
    arguments = parser.parse_args()
    forbid()
    try:
        uvloop.run(run(compose.settings(arguments.config, os.environ)))
    except RedoubtError as error:
        print(f"redoubt: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
