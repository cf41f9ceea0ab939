"""The guard models: what they catch of forty texts written by hand, and how fast they are."""

import resource
import statistics
import time
from pathlib import Path

from benchmarks.hand import PAIRS
from redoubt import compose
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.settings import ModelSettings
from redoubt.engine.policy.model import Situation
from redoubt.pipeline.inspector import Inspector

WORDS = "The committee met on Tuesday to discuss the budget for the new library and decided to ask three builders for an offer. "


def run(options: list[str]) -> None:
    """Print the tables."""
    del options
    before, held = _resident(), _held()
    begun = time.perf_counter()
    rules = compose.detector()
    rules_loaded = time.perf_counter()
    ruled = _held()
    guard = compose.guard(ModelSettings(), rules)
    loaded = time.perf_counter()
    kept = _held()
    if guard is None:
        print("there are no guard models in this installation")
        return
    policy, _ = compose.policy("balanced", "", rules)
    inspector = compose.inspector(policy, rules, bytes(32), guard=guard)
    _by_hand(inspector)
    print("\n| tokens | p50, all heads, one thread | rules beside it |\n| --- | --- | --- |")
    for tokens in (16, 32, 64, 128, 256, 512, 2048):
        text = (WORDS * (1 + tokens // 20))[: round(tokens * len(WORDS) / 24)]
        print(f"| {tokens} | {_median(guard, text):.1f} ms | {_median(rules, text):.2f} ms |")
    print(
        f"\nload: rules {rules_loaded - begun:.2f} s, models {loaded - rules_loaded:.2f} s; resident memory at most "
        f"{_resident() - before:.0f} MB more than before; loaded, rules hold {ruled - held:.0f} MB and models {kept - ruled:.0f} MB"
    )


def _by_hand(inspector: Inspector) -> None:
    print("| kind | attack | look-alike |\n| --- | --- | --- |")
    caught = wrong = 0
    for pair in PAIRS:
        words = [_word(inspector, text, pair.outside) for text in (pair.attack, pair.ordinary)]
        caught += words[0] != "-"
        wrong += words[1] != "-"
        print(f"| {pair.kind} | {words[0]} | {words[1]} |")
    print(f"| **{len(PAIRS)} each** | **{caught} caught** | **{wrong} wrong** |")


def _word(inspector: Inspector, text: str, outside: bool) -> str:
    segment = (
        Segment(text, Role.TOOL_RESULT, Trust.EXTERNAL) if outside else Segment(text, Role.USER, Trust.USER)
    )
    decision = inspector.inspect(segment, Situation())
    judged = [o.finding for o in decision.obligations if o.finding.category.startswith(("attack", "harm"))]
    if not judged:
        return "-"
    first = min(judged, key=lambda f: f.false_alarm or 0.0)
    return f"{decision.outcome} ({first.category}, 1 in {1 / max(first.false_alarm or 1e-6, 1e-6):,.0f})"


def _median(detector: object, text: str) -> float:
    segment = Segment(text)
    times = []
    for _ in range(15):
        begun = time.perf_counter()
        list(detector.detect(segment))  # type: ignore[attr-defined]
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def _resident() -> float:
    """Return the highest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _held() -> float:
    """Return the resident memory of this process now, in MB (Linux, proc(5))."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
