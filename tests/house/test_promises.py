"""The promises that concern the code itself; the others are in `tests/playbook` (the order of things) and `tests/e2e` (over the wire)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import re2

import redoubt
from redoubt import compose
from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Segment
from redoubt.domain.taxonomy import TAXONOMY
from redoubt.engine.detect.rules import MAX_MEMORY

SOURCE = Path(redoubt.__file__).parent
LOADERS = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "joblib", "marshal"}
RUNNERS = {"eval", "exec", "compile", "__import__"}


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE), ast.parse(path.read_text(encoding="utf-8"))


def test_promise_7_no_rule_can_backtrack() -> None:
    """RE2 takes no pattern that needs backtracking; it runs every pattern in linear time."""
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    for rule in compose.detector().rules:
        assert re2.compile(rule.pattern, options) is not None


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "4",
        "4 ",
        "password=",
        "4111 1111 1111 1111 ",
        "%25",
        "&amp;",
        "a\u200b",
        "eyJ",
        "-----BEGIN ",
        "((((",
        "x@y.z ",
        "\ud800",
    ],
)
def test_promise_7_long_and_hostile_texts_have_a_bounded_cost(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    try:
        findings = tuple(compose.detector().detect(Segment(text)))
    except InputError as refused:
        assert refused.too_large  # noqa: PT017 - either outcome is right, and each has its own condition
        assert len(str(refused)) < 300  # noqa: PT017
    else:
        assert all(0 <= f.start < f.end <= len(text) for f in findings)


def test_promise_8_nothing_is_unpickled_and_nothing_inspected_is_run() -> None:
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {(node.module or "").partition(".")[0]}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in RUNNERS, f"{path}:{node.lineno} calls {node.func.id}"
                continue
            else:
                continue
            assert not names & LOADERS, f"{path}:{node.lineno} imports {names & LOADERS}"


WATCHED = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise SystemExit(f"{event} {arguments[1:]}")
sys.addaudithook(watch)
from redoubt import Guard
guard = Guard.from_profile("strict")
masked = guard.mask("Write to ada@lovelace.com, card 4111 1111 1111 1111, +1 415 555 0132, key AKIAQ3EGTV7KX2NMP5WD")
assert masked.decision == "deny", masked.decision
guard.inspect("hello")
print("quiet")
"""


def test_promise_9_inspecting_opens_no_connection() -> None:
    done = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "quiet", done.stdout + done.stderr


def test_every_rule_has_a_place_in_the_taxonomy() -> None:
    known = {category.id for category in TAXONOMY}
    for rule in compose.detector().rules:
        parts = rule.category.split(".")
        assert any(".".join(parts[:n]) in known for n in range(1, len(parts) + 1)), rule.category


def test_the_engine_covers_what_the_readme_says() -> None:
    rules = compose.detector().rules
    assert len({r.category for r in rules if r.category.startswith("secret.")}) >= 220
    assert len({r.country for r in rules if r.country}) >= 45
