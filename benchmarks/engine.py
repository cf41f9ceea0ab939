"""The engine: the whole catalogue, with spans, checksums, context and views, on prompts and on bulk text."""

import argparse
import re
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

from benchmarks import corpus
from benchmarks.prompts import Prompt, read
from redoubt.adapters.files.catalogue import load_detector
from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Segment
from redoubt.engine.detect.rule_detector import RuleDetector
from redoubt.engine.detect.scan import scan

BLOCK = 1 << 16


def run(options: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks engine")
    parser.add_argument("--corpus", type=Path, help="JSON lines with gold spans; default: made-up documents")
    parser.add_argument("--count", type=int, default=2000, help="how many documents to make up")
    chosen = parser.parse_args(options)
    prompts = read(chosen.corpus) if chosen.corpus else corpus.make(chosen.count)
    detector = load_detector()
    print(
        f"{len(detector.rules)} rules, {len(prompts)} prompts, {_size([p.text for p in prompts]) / 1e6:.2f} MB\n"
    )
    ours = _speed_of_prompts(detector, prompts)
    _baseline(detector, prompts, ours)
    _speed_in_bulk(detector, prompts)
    _linearity(detector, prompts)


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
    # A block with too many hidden forms is refused by design; it costs what it costs, and is counted.
    print("| bulk, blocks of 64 KiB | MB | findings | refused | CPU MB/s |\n| --- | --- | --- | --- | --- |")
    for name, text in (
        ("the prompts", "\n".join(prompt.text for prompt in prompts)),
        ("the prompts without findings", clean),
        ("Python's standard library", code),
    ):
        blocks = [Segment(text[begin : begin + BLOCK]) for begin in range(0, len(text), BLOCK)]
        scans = [scan((detector,), block) for block in blocks]
        found = sum(len(each.findings) for each in scans)
        refused = sum(bool(each.failed) for each in scans)
        seconds = _seconds(lambda blocks=blocks: [scan((detector,), block) for block in blocks])  # type: ignore[misc]
        size = _size([text]) / 1e6
        print(f"| {name} | {size:.1f} | {found} | {refused} | {size / seconds:.1f} |")
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
        "cards": "4111 1111 1111 1111 " * (1 << 13),
        "a table": "name,ssn\n" + "x,539045747\n" * (1 << 14),
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
