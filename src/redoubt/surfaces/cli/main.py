"""The command `redoubt`: finds the command that was asked for and imports nothing else.

Exit codes, of every command: 0 nothing found (or done), 1 findings, 2 misuse, 3 could not do it.
"""

import os
import sys
from collections.abc import Sequence

FOUND, MISUSE, FAILED = 1, 2, 3
INTERRUPTED, PIPE_CLOSED = 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. No traceback is ever shown: it could quote what was inspected."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:
        from redoubt import __version__

        print(f"redoubt {__version__}")
        return 0
    import click

    from redoubt.domain.errors import RedoubtError
    from redoubt.surfaces.cli.group import redoubt

    try:
        code = redoubt.main(given, prog_name="redoubt", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return MISUSE
    except RedoubtError as error:
        return _failed(str(error))
    except (KeyboardInterrupt, click.Abort):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - a traceback quotes values; the place is enough to report the fault
        return _failed(
            f"a fault of Redoubt's own: {type(error).__name__} at {_place(error)}; please report it"
        )
    return code if isinstance(code, int) else 0


def _failed(message: str) -> int:
    from redoubt.surfaces.cli.output import printable

    print(f"redoubt: {printable(message)}", file=sys.stderr)
    return FAILED


def _place(error: BaseException) -> str:
    place = "an unknown place"
    trace = error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
