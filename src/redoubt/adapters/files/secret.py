"""Secrets are never in the file: ``{env = "NAME"}`` or ``{file = "PATH"}`` says where they are."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from redoubt.domain.errors import ConfigError


class Secret(msgspec.Struct, forbid_unknown_fields=True):
    """Where a secret is; one of the two."""

    env: str = ""
    file: str = ""


def reveal(secret: Secret | None, where: str, environ: Mapping[str, str], folder: Path) -> str:
    """Return the secret, empty where none is named; a file is looked for in ``folder``. Raises ConfigError, naming ``where``."""
    if secret is None:
        return ""
    if bool(secret.env) == bool(secret.file):
        raise ConfigError(f'{where}: write {{env = "NAME"}} or {{file = "PATH"}}, one of the two')
    if secret.env:
        if found := environ.get(secret.env, ""):
            return found
        raise ConfigError(f"{where}: the environment variable {secret.env} is not set")
    try:
        return (folder / secret.file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where}: {secret.file} cannot be read ({type(error).__name__})") from error
