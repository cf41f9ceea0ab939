"""How a gateway comes to its end: first it says that it is not ready, then it takes nothing new, at last it ends what is under way."""

from collections.abc import Callable


class Closing:
    """Told once by whoever stops the gateway; known to whoever works for a caller."""

    __slots__ = ("_callbacks", "draining", "over")

    def __init__(self) -> None:
        self._callbacks: set[Callable[[], None]] = set()
        self.draining = False
        """Load balancers are told to go elsewhere; requests are answered as ever."""
        self.over = False
        """What is under way must end."""

    def watch(self, callback: Callable[[], None]) -> None:
        """Call back when it is over: at once where it is already."""
        if self.over:
            callback()
        else:
            self._callbacks.add(callback)

    def forget(self, callback: Callable[[], None]) -> None:
        """Do not call back any more."""
        self._callbacks.discard(callback)

    def drain(self) -> None:
        """Begin to say that the gateway is not ready."""
        self.draining = True

    def end(self) -> None:
        """End what is under way: streams break off with a word on why, waiting requests are answered with an error."""
        self.draining = self.over = True
        while self._callbacks:
            self._callbacks.pop()()
