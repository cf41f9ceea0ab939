"""An installation: its settings, its folder, its master key."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from redoubt.domain.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from redoubt.adapters.files.keyring import Keyring


def settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the configuration; see `redoubt.adapters.files.settings`."""
    from redoubt.adapters.files.settings import load_settings

    return load_settings(path, environ)


def model_settings(environ: Mapping[str, str], *, enabled: bool = True) -> ModelSettings:
    """Return ``[models]`` as the environment alone says it, switched off where they are not ``enabled``."""
    from redoubt.adapters.files.settings import model_settings as read

    return read(environ) if enabled else ModelSettings(enabled=False)


def data_dir(of: Settings) -> Path:
    """Return where keys and records lie."""
    if of.store.data_dir:
        return Path(of.store.data_dir).expanduser()
    import platformdirs

    return platformdirs.user_data_path("redoubt")


def keyring(of: Settings, environ: Mapping[str, str]) -> "Keyring":
    """Open the master key, making one at the first start."""
    from redoubt.adapters.files.keyring import open_keyring

    return open_keyring(data_dir(of), environ)
