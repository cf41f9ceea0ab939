"""The options that say by which rules and which policy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from redoubt import compose
from redoubt.domain.document import ReadLimits
from redoubt.domain.exchange import Trust
from redoubt.domain.settings import ModelSettings
from redoubt.surfaces.cli.worker import Terms

_F = TypeVar("_F", bound=Callable[..., Any])


models_option = click.option(
    "--no-models",
    is_flag=True,
    help="Rules alone, without the guard models (REDOUBT_MODELS__ENABLED=false: always).",
)
"""For every command that inspects a text."""


def policy_options(command: _F) -> _F:
    """Add ``--profile``, ``--policy``, ``--rules`` and ``--no-models`` to a command."""
    options = (
        click.option(
            "--profile", type=click.Choice(compose.PROFILES), default="balanced", show_default=True,
            help="Built-in policy.",
        ),
        click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), help="A policy file instead."),
        click.option(
            "--rules", type=click.Path(path_type=Path, dir_okay=False), multiple=True,
            help="Your own detection rules (repeatable).",
        ),
        models_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def terms_of(
    *,
    profile: str,
    policy: Path | None,
    rules: tuple[Path, ...],
    least: float,
    categories: tuple[str, ...],
    max_size: int,
    key: bytes,
    show: bool,
    models: ModelSettings,
    prompt: bool = False,
) -> Terms:
    """Return what a scan was asked to do."""
    return Terms(
        profile=profile,
        policy=str(policy or ""),
        rules=tuple(str(path) for path in rules),
        least=least,
        categories=categories,
        limits=ReadLimits(max_size=max_size),
        key=key,
        show=show,
        models=models,
        trust=Trust.USER if prompt else Trust.EXTERNAL,
    )
