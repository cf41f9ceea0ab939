"""Links and images that would carry data out of a conversation as soon as they are shown, or clicked (``leak.exfiltration``)."""

from collections.abc import Iterator

from redoubt.domain.exchange import Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.effects.address import WEB, allowed, parse
from redoubt.engine.effects.carries import carries
from redoubt.engine.effects.fences import Code
from redoubt.engine.effects.links import links
from redoubt.engine.effects.reading import readings

CATEGORY = "leak.exfiltration"
RULE = {True: "exfiltration-image", False: "exfiltration-link"}
"""Ids by whether the address is fetched without a click."""


class ExfiltrationDetector:
    """Looks where a model's answers and tool calls lead. What other people write is not its business: no browser shows it."""

    id = "exfiltration"
    unit = Unit.WORD
    slow = False

    def __init__(self, hosts: tuple[str, ...] = ()) -> None:
        """``hosts`` are known and may be told anything: exact, or ``*.`` and what all lie beneath."""
        self._hosts = tuple(host.lower() for host in hosts)
        self.version = "1 " + " ".join(self._hosts)

    def detect(self, segment: Segment) -> tuple[Finding, ...]:
        """Return the links that carry data to hosts nobody listed, in order of start."""
        if segment.trust is not Trust.MODEL:
            return ()
        return tuple(sorted(self._findings(segment.text), key=lambda finding: finding.start))

    def _findings(self, text: str) -> Iterator[Finding]:
        seen: set[tuple[int, int]] = set()
        for reading in readings(text):
            code = Code(reading.text)
            for link in links(reading.text):
                loads = link.loads and not code.holds(link.start)  # what is shown as code loads nothing
                sure = self._judge(link.url, loads=loads)
                span = reading.span(link.start, link.end)
                if sure and span not in seen:
                    seen.add(span)
                    yield Finding(CATEGORY, RULE[loads], *span, sure, reading.view)

    def _judge(self, url: str, *, loads: bool) -> float:
        """Return how sure it is that a link carries data where it should not."""
        address = parse(url)
        if address is None or address.scheme not in WEB or allowed(address.host, self._hosts):
            return 0.0
        return carries(address, loads=loads)
