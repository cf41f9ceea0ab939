"""The keys that wrap the data keys of the audit log."""

from typing import TYPE_CHECKING

from redoubt.domain.settings import AuditSettings, KekSettings

if TYPE_CHECKING:
    from redoubt.adapters.files.keyring import Keyring
    from redoubt.adapters.sql.master import Master
    from redoubt.services.audit.kek import Kek, KekRing


def keks(of: AuditSettings, keys: "Keyring") -> "KekRing":
    """Return what the data keys of the audit log are wrapped under, and what older ones may be."""
    from redoubt.services.audit.kek import MASTER, KekRing, LocalKek

    master = LocalKek(MASTER, keys.derive("audit text"))
    older = (master, *([kek(of.kek_previous)] if of.kek_previous else []))
    return KekRing(kek(of.kek) if of.kek else master, older)


def master_of(keys: "Keyring") -> "Master":
    """Return what a database is held against."""
    from redoubt.adapters.sql.master import Master
    from redoubt.services.audit.kek import MASTER, LocalKek

    return Master(keys.derive("master key check"), LocalKek(MASTER, keys.derive("audit text")))


def kek(of: KekSettings) -> "Kek":
    """Return the key that the settings name."""
    from redoubt.services.audit.kek import LocalKek, local_id

    if of.key:
        return LocalKek(local_id(of.key), of.key)
    from redoubt.adapters.kms.vault import VaultKek

    return VaultKek(of)
