"""`redoubt up`: check, greet, and become the gateway."""

import os
import shutil
import socket
import sys
from pathlib import Path

import click

from redoubt import compose
from redoubt.domain.errors import ServiceError
from redoubt.domain.settings import ServerSettings, Settings, UpstreamKind
from redoubt.surfaces.cli.greeting import greeting
from redoubt.surfaces.cli.keys import make_key
from redoubt.surfaces.cli.office import config_option, json_option, opened
from redoubt.surfaces.cli.output import say, say_json
from redoubt.surfaces.cli.rules import load
from redoubt.surfaces.cli.terms import models_option

GATEWAY = "redoubt.surfaces.gateway"
"""Run by name, as a program of its own: the command line does not know the gateway's code."""


@click.command()
@click.option("--host", help="Address to listen on (default: server.host, 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (default: server.port, 8420).")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Processes that share the address (default: server.workers, 1).",
)
@models_option
@json_option
@config_option
def up(
    host: str | None,
    port: int | None,
    workers: int | None,
    no_models: bool,
    as_json: bool,
    config: Path | None,
) -> None:
    """Start the gateway and print a request to try. The first start makes a key. Ctrl-C stops it.

    \b
    Examples:
      redoubt up
      redoubt up --config redoubt.toml --port 9000
      redoubt up --workers 4
    """
    environ = dict(os.environ)
    if host is not None:
        environ["REDOUBT_SERVER__HOST"] = host
    if port is not None:
        environ["REDOUBT_SERVER__PORT"] = str(port)
    if workers is not None:
        environ["REDOUBT_SERVER__WORKERS"] = str(workers)
    if no_models:
        environ["REDOUBT_MODELS__ENABLED"] = "false"
    settings = compose.settings(config, environ)
    check_port(settings.server)
    # A policy, rule or model that is no good is said here, before anything is promised.
    detector = load(settings.policy.rules)
    compose.policy(settings.policy.profile, settings.policy.file, detector)
    compose.guard(settings.models, detector)
    compose.opinions(settings.models, detector)
    secret = first_key(settings)
    if as_json:
        say_json({"url": url(settings.server), "key": secret or None, "practice": practises(settings)})
    else:
        say(greeting(url(settings.server), secret, practice=practises(settings), command=_called()))
    sys.stdout.flush()
    arguments = [sys.executable, "-m", GATEWAY]
    if config is not None:
        arguments += ["--config", str(config)]
    os.execve(sys.executable, arguments, environ)  # noqa: S606 - our own interpreter, our own module, no shell


def _called() -> str:
    """Return how a person types this command: by its name where that is on the path, else by its file."""
    called = Path(sys.argv[0])
    return os.path.relpath(called) if called.name == "redoubt" and not shutil.which("redoubt") else "redoubt"


def url(server: ServerSettings) -> str:
    """Return the gateway's address as a client writes it."""
    host = "127.0.0.1" if server.host in ("0.0.0.0", "") else "[::1]" if server.host == "::" else server.host  # noqa: S104
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"{'https' if server.tls_cert else 'http'}://{host}:{server.port}"


def practises(settings: Settings) -> bool:
    """Tell whether a request could end at the practice model."""
    return any(upstream.kind is UpstreamKind.PRACTICE for upstream in settings.upstreams)


def check_port(server: ServerSettings) -> None:
    """Raise ServiceError where the port is taken or not ours to take."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            server.host or None, server.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise ServiceError(
            f"cannot listen on {server.host}:{server.port} ({error.strerror or type(error).__name__}); "
            "another gateway may be running: stop it, or use --port"
        ) from error


def first_key(settings: Settings) -> str:
    """Make a key where there is none and return its secret; else, also where another start was quicker, return nothing."""
    from redoubt.services.identity.directory import NotFirstError

    with opened(settings) as (stores, _):
        if stores.directory.list_keys():
            return ""
        try:
            return make_key(stores, name="first key", role="admin", first=True).secret
        except NotFirstError:
            return ""
