"""A lane keeper that says back what it is given, or swaps words, holding back what could become one."""

from redoubt.domain.exchange import Role, Syntax, Uninspectable


class FakeLanes:
    """Implements `redoubt.surfaces.gateway.wire.interface.Lanes`; with ``words``, pseudonyms become values."""

    def __init__(self, words: dict[str, str] | None = None) -> None:
        self._words = words or {}
        self._longest = max(map(len, self._words), default=1) - 1
        self._held: dict[str, str] = {}
        self._closed: set[str] = set()
        self._said: dict[str, str] = {}
        self.seen: dict[str, str] = {}
        self.kinds: dict[str, tuple[Role, Syntax]] = {}
        self.uninspectable: list[Uninspectable] = []

    def feed(self, lane: str, text: str, role: Role, syntax: Syntax) -> str:
        assert lane not in self._closed, "a lane that was closed must not grow"
        self.kinds[lane] = (role, syntax)
        self.seen[lane] = self.seen.get(lane, "") + text
        held = self._swap(self._held.get(lane, "") + text)
        keep = len(held) - self._longest if self._longest else len(held)
        keep = max(keep, 0)
        self._held[lane] = held[keep:]
        return self._say(lane, held[:keep])

    def close(self, lane: str) -> str:
        self._closed.add(lane)
        return self._say(lane, self._swap(self._held.pop(lane, "")))

    def released(self, lane: str) -> str:
        return self._said.get(lane, "")

    def replaced(self, lane: str, text: str, role: Role, syntax: Syntax) -> str:
        assert lane not in self.seen, "a whole text needs a lane of its own"
        self.kinds[lane] = (role, syntax)
        self.seen[lane] = text
        return self._swap(text)

    def note_uninspectable(self, part: Uninspectable) -> None:
        self.uninspectable.append(part)

    def _swap(self, text: str) -> str:
        for pseudonym, value in self._words.items():
            text = text.replace(pseudonym, value)
        return text

    def _say(self, lane: str, text: str) -> str:
        self._said[lane] = self._said.get(lane, "") + text
        return text
