"""The engine: the whole catalogue, with spans, checksums, context and views, on prompts and on bulk text."""

import argparse
import re
import sysconfig
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

from benchmarks.prompts import Prompt, Span, make, read
from redoubt.adapters.files.catalogue import load_detector
from redoubt.domain.errors import InputError
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
}
BLOCK = 1 << 16


def run(options: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks engine")
    parser.add_argument("--corpus", type=Path, help="JSON lines with gold spans; default: made-up prompts")
    parser.add_argument("--count", type=int, default=2000, help="how many prompts to make up")
    parser.add_argument("--show", type=int, default=0, help="print so many errors of each type")
    chosen = parser.parse_args(options)
    prompts = read(chosen.corpus) if chosen.corpus else make(chosen.count)
    detector = load_detector()
    print(
        f"{len(detector.rules)} rules, {len(prompts)} prompts, {_size([p.text for p in prompts]) / 1e6:.2f} MB\n"
    )
    ours = _speed_of_prompts(detector, prompts)
    _baseline(detector, prompts, ours)
    _speed_in_bulk(detector, prompts)
    _linearity(detector, prompts)
    _accuracy(detector, prompts, chosen.show)


def _seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the fastest of three runs."""
    times = []
    for _ in range(3):
        begin = process_time()
        work()
        times.append(process_time() - begin)
    return min(times)


def _size(texts: Sequence[str]) -> int:
    return sum(len(text.encode("utf-8", "replace")) for text in texts)


def _speed_of_prompts(detector: RuleDetector, prompts: Sequence[Prompt]) -> float:
    """Print CPU speed and latency prompt by prompt; return MB/s."""
    segments = [Segment(prompt.text) for prompt in prompts]
    seconds = _seconds(lambda: [detector.detect(segment) for segment in segments])
    each = []
    for segment in segments:
        begin = process_time()
        detector.detect(segment)
        each.append((process_time() - begin) * 1e3)
    each.sort()
    speed = _size([prompt.text for prompt in prompts]) / seconds / 1e6
    print("| prompt by prompt | CPU |\n| --- | --- |")
    print(f"| MB/s | {speed:.1f} |\n| prompts/s | {len(prompts) / seconds:.0f} |")
    print(f"| p50 ms | {each[len(each) // 2]:.3f} |\n| p99 ms | {each[len(each) * 99 // 100]:.3f} |\n")
    return speed


def _baseline(detector: RuleDetector, prompts: Sequence[Prompt], ours: float) -> None:
    """Print how a loop of the standard library's `re` over the same patterns does on a sample."""
    patterns = []
    for rule in detector.rules:
        try:
            patterns.append(re.compile(rule.pattern))
        except re.error:  # RE2 knows some notations that `re` does not
            continue
    sample = [prompt.text for prompt in prompts[:20]]
    seconds = _seconds(lambda: [[m.span() for m in p.finditer(text)] for text in sample for p in patterns])
    speed = _size(sample) / seconds / 1e6
    print(
        f"`re`, one pattern after the other ({len(patterns)} of them, no checks, no views): {speed:.3f} MB/s; ",
        end="",
    )
    print(f"Redoubt is {ours / speed:.0f} times as fast.\n")


def _speed_in_bulk(detector: RuleDetector, prompts: Sequence[Prompt]) -> None:
    """Print CPU speed on large blocks."""
    library = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    code = "\n".join(path.read_text("utf-8", "replace") for path in library)[: 1 << 23]
    clean = "\n".join(prompt.text for prompt in prompts if not prompt.spans)
    print("| bulk, blocks of 64 KiB | MB | findings | CPU MB/s |\n| --- | --- | --- | --- |")
    for name, text in (
        ("the prompts", "\n".join(prompt.text for prompt in prompts)),
        ("the prompts without findings", clean),
        ("Python's standard library", code),
    ):
        blocks = [Segment(text[begin : begin + BLOCK]) for begin in range(0, len(text), BLOCK)]
        found = sum(len(detector.detect(block)) for block in blocks)
        seconds = _seconds(lambda blocks=blocks: [detector.detect(block) for block in blocks])  # type: ignore[misc]
        size = _size([text]) / 1e6
        print(f"| {name} | {size:.1f} | {found} | {size / seconds:.1f} |")
    print()


def _linearity(detector: RuleDetector, prompts: Sequence[Prompt]) -> None:
    """Print CPU time over growing hostile texts: doubling the text must double the time."""
    unit = "\n".join(prompt.text for prompt in prompts)[: 1 << 18]
    texts = {
        "the prompts": unit,
        "one line of a": "a" * (1 << 18),
        "one line of digits": "7" * (1 << 18),
        "`password=` again and again": "password=" * (1 << 15),
        "addresses": "a.b@c.example " * (1 << 14),
        "single digits": "1 " * (1 << 15),
    }
    print("| ms of CPU for | 1x | 2x | 4x | 8x | 8x/1x |\n| --- | --- | --- | --- | --- | --- |")
    for name, text in texts.items():
        try:
            detector.detect(Segment(text * 8))
        except InputError as error:
            print(f"| {name} | refused: {error} |||||")
            continue
        times = []
        for factor in (1, 2, 4, 8):
            begin = process_time()
            detector.detect(Segment(text * factor))
            times.append((process_time() - begin) * 1e3)
        print(f"| {name} | " + " | ".join(f"{t:.0f}" for t in times) + f" | {times[-1] / times[0]:.1f} |")
    print()


def _accuracy(detector: RuleDetector, prompts: Sequence[Prompt], show: int) -> None:
    """Print recall and precision per type. Right is what has the family and half of the span."""
    gold: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    errors: dict[str, list[str]] = {}
    flagged = 0
    for prompt in prompts:
        findings = detector.detect(Segment(prompt.text))
        flagged += bool(findings) and not prompt.spans
        for start, end, kind in prompt.spans:
            family = kind.split(":")[0]
            for name in {family, kind}:
                gold[name] += 1
                hit[name] += any(_matches(f, (start, end, kind)) for f in findings)
            if not any(_matches(f, (start, end, kind)) for f in findings):
                errors.setdefault(f"missed {kind}", []).append(prompt.text[start:end])
        for finding in findings:
            family = next(
                (n for n, prefixes in FAMILIES.items() if any(under(finding.category, p) for p in prefixes)),
                "",
            )
            said[family] += 1
            good = any(_matches(finding, span) for span in prompt.spans)
            right[family] += good
            if not good:
                shown = prompt.text[max(0, finding.start - 20) : finding.end + 10]
                errors.setdefault(f"wrong {finding.rule} ({finding.view})", []).append(shown)
    print("| type | gold | recall | precision |\n| --- | --- | --- | --- |")
    for name in sorted(gold, key=lambda n: (":" in n, n)):
        precision = f"{right[name] / said[name]:.3f}" if said[name] else ""
        print(f"| {name} | {gold[name]} | {hit[name] / gold[name]:.3f} | {precision} |")
    clean = sum(not prompt.spans for prompt in prompts)
    print(
        f"\nFindings of other categories: {said['']}. Clean prompts with any finding: {flagged} of {clean}",
        end=" ",
    )
    print(f"({flagged / max(1, clean):.2%}).")
    for what, where in sorted(errors.items()) if show else ():
        print(f"\n{what}: {len(where)}", *(repr(text[:100]) for text in where[:show]), sep="\n  ")


def _matches(finding: Finding, span: Span) -> bool:
    """Tell whether the finding has the span's family and covers half of it."""
    start, end, kind = span
    covered = min(end, finding.end) - max(start, finding.start)
    families = FAMILIES.get(kind.split(":")[0], ())
    return 2 * covered >= end - start and any(under(finding.category, family) for family in families)
