"""What the pipeline may ask of the world, and what the world may answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from redoubt.domain.decision import Decision
from redoubt.domain.evidence import Entry
from redoubt.domain.exchange import Segment, Uninspectable, Usage
from redoubt.domain.pseudonym import Alias
from redoubt.pipeline.lanes import AnswerLanes
from redoubt.services.vault.interface import Scope


@dataclass(frozen=True, slots=True)
class Load:
    """Fetch a session's aliases. Reply: tuple[Alias, ...]."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Save:
    """Keep new aliases of a session; durable before the reply. Reply: None."""

    scope: Scope
    aliases: tuple[Alias, ...]


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep that ``owner`` wrote the values of ``marks`` (keyed fingerprints); durable before the reply. Reply: None.

    ``person`` stands for whom they are about, by whom they can be forgotten.
    """

    owner: bytes
    marks: Collection[bytes]
    person: bytes


@dataclass(frozen=True, slots=True)
class Recall:
    """Ask which of ``marks`` are known from others than ``owner`` alone. Reply: frozenset[bytes]."""

    owner: bytes
    marks: Collection[bytes]


@dataclass(frozen=True, slots=True)
class Record:
    """Write an entry into the audit log; durable before the reply. Reply: None."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class AskApproval:
    """A person must say yes. Reply: bool."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Forward:
    """Send the request upstream with the segments at these paths replaced. Reply: WholeAnswer | StreamStarted."""

    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Relay:
    """Pass the streamed answer through ``lanes`` to the caller. Reply: RelayEnd.

    It ends when the answer's last event is at hand, the provider breaks off, the lanes refuse, or the caller goes away. What ends
    the stream is not sent yet.
    """

    lanes: AnswerLanes


@dataclass(frozen=True, slots=True)
class Release:
    """The answer's entry is durable: send what `Relay` kept back (the last event, a refusal, an error). Reply: None."""


@dataclass(frozen=True, slots=True)
class WholeAnswer:
    """The provider answered in one piece, with an answer or with an error of its own."""

    segments: tuple[Segment, ...]
    uninspectable: tuple[Uninspectable, ...] = ()
    usage: Usage = Usage()
    note: str = ""
    """For the entry: ``upstream answered 429``."""
    chain: str = ""
    """The id by which a later request may refer to this answer, where the provider keeps it; else empty."""


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """The provider began to stream."""


@dataclass(frozen=True, slots=True)
class RelayEnd:
    """How a stream ended."""

    usage: Usage = Usage()
    note: str = ""
    """Empty for a good end; else ``client went away``, ``upstream broke off``."""
    chain: str = ""
    """As in `WholeAnswer`."""


Command = Load | Save | Remember | Recall | Record | AskApproval | Forward | Relay | Release
"""Every command. The driver's one `match` is exhaustive over it."""
