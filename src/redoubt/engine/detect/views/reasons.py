"""Which families of hidden forms a text gives a reason for: one pass for all of them."""

from collections.abc import Sequence

import hyperscan
import msgspec

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.database import Database
from redoubt.engine.detect.views.family import Family


class _Compiled(msgspec.Struct, array_like=True):
    """What `Reasons.dump` writes."""

    ascii: bytes
    full: bytes


class Reasons:
    """The reasons of several families, compiled for one pass. Safe to share between threads."""

    __slots__ = ("_ascii", "_families", "_full")

    def __init__(
        self, families: Sequence[Family], databases: tuple[Database | None, Database | None] | None = None
    ) -> None:
        """Compile the families' patterns, half a second for some twenty of them, unless ``databases`` holds them."""
        self._families = tuple(families)
        self._ascii, self._full = databases or (self._compile(unicode=False), self._compile(unicode=True))

    def dump(self) -> bytes:
        """Return the compiled form, to be given to `load` with the same families."""
        return msgspec.msgpack.encode(
            _Compiled(*(base.dump() if base else b"" for base in (self._ascii, self._full)))
        )

    @classmethod
    def load(cls, families: Sequence[Family], data: bytes) -> "Reasons":
        """Take up what `dump` gave. Raises ConfigError where it is damaged or does not fit this machine."""
        try:
            kept = msgspec.msgpack.decode(data, type=_Compiled)
        except msgspec.MsgspecError as error:
            raise ConfigError("the compiled matcher is damaged; compile it again") from error
        ascii_only, full = (Database.load(base) if base else None for base in (kept.ascii, kept.full))
        return cls(families, (ascii_only, full))

    def found(self, data: bytes) -> list[Family]:
        """Return the families for which ``data``, which must be UTF-8, gives a reason, in their order."""
        base = self._ascii if data.isascii() else self._full
        hits = base.scan(data) if base else []
        if not hits:
            return []
        return [self._families[number] for number in sorted({number for _, number in hits})]

    def _compile(self, *, unicode: bool) -> Database | None:
        """Compile the reasons that ASCII text can give, or all."""
        numbers = [number for number, family in enumerate(self._families) if unicode or not family.unicode]
        expressions = [_expression(self._families[number].reason, unicode=unicode) for number in numbers]
        return Database.compile(expressions, numbers)


def _expression(pattern: str, *, unicode: bool) -> tuple[bytes, int]:
    """Write RE2's pattern for Hyperscan, which takes control characters and code points as escapes."""
    escaped = "".join(char if " " <= char <= "~" else f"\\x{{{ord(char):x}}}" for char in pattern)
    wide = unicode or not pattern.isascii() or "\\p" in pattern
    return escaped.encode(), hyperscan.HS_FLAG_SINGLEMATCH | (hyperscan.HS_FLAG_UTF8 if wide else 0)
