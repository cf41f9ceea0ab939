"""Texts that a command takes as a whole: from a file or from standard input."""

import sys

import click

from redoubt.domain.errors import InputError

MAX_BYTES = 64 * 1024 * 1024


def read_text(source: str) -> str:
    """Return the text of the file ``source``, or of standard input where it is ``-``. Raises InputError."""
    if source == "-" and sys.stdin.isatty():
        raise click.UsageError("Say which file to read, or send the text to standard input.")
    try:
        if source == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with open(source, "rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise InputError(f"{source}: larger than {MAX_BYTES} bytes; cut it into parts", too_large=True)
    try:
        return data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: not UTF-8 at byte {error.start}; convert it first") from error


def write_text(text: str) -> None:
    """Write ``text`` to standard output, character for character."""
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
