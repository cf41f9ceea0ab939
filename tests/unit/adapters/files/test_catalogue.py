"""Loading the rules: the user's own files, and a cache that can only help."""

from pathlib import Path

import pytest

from redoubt.adapters.files.catalogue import load_detector
from redoubt.domain.errors import ConfigError
from redoubt.domain.exchange import Segment
from redoubt.engine.detect.rule_detector import RuleDetector

MINE = """
[[rule]]
id = "badge-of-our-company"
category = "pii.badge"
description = "Badge number of our company"
pattern = 'BDG-[0-9]{6}'
keywords = ["bdg-"]
confidence = 0.99
"""
TEXT = "badge BDG-123456"
FEW = (("ours.toml", MINE.replace("badge", "ticket").replace("BDG", "TCK").replace("bdg", "tck").encode()),)
"""Instead of the packaged rules, which take seconds to compile."""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "redoubt"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    return path


def rules_of(detector: RuleDetector, text: str = TEXT) -> list[str]:
    return [finding.rule for finding in detector.detect(Segment(text))]


def test_the_users_rules_stand_beside_the_packaged_ones(cache: Path, mine: Path) -> None:
    detector = load_detector([mine], cache)
    assert rules_of(detector) == ["badge-of-our-company"]
    assert len(detector.rules) > 800


def test_the_cache_is_private_and_gives_the_same_detector(cache: Path, mine: Path) -> None:
    first = load_detector([mine], cache, builtin=FEW)
    assert cache.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in cache.iterdir())
    second = load_detector([mine], cache, builtin=FEW)
    assert (second.version, second.rules, rules_of(second)) == (first.version, first.rules, rules_of(first))


def test_what_the_user_changes_is_compiled_without_the_packaged_rules(cache: Path, mine: Path) -> None:
    load_detector([], cache, builtin=FEW)
    before = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    mine.write_text(MINE.replace("0.99", "0.98"))
    told: list[str] = []
    load_detector([mine], cache, builtin=FEW, on_compile=lambda: told.append("once"))
    after = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert told == ["once"]
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1


def test_the_users_file_switches_packaged_rules_off(cache: Path, mine: Path) -> None:
    ticket = "ticket TCK-123456"
    assert rules_of(load_detector([], cache, builtin=FEW), ticket) == ["ticket-of-our-company"]
    mine.write_text(f'disable = ["ticket-of-our-company"]\n{MINE}')
    without = load_detector([mine], cache, builtin=FEW)
    assert rules_of(without, f"{ticket} {TEXT}") == ["badge-of-our-company"]
    assert [rule.id for rule in without.rules] == ["badge-of-our-company"]
    mine.write_text('disable = ["ticket-of-our-company"]')
    assert load_detector([mine], cache, builtin=FEW).rules == ()


def test_the_users_file_puts_another_rule_in_the_place_of_a_packaged_one(cache: Path, mine: Path) -> None:
    mine.write_text(MINE.replace("badge-of", "ticket-of") + "override = true\n")
    replaced = load_detector([mine], cache, builtin=FEW)
    assert rules_of(replaced, f"TCK-123456 {TEXT}") == ["ticket-of-our-company"]
    assert [rule.pattern for rule in replaced.rules] == ["BDG-[0-9]{6}"]


def test_a_packaged_rule_that_is_off_can_be_replaced(cache: Path, mine: Path) -> None:
    ((name, data),) = FEW
    off = ((name, data + b"enabled = false\n"),)
    assert load_detector([], cache, builtin=off).rules == ()
    mine.write_text(MINE.replace("badge-of", "ticket-of") + "override = true\n")
    assert rules_of(load_detector([mine], cache, builtin=off)) == ["ticket-of-our-company"]


@pytest.mark.parametrize("harm", ["flip", "writable"])
def test_a_cache_that_cannot_be_trusted_is_compiled_anew(
    cache: Path, tmp_path: Path, mine: Path, harm: str
) -> None:
    load_detector([mine], cache, builtin=FEW)
    other = tmp_path / "cache"
    other.mkdir(mode=0o700)
    for path in cache.iterdir():
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= harm == "flip"
        (other / path.name).write_bytes(data)
        (other / path.name).chmod(0o666 if harm == "writable" else 0o600)
    assert rules_of(load_detector([mine], other, builtin=FEW)) == ["badge-of-our-company"]


def test_a_cache_directory_that_cannot_be_made_is_done_without(mine: Path) -> None:
    assert rules_of(load_detector([mine], mine / "not-a-folder", builtin=FEW)) == ["badge-of-our-company"]


def test_a_defect_in_the_users_file_names_file_and_line(cache: Path, mine: Path) -> None:
    mine.write_text(MINE.replace("BDG-[0-9]{6}", "BDG-[0-9"))
    with pytest.raises(ConfigError, match=r"mine\.toml, line 6"):
        load_detector([mine], cache, builtin=FEW)


def test_a_file_that_is_not_there_is_an_error_that_names_it(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml"):
        load_detector([tmp_path / "none.toml"], cache, builtin=FEW)
