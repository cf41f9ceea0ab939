"""`redoubt audit checkpoint | key | export | verify | bundle`: what makes the log provable."""

import base64
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from redoubt import compose
from redoubt.surfaces.cli.office import config_option, json_option, put_on_record, read_settings, wait
from redoubt.surfaces.cli.office import opened_with_notary as opened
from redoubt.surfaces.cli.output import count, paint, printable, say, say_json
from redoubt.surfaces.cli.progress import Meter
from redoubt.surfaces.cli.times import moment

if TYPE_CHECKING:
    from redoubt.services.audit.evidence import KeptCheckpoint
    from redoubt.services.audit.note import VerifierKey
    from redoubt.services.audit.verifying import Verdict

FOUND, FAILED = 1, 3
ED25519, COSIGNATURE = 0x01, 0x04
"""Signature types (`redoubt.services.audit.note`); written out so that help costs no cryptography."""


@click.command()
@json_option
@config_option
def checkpoint(as_json: bool, config: Path | None) -> int:
    """Sign a checkpoint of the log as it stands, bring it to those whom [audit] names, and print it.

    Keep it elsewhere, and nobody can rewrite what came before.

    Example: redoubt audit checkpoint > today.checkpoint
    """
    settings = read_settings(config)
    with opened(settings) as (stores, notary):
        done = wait(compose.publishing(settings, notary).round(last=True))
        kept = wait(stores.checkpoints.of_size(done.kept.size)) or done.kept
    if as_json:
        failures = [asdict(failure) for failure in done.failures]
        say_json({**as_members(kept), "fresh": done.fresh, "failures": failures})
    else:
        say(kept.note.decode(), end="")
        for failure in done.failures:
            say(f"not delivered: {printable(failure.said)}", error=True)
    return FAILED if done.failures else 0


@click.command()
@json_option
@config_option
def key(as_json: bool, config: Path | None) -> None:
    """Print the log's public key (C2SP verifier key): give it to whoever shall verify, by another way than the exports.

    Example: redoubt audit key > log.pub
    """
    with opened(read_settings(config)) as (_, notary):
        vkey = notary.vkey
    if as_json:
        say_json(
            {"vkey": str(vkey), "origin": vkey.name, "id": vkey.id.hex(), "public_key": vkey.public.hex()}
        )
    else:
        say(str(vkey))


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A new folder.")
@click.option("--from", "start", type=click.IntRange(0), default=0, help="The first entry's index.")
@click.option("--texts", is_flag=True, help="With the encrypted texts (they stay encrypted).")
@json_option
@config_option
def export(out: Path, start: int, texts: bool, as_json: bool, config: Path | None) -> None:
    """Write the log into a folder that anybody can verify. This is put on record, as its last entry.

    Example: redoubt audit export --out log-2026-03 --texts
    """
    with opened(read_settings(config)) as (stores, notary), closing(_meter()) as meter:
        put_on_record(stores, "audit.export", f"from entry {start}{', with texts' if texts else ''}")
        kept = wait(compose.export_log(notary, out, start=start, texts=texts, tell=meter.show))
    if as_json:
        say_json({**as_members(kept), "out": str(out), "from": start})
        return
    say(f"{count(kept.size - start, 'entry', 'entries')} in {printable(str(out))}")
    say(
        f"verify: redoubt audit verify {printable(str(out))} --public-key FILE   (redoubt audit key prints it)"
    )


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--public-key", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The log's key."
)
@click.option(
    "--checkpoint",
    "checkpoints",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="An earlier checkpoint that you kept; may be given again and again.",
)
@click.option(
    "--witness",
    "witnesses",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="The key of a witness that must have cosigned; may be given again and again.",
)
@json_option
def verify(
    path: Path, public_key: Path, checkpoints: tuple[Path, ...], witnesses: tuple[Path, ...], as_json: bool
) -> int:
    """Verify an export (a folder) or an evidence bundle (a ZIP file) with nothing but the public key.

    Needs no configuration, no database and no network. Exit codes: 0 all of it is as it was logged, 1 evidence of tampering,
    2 misuse, 3 it cannot be read.

    \b
    Examples:
      redoubt audit verify log-2026-03 --public-key log.pub
      redoubt audit verify log-2026-03 --public-key log.pub --checkpoint yesterday.checkpoint
      redoubt audit verify case-17.zip --public-key log.pub
    """
    vkey = _key(public_key, ED25519)
    cosigners = [_key(each, COSIGNATURE) for each in witnesses]
    if checkpoints and path.is_file():
        raise click.UsageError(
            "--checkpoint is for exports; a bundle has a few entries, each with its own checkpoint"
        )
    with closing(_meter()) as meter:
        verdict = compose.verify_log(path, vkey, checkpoints, meter.show, cosigners)
    if as_json:
        say_json({"ok": verdict.fault is None, **asdict(verdict)})
    else:
        _say(verdict)
    return FOUND if verdict.fault else 0


