"""Of whom a command speaks: persons as they are typed, and as the log names them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from redoubt.domain.errors import InputError
from redoubt.services.audit.subjects import candidates
from redoubt.surfaces.cli.office import TENANT, wait

if TYPE_CHECKING:
    from redoubt.compose import Stores

TENANTS = ("default", TENANT)
"""Of principals that say nothing else, and of the command line."""

_F = TypeVar("_F", bound=Callable[..., Any])


def person_options(command: _F) -> _F:
    """Add ``--subject``, ``--app`` and ``--tenant`` to a command."""
    for option in (
        click.option("--tenant", help="Of the person (default: all there are)."),
        click.option("--app", help="The application that names the person (default: all there are)."),
        click.option(
            "--subject",
            required=True,
            metavar="ID",
            help="A principal (key_..., os:jane), a subject of the log (eu_...), or a person as the application names them.",
        ),
    ):
        command = option(command)
    return command


def possible(
    stores: "Stores", derive: Callable[[str], bytes], subject: str, app: str | None, tenant: str | None
) -> list[tuple[str, str]]:
    """Return tenant and subject under which the log may know a person."""
    principals = stores.directory.list_principals()
    apps = [app] if app else [who.app for who in principals]
    tenants = (tenant,) if tenant else sorted({*TENANTS, *(who.tenant for who in principals)})
    key = derive("hashes")
    return [(each, name) for each in tenants for name in candidates(each, apps, subject, key)]


def known(
    stores: "Stores", derive: Callable[[str], bytes], subject: str, app: str | None, tenant: str | None
) -> list[tuple[str, str]]:
    """Return tenant and subject under which the log knows a person. Raises InputError where it does not."""
    found = [
        (where, name)
        for where, name in possible(stores, derive, subject, app, tenant)
        if wait(stores.forgetting.knows(where, name))
    ]
    if not found:
        raise InputError(
            "the log knows nobody of that name: write the id of a principal or subject, or the name exactly as the application "
            "sends it, with --app where that application has no key any more"
        )
    return found
