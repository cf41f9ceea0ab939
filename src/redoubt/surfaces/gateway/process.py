"""One gateway, or one worker of it, from its settings to its end."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from signal import SIGHUP

from redoubt import __version__, compose
from redoubt.domain.outage import hindrances, outage
from redoubt.domain.settings import LogFormat, Settings, WhenUnavailable
from redoubt.pipeline.phases import Desk
from redoubt.surfaces.gateway.app import GatewayApp
from redoubt.surfaces.gateway.background import Background
from redoubt.surfaces.gateway.checkpointing import checkpoint_last
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.parts import exports, parts
from redoubt.surfaces.gateway.reloading import Reloader
from redoubt.surfaces.gateway.serve import GatewayServer, server_for
from redoubt.surfaces.gateway.settling import settle
from redoubt.surfaces.gateway.siblings import Siblings
from redoubt.surfaces.gateway.signals import told
from redoubt.surfaces.gateway.upstreams import NamedUpstream, Upstreams
from redoubt.surfaces.gateway.workers import Workers

_log = logging.getLogger("redoubt.gateway")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker stands among its siblings, and what its parent gave it."""

    number: int
    count: int
    folder: Path
    """Where the siblings find each other."""
    listener: int
    """Descriptor of the socket that all of them take connections from."""
    parent: int
    """Descriptor of a pipe that ends when the parent does."""


async def run(settings: Settings, place: Place | None = None) -> None:
    """Open the stores, serve until told to stop, close the stores."""
    _say_what_an_outage_does(settings)
    keys = compose.keyring(settings, os.environ)
    providers = compose.providers(settings, keys.derive("login attempts"))
    stores = compose.stores(settings, keys, serving=True)
    try:
        ruling = compose.ruling(settings, keys, stores)
        clients = compose.upstreams(settings)
        telemetry = compose.telemetry(settings)
        notary = compose.notary(settings, keys, stores)
        publishing = compose.publishing(settings, notary)
        gateway = Gateway(
            settings=settings,
            identity=stores.identity,
            directory=stores.directory,
            tokens=providers.tokens if providers else None,
            login=providers.login if providers else None,
            sessions=stores.sessions,
            limits=stores.limits,
            prices=compose.prices(settings),
            audit=stores.audit,
            vault=stores.vault,
            desk=ruling.desk,
            fingerprints=stores.fingerprints,
            forgetting=stores.forgetting,
            eraser=stores.eraser,
            reveals=stores.reveals,
            upstreams=Upstreams(
                [NamedUpstream(u, clients[u.name], compose.instructions(u)) for u in settings.upstreams]
            ),
            version=__version__,
            workers=Workers(settings.server.inspection_threads),
            telemetry=telemetry,
            notary=notary,
        )

        def put(desk: Desk) -> None:
            gateway.desk = desk
            if place is not None:
                _tell_siblings()

        gateway.reloader = reloader = Reloader(
            ruling,
            lambda before: compose.ruling(settings, keys, stores, before),
            put,
            audit=stores.audit,
            metrics=gateway.metrics,
            clock=gateway.clock,
            new_id=gateway.new_id,
        )
        app = GatewayApp(gateway)
        server = server_for(app, settings.server, gateway.closing)
        exported = exports(gateway, telemetry)
        background = Background((*parts(gateway, stores, publishing), *exported), gateway.metrics)
        reloads: set[asyncio.Task[None]] = set()

        def reload() -> None:
            task = asyncio.create_task(reloader.reload_quietly())
            reloads.add(task)
            task.add_done_callback(reloads.discard)

        with told(server.stop, reload):
            background.start()
            settle()
            try:
                await _serve(server, gateway, place)
            finally:
                await background.stop()
                await app.aclose()
                # With the signals still caught: nothing may end the process before.
                await stores.audit.close()
                await checkpoint_last(publishing, gateway.metrics)
    finally:
        await stores.audit.close()
        stores.dispose()


def _say_what_an_outage_does(settings: Settings) -> None:
    if settings.audit.when_unavailable is not WhenUnavailable.REFUSE:
        _log.info(outage(settings))
    for each in hindrances(settings):
        _log.warning("while the store is out, requests are refused all the same: %s", each)


async def _serve(server: GatewayServer, gateway: Gateway, place: Place | None) -> None:
    """Serve until the server is told to stop, and tell who waits for it that it listens."""
    settings = gateway.settings
    if place is None:
        ready = asyncio.create_task(_when_listening(server, lambda: announce(settings, server.port)))
        try:
            await server.serve()
        finally:
            ready.cancel()
        return
    siblings = gateway.siblings = Siblings(place.folder, place.number, place.count, gateway.metrics.collect)
    asyncio.get_running_loop().add_reader(place.parent, _orphaned(server, place.parent))
    ready = asyncio.create_task(_when_listening(server, siblings.listen))
    try:
        await server.serve([socket.socket(fileno=place.listener)])
    finally:
        ready.cancel()
        asyncio.get_running_loop().remove_reader(place.parent)
        await siblings.close()


async def _when_listening(server: GatewayServer, then: Callable[[], object]) -> None:
    await server.listening.wait()
    result = then()
    if asyncio.iscoroutine(result):
        await result


def _orphaned(server: GatewayServer, pipe: int) -> Callable[[], None]:
    """Return what stops a worker whose parent is gone: nobody would tell it to any more."""

    def stop() -> None:
        asyncio.get_running_loop().remove_reader(pipe)
        server.stop()

    return stop


def _tell_siblings() -> None:
    """Have the parent tell all workers to read the policy that this one has just put in force."""
    os.kill(os.getppid(), SIGHUP)


def announce(settings: Settings, port: int) -> None:
    """Say that the gateway listens, and where."""
    scheme = "https" if settings.server.tls_cert else "http"
    said = f"listening on {scheme}://{settings.server.host}:{port}"
    if settings.telemetry.log_format is LogFormat.JSON:
        _log.info(said)
    else:
        print(said, file=sys.stderr, flush=True)  # noqa: T201
