"""The gateway as a process: `python -m redoubt.surfaces.gateway [--config FILE]`. `redoubt up` ends in it."""

import argparse
import os
import sys
from pathlib import Path

import uvloop

from redoubt import compose
from redoubt.domain.errors import RedoubtError
from redoubt.domain.settings import Settings
from redoubt.surfaces.gateway.dumps import forbid
from redoubt.surfaces.gateway.logs import configure
from redoubt.surfaces.gateway.process import Place, announce, run
from redoubt.surfaces.gateway.signals import told
from redoubt.surfaces.gateway.supervisor import FAILED, Supervisor, listening_socket


def main() -> int:
    """Run the gateway; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m redoubt.surfaces.gateway")
    parser.add_argument("--config", type=Path)
    # What follows a gateway of several workers gives to each of them.
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--descriptors", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    forbid()
    try:
        settings = compose.settings(arguments.config, os.environ)
        configure(settings.telemetry)
        if arguments.worker:
            uvloop.run(run(settings, _place(arguments)))
        elif settings.server.workers > 1:
            return uvloop.run(_supervise(settings, arguments.config))
        else:
            uvloop.run(run(settings))
    except RedoubtError as error:
        print(f"redoubt: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    except KeyboardInterrupt:
        pass
    return 0


async def _supervise(settings: Settings, config: Path | None) -> int:
    compose.detector(settings.policy.rules)
    listener = listening_socket(settings.server)
    supervisor = Supervisor(settings.server.workers, listener, config)
    port = int(listener.getsockname()[1])
    with told(supervisor.stop, supervisor.reload):
        return await supervisor.run(lambda: announce(settings, port))


def _place(arguments: argparse.Namespace) -> Place:
    number, _, count = arguments.worker.partition("/")
    listener, _, parent = arguments.descriptors.partition(",")
    return Place(int(number), int(count), arguments.folder, int(listener), int(parent))


if __name__ == "__main__":
    sys.exit(main())
