"""An OpenAI-compatible ``/chat/completions``, asked from a worker thread.

A small client of its own, and not the one of the providers: a detector is synchronous, and what a judge says is short. Nothing is followed,
kept open, retried or taken on trust: certificates are checked, redirects are failures, the reply is bounded in bytes and in time.
"""

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPConnection
from threading import Timer

import msgspec

from redoubt.adapters.providers.base_url import BaseUrl
from redoubt.domain.errors import ServiceError
from redoubt.engine.opinions.formats import Question

MAX_REPLY = 256 * 1024
"""Bytes of a reply; an answer of a hundred words has a few hundred."""
_OK = 200


class _Message(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Message


class _Reply(msgspec.Struct):
    choices: tuple[_Choice, ...]


class ChatEndpoint:
    """Asks one model at one address. Safe to use from many threads."""

    def __init__(
        self,
        base: BaseUrl,
        model: str,
        key: str,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``timeout``: seconds for all questions about one text. ``key`` may be empty."""
        self._base, self._address = base, base.address
        self._model = model
        self._timeout = timeout
        self._clock = clock
        # Made once: reading the certificates of the system takes tens of milliseconds.
        self._tls = ssl.create_default_context() if self._address.tls else None
        self._headers = {
            "host": self._address.authority,
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
            "connection": "close",
        }
        if key:
            self._headers["authorization"] = f"Bearer {key}"

    def hear(self) -> Callable[[Question], str]:
        """Begin with one text: return what answers the questions about it, or raises ServiceError."""
        deadline = self._clock() + self._timeout
        return lambda question: self._answer(question, deadline)

    def _answer(self, question: Question, deadline: float) -> str:
        body = msgspec.json.encode(
            {
                **question.options,
                "model": self._model,
                "messages": [{"role": role, "content": content} for role, content in question.messages],
                "max_tokens": question.max_tokens,
                "temperature": 0,
                "stream": False,
            }
        )
        try:
            data = self._post(body, deadline)
            reply = msgspec.json.decode(data, type=_Reply)
        except (
            Exception
        ) as error:  # of sockets, TLS, HTTP and JSON; their words may hold what was sent or received
            if self._clock() >= deadline:
                raise self._late() from None
            if isinstance(error, ServiceError):
                raise
            raise ServiceError(f"the judge gave no answer ({type(error).__name__})") from None
        if len(reply.choices) != 1:
            raise ServiceError("the judge gave no answer, or several")
        return reply.choices[0].message.content

    def _post(self, body: bytes, deadline: float) -> bytes:
        line = self._dial(deadline)
        if self._tls is not None:
            # No handshake yet: it too must end at the deadline.
            line = self._tls.wrap_socket(
                line, server_hostname=self._address.host, do_handshake_on_connect=False
            )
        with closing(line):
            # A reply that drips would outlast every timeout of the socket's: at the deadline the line is cut.
            cut = Timer(self._left(deadline), _hang_up, (line,))
            cut.daemon = True
            cut.start()
            try:
                if isinstance(line, ssl.SSLSocket):
                    line.do_handshake()
                return self._exchange(line, body)
            finally:
                cut.cancel()

    def _exchange(self, line: socket.socket, body: bytes) -> bytes:
        connection = HTTPConnection(self._address.host, self._address.port)
        connection.sock = line
        connection.request("POST", self._base.target("/v1/chat/completions"), body, self._headers)
        with closing(connection.getresponse()) as reply:  # unclosed, it would keep the line open
            if reply.status != _OK:
                raise ServiceError(f"the judge answered with HTTP status {reply.status}")
            data = reply.read(MAX_REPLY + 1)
            if len(data) > MAX_REPLY:
                raise ServiceError(f"the judge's reply is longer than {MAX_REPLY} bytes")
            if reply.length:
                raise ServiceError("the judge's reply ended early")
            return data

    def _dial(self, deadline: float) -> socket.socket:
        """Connect to the first of the host's addresses that answers."""
        trouble: OSError = ConnectionError("no address")
        for family, kind, protocol, _, where in socket.getaddrinfo(
            self._address.host, self._address.port, type=socket.SOCK_STREAM
        ):
            line = socket.socket(family, kind, protocol)
            try:
                line.settimeout(self._left(deadline))
                line.connect(where)
            except OSError as error:
                line.close()
                trouble = error
            else:
                return line
        raise trouble

    def _left(self, deadline: float) -> float:
        left = deadline - self._clock()
        if left <= 0:
            raise self._late()
        return left

    def _late(self) -> ServiceError:
        return ServiceError(f"the judge took longer than {self._timeout:g} s; raise its timeout")


def _hang_up(line: socket.socket) -> None:
    """Cut ``line``, which another thread may be reading."""
    with suppress(OSError):
        # Not a TLS socket's own `shutdown`, which would let the reader go on without TLS.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
