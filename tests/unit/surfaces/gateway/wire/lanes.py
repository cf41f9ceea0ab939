"""Lanes for tests: they hold back a fixed number of characters and replace words, whatever the chunking."""

from collections.abc import Mapping

from redoubt.domain.exchange import Role, Syntax, Uninspectable


class WordLanes:
    """Replace words; hold back ``hold`` characters until more comes or the lane is closed."""

    def __init__(
        self, words: Mapping[str, str] | None = None, hold: int = 0, *, reopened: bool = False
    ) -> None:
        """``reopened``: whether a provider may go on with a text that it had ended, as only a broken one does."""
        self.reopened = reopened
        self.words = words or {}
        self.hold = max([hold, *(len(w) - 1 for w in self.words)])
        self.raw: dict[str, str] = {}
        self.out: dict[str, str] = {}
        self.closed: set[str] = set()
        self.roles: dict[str, tuple[Role, Syntax]] = {}
        self.whole: dict[str, str] = {}
        self.parts: list[Uninspectable] = []

    def _replace(self, text: str) -> str:
        for word, other in self.words.items():
            text = text.replace(word, other)
        return text

    def feed(self, lane: str, text: str, role: Role, syntax: Syntax) -> str:
        assert self.reopened or lane not in self.closed
        self.roles[lane] = (role, syntax)
        pending = self.raw.get(lane, "") + text
        pending = self._replace(pending)
        cut = max(0, len(pending) - self.hold)
        self.raw[lane] = pending[cut:]
        self.out[lane] = self.out.get(lane, "") + pending[:cut]
        return pending[:cut]

    def close(self, lane: str) -> str:
        self.closed.add(lane)
        rest = self._replace(self.raw.pop(lane, ""))
        self.out[lane] = self.out.get(lane, "") + rest
        return rest

    def released(self, lane: str) -> str:
        return self.out[lane]

    def replaced(self, lane: str, text: str, role: Role, syntax: Syntax) -> str:
        self.roles[lane] = (role, syntax)
        self.whole[lane] = text
        return self._replace(text)

    def note_uninspectable(self, part: Uninspectable) -> None:
        self.parts.append(part)
