"""A wire between a gateway and its store that a test can cut."""

import selectors
import socket
from contextlib import suppress
from threading import Lock, Thread

_PIECE = 64 * 1024


class Relay:
    """Passes bytes on in both directions, until it is told otherwise."""

    def __init__(self, port: int) -> None:
        """``port`` is where it leads to, on this machine."""
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = Lock()
        self._refuses = self._silent = self._closed = False
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections and let no new one stand: both sides are told."""
        self._refuses = True
        self._drop()

    def fall_silent(self) -> None:
        """Pass nothing on any more and tell nobody: the network is gone, and neither side knows."""
        self._silent = True

    def mend(self) -> None:
        """Work again. What was lost stays lost: connections that were silent end."""
        if self._silent:
            self._drop()
        self._refuses = self._silent = False

    def close(self) -> None:
        self._closed = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._drop()

    def _drop(self) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._refuses:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._pairs.append((near, far))
            Thread(target=self._pass, args=(near, far), daemon=True).start()

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, selectors.DefaultSelector() as ready, suppress(OSError):
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while ready.get_map():
                for key, _ in ready.select():
                    piece = key.fileobj.recv(_PIECE)  # type: ignore[union-attr]
                    if self._silent:  # taken from the sender, who believes that it was sent, and lost
                        if not piece:
                            ready.unregister(key.fileobj)
                        continue
                    if not piece:
                        return
                    key.data.sendall(piece)
