"""Callers that keep a number of connections busy. Run as `python -m benchmarks.rig.callers`; arguments and result are JSON."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

PLACE = b"@@NUMBER@@"
"""Where in a body the running number goes that makes every request another."""


@dataclass(slots=True)
class Tally:
    """What was counted."""

    requests: int = 0
    failures: int = 0
    events: int = 0
    latencies: list[float] = field(default_factory=list)
    first_bytes: list[float] = field(default_factory=list)


class Caller:
    """One connection, one request after the other."""

    def __init__(
        self, port: int, path: str, headers: dict[str, str], body: bytes, numbers: "count[int]"
    ) -> None:
        self._port, self._body, self._numbers = port, body, numbers
        lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._head = "\r\n".join(lines).encode() + b"\r\ncontent-length: %d\r\n\r\n"

    async def run(self, tally: Tally, until: float, gap: float) -> None:
        """Send requests until the clock says ``until``, ``gap`` seconds between their starts (0: as fast as they are answered)."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        due = time.perf_counter()
        while (now := time.perf_counter()) < until:
            if gap and now < due:
                await asyncio.sleep(due - now)
            due += gap
            started = time.perf_counter()
            body = self._body.replace(PLACE, b"%010d" % next(self._numbers))
            writer.write(self._head % len(body) + body)
            await self._answer(reader, tally, started)
            tally.latencies.append(time.perf_counter() - started)
            tally.requests += 1
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, tally: Tally, started: float) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        tally.failures += not head.startswith(b"http/1.1 200")
        place = head.find(b"content-length:")
        if place >= 0:
            await reader.readexactly(int(head[place + 15 :].split(b"\r\n", 1)[0]))
            return
        first = True
        while size := int(await reader.readuntil(b"\r\n"), 16):
            data = await reader.readexactly(size + 2)
            if first:
                tally.first_bytes.append(time.perf_counter() - started)
                first = False
            tally.events += data.count(b"\n\n")
        await reader.readexactly(2)


async def load(
    port: int,
    path: str,
    headers: dict[str, str],
    body: str,
    connections: int,
    seconds: float,
    rate: float,
    first: int,
) -> Tally:
    """Keep ``connections`` busy for ``seconds``; ``rate`` requests per second in all, 0 for as many as go."""
    tally, numbers = Tally(), count(first)
    until = time.perf_counter() + seconds
    gap = connections / rate if rate else 0.0
    callers = [Caller(port, path, headers, body.encode(), numbers) for _ in range(connections)]
    await asyncio.gather(*(caller.run(tally, until, gap) for caller in callers))
    return tally


def quantile(values: list[float], q: float) -> float:
    """Return the value below which the share ``q`` of them lies; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(q * len(values)))] if values else 0.0


def main() -> None:
    """Read the arguments from the command line and print what was counted."""
    import uvloop

    arguments: dict[str, Any] = json.loads(sys.argv[1])
    tally = uvloop.run(load(**arguments))
    result = {
        "requests": tally.requests,
        "failures": tally.failures,
        "events": tally.events,
        "p50": quantile(tally.latencies, 0.5),
        "p99": quantile(tally.latencies, 0.99),
        "first_p50": quantile(tally.first_bytes, 0.5),
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
