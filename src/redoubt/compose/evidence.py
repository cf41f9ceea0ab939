"""Evidence for others: signed checkpoints, where they go, what is exported and how it is verified."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from redoubt.compose.storage import Stores
from redoubt.domain.settings import Settings

if TYPE_CHECKING:
    from redoubt.adapters.files.keyring import Keyring
    from redoubt.services.audit.checkpoint import Signer
    from redoubt.services.audit.evidence import KeptCheckpoint
    from redoubt.services.audit.notary import Notary
    from redoubt.services.audit.note import VerifierKey
    from redoubt.services.audit.publishing import Publishing
    from redoubt.services.audit.verifying import Verdict


def signer(of: Settings, keys: "Keyring") -> "Signer":
    """Return what signs the log's checkpoints: its key is derived from the master key."""
    from redoubt.services.audit.checkpoint import Signer

    return Signer(keys.derive("audit checkpoints"), of.audit.origin)


def notary(of: Settings, keys: "Keyring", stores: Stores, clock: Callable[[], float] = time.time) -> "Notary":
    """Return what signs the checkpoints of the log. Every installation with the same master key signs alike."""
    from redoubt.adapters.evidence.outlets import FolderOutlet
    from redoubt.services.audit.notary import Notary
    from redoubt.services.audit.note import parse_vkey

    witnesses = [parse_vkey(each.vkey) for each in of.audit.witnesses]
    folder = FolderOutlet(Path(of.audit.checkpoint_dir).expanduser()) if of.audit.checkpoint_dir else None
    elsewhere = folder.newest if folder else None
    return Notary(signer(of, keys), stores.prover, stores.checkpoints, clock, witnesses, elsewhere)


def publishing(of: Settings, by: "Notary", clock: Callable[[], float] = time.time) -> "Publishing":
    """Return what signs checkpoints regularly and brings them to whom `[audit]` names. Raises ConfigError."""
    from redoubt.adapters.evidence.outlets import FolderOutlet, WebhookOutlet
    from redoubt.adapters.evidence.post import Poster
    from redoubt.adapters.evidence.witness import WitnessOutlet
    from redoubt.services.audit.note import parse_vkey
    from redoubt.services.audit.publishing import Outlet, Publishing

    audit, outlets = of.audit, list[Outlet]()
    if audit.checkpoint_dir:
        outlets.append(FolderOutlet(Path(audit.checkpoint_dir).expanduser()))
    if audit.checkpoint_webhook is not None:
        hook = audit.checkpoint_webhook
        outlets.append(WebhookOutlet(Poster("checkpoint_webhook", hook.url), hook.secret, clock))
    if audit.timestamp_url:
        from redoubt.adapters.evidence.timestamp import TimestampOutlet

        poster = Poster("timestamp_url", audit.timestamp_url)
        outlets.append(TimestampOutlet(poster, audit.timestamp_roots, by.checkpoints))
    for witness in filter(lambda each: each.url, audit.witnesses):
        name = parse_vkey(witness.vkey).name
        outlets.append(WitnessOutlet(name, Poster("witnesses", witness.url), by))
    return Publishing(by, outlets, time.monotonic)


async def export_log(
    by: "Notary", out: Path, *, start: int, texts: bool, tell: Callable[[int, int], None]
) -> "KeptCheckpoint":
    """Write the log into a folder; see `redoubt.adapters.evidence.export`."""
    from redoubt.adapters.evidence.export import write_export

    return await write_export(by, out, start=start, texts=texts, tell=tell)


async def bundle(by: "Notary", exchange: str, out: Path, *, texts: bool) -> "tuple[int, KeptCheckpoint]":
    """Write the evidence of one exchange as one file; see `redoubt.adapters.evidence.bundle`."""
    from redoubt.adapters.evidence.bundle import write_bundle

    return await write_bundle(by, exchange, out, texts=texts)


def verify_log(
    path: Path,
    key: "VerifierKey",
    given: Sequence[Path],
    tell: Callable[[int, int], None],
    witnesses: "Sequence[VerifierKey]" = (),
) -> "Verdict":
    """Verify an export or a bundle with public keys and nothing else; see `redoubt.adapters.evidence.folder` and ``bundle``."""
    from redoubt.adapters.evidence.folder import entries_in, verify_folder

    if path.is_file():
        from redoubt.adapters.evidence.bundle import verify_bundle

        return verify_bundle(path, key, witnesses)
    total = entries_in(path)
    return verify_folder(path, key, given, lambda done: tell(done, total), witnesses)


def read_note(path: Path) -> bytes:
    """Return a small file of evidence: a key, a checkpoint. Raises InputError."""
    from redoubt.adapters.evidence.folder import small

    return small(path)
