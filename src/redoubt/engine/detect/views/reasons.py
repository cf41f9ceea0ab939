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
    beyond: bytes


class Reasons:
    """The reasons of several families, compiled for one pass. Safe to share between threads."""

    __slots__ = ("_ascii", "_beyond", "_families")

    def __init__(
        self, families: Sequence[Family], databases: tuple[Database | None, Database | None] | None = None
    ) -> None:
        """Compile the families' patterns, half a second for some twenty of them, unless ``databases`` holds them."""
        self._families = tuple(families)
        self._ascii, self._beyond = databases or (self._compile(unicode=False), self._compile(unicode=True))

    def dump(self) -> bytes:
        """Return the compiled form, to be given to `load` with the same families."""
        return msgspec.msgpack.encode(
            _Compiled(*(base.dump() if base else b"" for base in (self._ascii, self._beyond)))
        )

    @classmethod
    def load(cls, families: Sequence[Family], data: bytes) -> "Reasons":
        """Take up what `dump` gave. Raises ConfigError where it is damaged or does not fit this machine."""
        try:
            kept = msgspec.msgpack.decode(data, type=_Compiled)
        except msgspec.MsgspecError as error:
            raise ConfigError("the compiled matcher is damaged; compile it again") from error
        ascii_only, beyond = (Database.load(base) if base else None for base in (kept.ascii, kept.beyond))
        return cls(families, (ascii_only, beyond))

    def found(self, data: bytes) -> list[Family]:
        """Return the families for which ``data``, which must be UTF-8, gives a reason, in their order."""
        hits = self._ascii.scan(data) if self._ascii else []
        if self._beyond and not data.isascii():
            hits += self._beyond.scan(data)
        if not hits:
            return []
        return [self._families[number] for number in sorted({number for _, number in hits})]

    def _compile(self, *, unicode: bool) -> Database | None:
        """Compile the reasons that only text beyond ASCII can give, or the others."""
        numbers = [number for number, family in enumerate(self._families) if family.unicode == unicode]
        expressions = [_expression(self._families[number].reason) for number in numbers]
        return Database.compile(expressions, numbers)


def _expression(pattern: str) -> tuple[bytes, int]:
    """Write RE2's pattern for Hyperscan, which takes control characters and code points as escapes."""
    escaped = "".join(char if " " <= char <= "~" else f"\\x{{{ord(char):x}}}" for char in pattern)
    wide = not pattern.isascii() or "\\p" in pattern.lower()
    return escaped.encode(), hyperscan.HS_FLAG_SINGLEMATCH | (hyperscan.HS_FLAG_UTF8 if wide else 0)
