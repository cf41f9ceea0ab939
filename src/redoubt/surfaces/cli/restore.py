"""`redoubt restore`: turn the pseudonyms of a session back."""

from pathlib import Path

import click

from redoubt.domain.exchange import Syntax
from redoubt.engine.redact.restore import Restorer
from redoubt.surfaces.cli.office import (
    config_option,
    json_option,
    local_scope,
    opened,
    put_on_record,
    read_settings,
    wait,
)
from redoubt.surfaces.cli.output import say, say_json
from redoubt.surfaces.cli.texts import read_text, write_text

FAILED = 3


@click.command()
@click.argument("source", metavar="[FILE|-]", default="-")
@click.option("--session", required=True, help="The session that `redoubt mask` was given.")
@click.option("--json-input", is_flag=True, help="The text is JSON, and stays JSON.")
@json_option
@config_option
def restore(source: str, session: str, json_input: bool, as_json: bool, config: Path | None) -> int:
    """Write the text with the session's pseudonyms turned back. Only who masked can restore, and it is put on record.

    \b
    Examples:
      redoubt restore answer.txt --session jane
      redoubt mask letter.txt --session jane | llm "answer this" | redoubt restore --session jane
    """
    text = read_text(source)
    with opened(read_settings(config)) as (stores, _):
        aliases = wait(stores.vault.load(local_scope(session)))
        if not aliases:
            say(
                "nothing to turn back: you have no such session, it expired, or nothing was masked in it",
                error=True,
            )
            return FAILED
        put_on_record(stores, "restore", f"session of {len(aliases)} pseudonyms")
    restored = Restorer(aliases).restore(text, Syntax.JSON if json_input else Syntax.PLAIN)
    if as_json:
        say_json({"text": restored})
    else:
        write_text(restored)
    return 0