@click.command()
@click.argument("exchange")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new ZIP file.")
@click.option("--no-texts", is_flag=True, help="Without the encrypted texts.")
@json_option
@config_option
def bundle(exchange: str, out: Path, no_texts: bool, as_json: bool, config: Path | None) -> None:
    """Write the evidence of one EXCHANGE as one file that an outsider can verify. This is itself put on record.

    Example: redoubt audit bundle ex_0123456789abcdef01234567 --out case-17.zip
    """
    with opened(read_settings(config)) as (stores, notary):
        put_on_record(
            stores, "audit.export", f"bundle of {exchange[:64]}{'' if no_texts else ', with texts'}"
        )
        entries, kept = wait(compose.bundle(notary, exchange, out, texts=not no_texts))
    if as_json:
        say_json({**as_members(kept), "out": str(out), "exchange": exchange, "entries": entries})
        return
    say(f"{count(entries, 'entry', 'entries')} in {printable(str(out))}, proven against a log of {kept.size}")
    say(
        f"verify: redoubt audit verify {printable(str(out))} --public-key FILE   (or as VERIFY.md in it says)"
    )


def as_members(kept: "KeptCheckpoint") -> dict[str, Any]:
    """Return a checkpoint as JSON has it."""
    return {
        "size": kept.size,
        "root": kept.root.hex(),
        "at": kept.at,
        "note": kept.note.decode(),
        "cosignatures": len(kept.cosignatures),
        "timestamp": base64.b64encode(kept.timestamp).decode(),
    }


def _key(path: Path, kind: int) -> "VerifierKey":
    from redoubt.services.audit.note import parse_vkey

    try:
        key = parse_vkey(compose.read_note(path).decode("ascii"))
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from error
    if key.kind != kind:
        raise click.UsageError(f"{path}: the log's own key is of type 01, those of witnesses are of type 04")
    return key


def _meter() -> Meter:
    return Meter("entry", "entries")


def _say(verdict: "Verdict") -> None:
    fault = verdict.fault
    done = f"{count(verdict.entries, 'entry', 'entries')} and {count(verdict.texts, 'encrypted text')}"
    if fault is None:
        say(
            f"{paint('verified', 'green')}  {done}; {count(verdict.checkpoints, 'checkpoint')} of {printable(verdict.origin)}"
        )
        for each in verdict.witnessed:
            say(f"cosigned  {printable(each.witness)} saw {each.size:,} entries on {moment(each.at)} UTC")
        for name in verdict.skipped:
            say(f"not compared  {printable(name)}: it is of before the first entry that is here")
        return
    say(f"{paint('TAMPERED', 'red')}  {printable(fault.said)}")
    if fault.index is not None:
        last = f" to {fault.last}" if fault.last is not None and fault.last != fault.index else ""
        say(f"first bad entry: {fault.index}{last}")
    if verdict.entries:
        say(f"before that, {done} are as they were logged")
