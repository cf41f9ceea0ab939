"""How right the engine is: recall and precision per type on labelled documents, and what it says of clean ones."""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import corpus
from benchmarks.prompts import Prompt, Span, read
from redoubt.adapters.files.catalogue import load_detector
from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding, under
from redoubt.engine.detect.rule_detector import RuleDetector

FAMILIES = {
    "EMAIL": ("pii.email",),
    "PHONE": ("pii.phone",),
    "US_SSN": ("pii.us_ssn",),
    "CREDIT_CARD": ("finance.card",),
    "IBAN": ("finance.iban",),
    "IP": ("pii.ip",),
    "SECRET": ("secret",),
    "NATIONAL_ID": ("pii", "finance", "health"),
    "DATE_OF_BIRTH": ("pii.date_of_birth", "pii.birth_date", "pii.dob"),
    "ADDRESS": ("pii.address",),
}
"""The categories that are right for a type."""
THRESHOLD = 0.5
"""The confidence from which on the built-in policies act."""


@dataclass(slots=True)
class Tally:
    """What was found of what should have been."""

    gold: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    errors: dict[str, list[str]] = field(default_factory=dict)
    clean: int = 0
    flagged: int = 0

    def count(self, prompt: Prompt, findings: Sequence[Finding]) -> None:
        """Compare the findings with the spans of one text."""
        self.clean += not prompt.spans
        self.flagged += bool(findings) and not prompt.spans
        for span in prompt.spans:
            start, end, kind = span
            hit = any(_matches(f, span) for f in findings)
            covered = hit or any(_overlap(f, span) for f in findings)
            for name in {kind.split(":")[0], kind}:
                self.gold[name] += 1
                self.hit[name] += hit
                self.covered[name] += covered
            if not hit:
                others = [f.rule for f in findings if _overlap(f, span)]
                shown = prompt.text[max(0, start - 25) : end + 10]
                self.errors.setdefault(f"missed {kind}", []).append(f"{shown!r} {others or ''}")
        for finding in findings:
            self._judge(prompt, finding)

    def _judge(self, prompt: Prompt, finding: Finding) -> None:
        family = _family(finding)
        good = any(_matches(finding, span) for span in prompt.spans)
        self.said[family] += 1
        self.right[family] += good
        if not good:
            on = [kind for s, e, kind in prompt.spans if min(e, finding.end) > max(s, finding.start)]
            text = prompt.text
            shown = f"{text[max(0, finding.start - 25) : finding.start]}«{text[finding.start : finding.end][:90]}»"
            name = f"wrong {finding.rule} ({finding.view}, {finding.confidence})"
            self.errors.setdefault(name, []).append(f"{shown!r} {on or ''}")


def run(options: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks accuracy")
    parser.add_argument("--corpus", type=Path, help="JSON lines with gold spans; default: made-up documents")
    parser.add_argument("--count", type=int, default=3000, help="how many documents to make up")
    parser.add_argument("--seed", type=int, default=11, help="which documents to make up")
    parser.add_argument("--confidence", type=float, default=THRESHOLD, help="the least that counts")
    parser.add_argument("--show", type=int, default=0, help="print so many errors of each kind")
    chosen = parser.parse_args(options)
    detector = load_detector()
    if chosen.corpus:
        parts = {"the corpus": read(chosen.corpus)}
    else:
        parts = {
            "documents with values": corpus.make(chosen.count, chosen.seed),
            "hidden values": corpus.concealed(chosen.count // 2, chosen.seed + 1),
            "clean documents full of decoys": corpus.clean(chosen.count, chosen.seed + 2),
        }
    for name, prompts in parts.items():
        print(f"### {name}: {len(prompts)}\n")
        _show(_tally(detector, prompts, chosen.confidence), chosen.show)


def _tally(detector: RuleDetector, prompts: Sequence[Prompt], least: float) -> Tally:
    tally = Tally()
    for prompt in prompts:
        findings = [f for f in detector.detect(Segment(prompt.text)) if f.confidence >= least]
        tally.count(prompt, findings)
    return tally


def _show(tally: Tally, show: int) -> None:
    """Print the tables; "covered" is what was found as whatever."""
    if tally.gold:
        print("| type | gold | recall | covered | precision |\n| --- | --- | --- | --- | --- |")
    for name in sorted(tally.gold, key=lambda n: (":" in n, n)):
        gold, said = tally.gold[name], tally.said[name]
        if ":" in name and tally.hit[name] == gold:
            continue
        precision = f"{tally.right[name] / said:.4f}" if said else ""
        print(
            f"| {name} | {gold} | {tally.hit[name] / gold:.4f} | {tally.covered[name] / gold:.4f} | {precision} |"
        )
    rest = ", ".join(f"{n or 'other'} {c - tally.right[n]} of {c}" for n, c in sorted(tally.said.items()))
    print(f"\nWrong findings: {rest or 'none'}.")
    if tally.clean:
        print(
            f"Clean documents with any finding: {tally.flagged} of {tally.clean} ({tally.flagged / tally.clean:.2%})."
        )
    for what, where in sorted(tally.errors.items()) if show else ():
        print(f"\n{what}: {len(where)}", *(text[:260] for text in where[:show]), sep="\n  ")
    print()


def _family(finding: Finding) -> str:
    """Return the first type whose categories hold the finding's; the narrow ones come first."""
    return next((n for n, names in FAMILIES.items() if any(under(finding.category, c) for c in names)), "")


def _overlap(finding: Finding, span: Span) -> bool:
    """Tell whether the finding covers half of the span; of an address, any part: the rest is for a model."""
    shared = min(span[1], finding.end) - max(span[0], finding.start)
    return shared > 0 if span[2] == "ADDRESS" else 2 * shared >= span[1] - span[0]


def _matches(finding: Finding, span: Span) -> bool:
    """Tell whether the finding has the span's type too."""
    families = FAMILIES.get(span[2].split(":")[0], ())
    return _overlap(finding, span) and any(under(finding.category, family) for family in families)
