"""`redoubt principals`: who there is, and which roles each has."""

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redoubt.domain.principal import Kind
from redoubt.domain.rights import ANY, Grant, Limits
from redoubt.surfaces.cli.office import config_option, json_option, opened, read_settings, recorded
from redoubt.surfaces.cli.output import say, say_json, table

if TYPE_CHECKING:
    from redoubt.services.identity.directory import GrantInfo, PrincipalInfo


@click.group()
def principals() -> None:
    """Make, disable and enable principals; grant roles and take them away.

    \b
    Examples:
      redoubt principals create --name "billing service" --app billing --role developer
      redoubt principals grant --to svc_0123456789abcdef --role user --model gpt-5-mini
      redoubt principals grant --to-group "security team" --role auditor
      redoubt principals disable svc_0123456789abcdef
    """


@principals.command("list")
@json_option
@config_option
def list_principals(as_json: bool, config: Path | None) -> None:
    """List all principals with their grants, and the grants of groups.

    Example: redoubt principals list --json
    """
    with opened(read_settings(config)) as (stores, _):
        everybody, groups = stores.directory.list_principals(), stores.directory.list_groups()
    if as_json:
        say_json(
            {"principals": [asdict(who) for who in everybody], "groups": [asdict(info) for info in groups]}
        )
        return
    table(
        ("id", "kind", "name", "app", "tenant", "state", "end users", "grants"),
        (
            (
                who.id,
                who.kind.value,
                who.name,
                who.app,
                who.tenant,
                "disabled" if who.disabled_at is not None else "enabled",
                "named" if who.trusted else "-",
                ", ".join(map(_brief, who.grants)) or "-",
            )
            for who in everybody
        ),
        empty="There is nobody yet. Make a key with: redoubt keys create --name NAME",
    )
    if groups:
        say()
        table(("group", "tenant", "grant"), ((g.group, g.tenant, _brief(g)) for g in groups), empty="")


@principals.command()
@click.option("--name", required=True)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), default="service", show_default=True
)
@click.option("--app", default="default", show_default=True, help="The application it acts for.")
@click.option("--tenant", default="", help="Whose it is (default: the operator's own).")
@click.option("--role", "roles", multiple=True, help="A role that it has everywhere.")
@click.option("--may-name-end-user", is_flag=True, help="Whether it may name its end users.")
@json_option
@config_option
def create(
    name: str,
    kind: str,
    app: str,
    tenant: str,
    roles: tuple[str, ...],
    may_name_end_user: bool,
    as_json: bool,
    config: Path | None,
) -> None:
    """Make a principal. It may do what its roles allow, and comes in with a key (`redoubt keys create --principal`).

    Example: redoubt principals create --name "billing service" --app billing --role developer
    """
    from redoubt.services.identity.directory import PrincipalDraft
    from redoubt.services.identity.keys import PREFIXES

    number = secrets.token_hex(8)
    draft = PrincipalDraft(name, Kind(kind), app, tenant, may_name_end_user, tuple(map(Grant, roles)))
    with (
        opened(read_settings(config)) as (stores, _),
        recorded(stores, "principals.create", f"{PREFIXES[draft.kind]}{number}"),
    ):
        who = stores.directory.make_principal(draft, number)
    _say_principal(who, as_json=as_json)


@principals.command()
@click.argument("principal", metavar="ID")
@json_option
@config_option
def disable(principal: str, as_json: bool, config: Path | None) -> None:
    """Let nothing of a principal's in until it is enabled again.

    Example: redoubt principals disable svc_0123456789abcdef
    """
    _change(principal, as_json=as_json, config=config, disabled=True)


@principals.command()
@click.argument("principal", metavar="ID")
@json_option
@config_option
def enable(principal: str, as_json: bool, config: Path | None) -> None:
    """Let a disabled principal in again.

    Example: redoubt principals enable svc_0123456789abcdef
    """
    _change(principal, as_json=as_json, config=config, disabled=False)


@principals.command()
@click.argument("principal", metavar="ID")
@click.option("--end-users/--no-end-users", required=True, help="Whether it may name its end users.")
@json_option
@config_option
def trust(principal: str, end_users: bool, as_json: bool, config: Path | None) -> None:
    """Say whether a principal may name its end users, who are then the subjects of what is recorded.

    Example: redoubt principals trust svc_0123456789abcdef --end-users
    """
    _change(principal, as_json=as_json, config=config, trusted=end_users)


@principals.command()
@click.option("--to", "principal", default="", metavar="ID", help="The principal that gets the role.")
@click.option(
    "--to-group", "group", default="", metavar="NAME", help="The identity provider's group that does."
)
@click.option("--role", required=True)
@click.option("--app", default=ANY, show_default=True, help="The application it is for.")
@click.option("--upstream", default=ANY, show_default=True)
@click.option("--model", default=ANY, show_default=True)
@click.option("--collection", default=ANY, show_default=True)
@json_option
@config_option
def grant(
    principal: str,
    group: str,
    role: str,
    app: str,
    upstream: str,
    model: str,
    collection: str,
    as_json: bool,
    config: Path | None,
) -> None:
    """Give a principal or a group a role, everywhere or within names that are compared exactly.

    Example: redoubt principals grant --to svc_0123456789abcdef --role user --model gpt-5-mini
    """
    if bool(principal) == bool(group):
        raise click.UsageError("say whom the role is for: --to ID or --to-group NAME")
    number = secrets.token_hex(8)
    wanted = Grant(role, Limits(app, upstream, model, collection))
    with (
        opened(read_settings(config)) as (stores, _),
        recorded(stores, "grants.create", f"grn_{number}: {role} to {principal or 'a group'}"),
    ):
        info = stores.directory.grant(wanted, principal=principal, group=group, number=number)
    if as_json:
        say_json(asdict(info))
    else:
        say(f"{info.principal or info.group} has {_brief(info)}")


@principals.command()
@click.argument("grant_id", metavar="GRANT")
@json_option
@config_option
def withdraw(grant_id: str, as_json: bool, config: Path | None) -> None:
    """Take a grant back.

    Example: redoubt principals withdraw grn_0123456789abcdef
    """
    with opened(read_settings(config)) as (stores, _), recorded(stores, "grants.delete", grant_id):
        info = stores.directory.withdraw(grant_id)
    if as_json:
        say_json(asdict(info))
    else:
        say(f"{info.principal or info.group} no longer has {_brief(info)}")


def _change(
    principal: str,
    *,
    as_json: bool,
    config: Path | None,
    disabled: bool | None = None,
    trusted: bool | None = None,
) -> None:
    said = f"disabled={disabled}" if trusted is None else f"may_name_end_user={trusted}"
    with (
        opened(read_settings(config)) as (stores, _),
        recorded(stores, "principals.change", f"{principal} {said}"),
    ):
        who = stores.directory.change(principal, disabled=disabled, trusted=trusted)
    _say_principal(who, as_json=as_json)


def _say_principal(who: "PrincipalInfo", *, as_json: bool) -> None:
    if as_json:
        say_json(asdict(who))
        return
    standing = "disabled" if who.disabled_at is not None else "enabled"
    said = f"{who.id}  {who.name}  app {who.app}, {standing}"
    say(said + (", may name its end users" if who.trusted else ""))
    for info in who.grants:
        say(f"  {_brief(info)}")


def _brief(info: "GrantInfo") -> str:
    limits = info.grant.limits
    places = [f"{what} {getattr(limits, what)}" for what in Limits.__slots__ if getattr(limits, what) != ANY]
    where = f" ({', '.join(places)})" if places else ""
    return f"{info.grant.role}{where} [{info.id}]"
