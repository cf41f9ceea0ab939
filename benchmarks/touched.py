"""How many ordinary texts the default policy touches, and why: ``python -m benchmarks touched --data FILE.jsonl``.

Rows are ``{"text": ..., "zone": "user" | "external"}``; where a row has a ``label``, only those of label 0 are read.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from redoubt import compose
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.settings import ModelSettings
from redoubt.engine.policy.model import Situation

_STANDS = {"user": (Role.USER, Trust.USER), "external": (Role.TOOL_RESULT, Trust.EXTERNAL)}


def run(options: list[str]) -> None:
    """Print what became of the texts, and which categories it was for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks touched")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--profile", default="balanced")
    chosen = parser.parse_args(options)
    if chosen.data is None:
        print("needs --data FILE.jsonl with ordinary texts; left out")
        return
    rules = compose.detector()
    policy, _ = compose.policy(chosen.profile, "", rules)
    guard = compose.guard(ModelSettings(), rules)
    inspector = compose.inspector(policy, rules, bytes(32), guard=guard)
    outcomes: Counter[tuple[str, str]] = Counter()
    causes: Counter[tuple[str, str, str]] = Counter()
    with chosen.data.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            row = json.loads(line)
            if row.get("label"):
                continue
            zone = str(row.get("zone", "user"))
            role, trust = _STANDS[zone]
            decision = inspector.inspect(Segment(row["text"], role, trust), Situation())
            outcomes[zone, decision.outcome] += 1
            for action, category in {
                (o.action.name.lower(), o.finding.category) for o in decision.obligations
            }:
                causes[zone, action, category] += 1
            if number % 1000 == 0:
                print(number, file=sys.stderr)
    print("| zone | decision | texts |\n| --- | --- | --- |")
    for (zone, outcome), count in sorted(outcomes.items()):
        print(f"| {zone} | {outcome} | {count:,} |")
    print("\n| zone | action | category | texts |\n| --- | --- | --- | --- |")
    for (zone, action, category), count in causes.most_common(40):
        print(f"| {zone} | {action} | {category} | {count:,} |")
