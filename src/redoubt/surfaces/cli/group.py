"""The table of commands. A command's file is imported when it is used, so that a scan does not pay for the server."""

from importlib import import_module

import click

COMMANDS = {
    "up": ("up:up", "Start the gateway."),
    "init": ("init:init", "Write a configuration to start from."),
    "doctor": ("doctor:doctor", "Check that everything is in place."),
    "scan": ("scan:scan", "Find secrets and personal data in files, folders, archives or text."),
    "mask": ("mask:mask", "Mask a text as policy says."),
    "restore": ("restore:restore", "Turn the pseudonyms of a session back."),
    "policy": ("policy:policy", "Check, explain and test policies."),
    "keys": ("keys:keys", "Make, list, rotate and revoke API keys."),
    "principals": ("principals:principals", "Say who there is, and which roles each has."),
    "roles": ("roles:roles", "Say what each role allows."),
    "limits": ("limits:limits", "Show limits and their use; check a configuration."),
    "audit": ("audit:audit", "Read the audit log."),
    "backup": ("backup:backup", "Back up keys and records, and restore them."),
    "bench": ("bench:bench", "Measure detection on your own data."),
    "train": ("train:train", "Train guard models of your own."),
    "chats": ("chats:chats", "Find what was told to chatbots, in their exports."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports them by need."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """See `click.Group.list_commands`."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """See `click.Group.get_command`."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"redoubt.surfaces.cli.{module}"), name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="redoubt-ai", message="redoubt %(version)s")
def redoubt() -> None:
    """Never trust the prompt; never trust the answer.

    A self-hosted security layer for everything that talks to a generative model.

    \b
    Examples:
      redoubt up                         start the gateway and print a request to try
      redoubt scan src/                  find secrets and personal data in a folder
      echo "mail jane@acme.com" | redoubt scan
      redoubt mask notes.txt --session s1 > safe.txt

    Exit codes: 0 nothing found, 1 findings, 2 misuse, 3 could not do it.
    """
