"""A policy is replaced while the gateway runs: whole or not at all, on record, and without a request that fails."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGHUP
from typing import Any

import httpx2
import pytest

from tests.e2e.process import Installation, Process, install
from tests.e2e.test_kill import log_of

CONFIG = """
[server]
port = 0
per_second = 0
per_minute = 0
workers = {workers}
[store]
data_dir = "DATA"
[policy]
file = "policy.toml"
rules = ["rules.toml"]
watch = {watch}
"""
RULES = """
[[rule]]
id = "acme-{word}"
category = "pii.employee_number"
description = "ACME's number"
pattern = '''\\b({word}-\\d{{6}})\\b'''
keywords = ["{word}-"]
confidence = 0.9
source = "https://acme.example"
match = ["ask «{word}-004711»"]
no_match = ["{word}-47"]
"""
POLICY = """
name = "{name}"
extends = "balanced"
[[rules]]
id = "mail"
categories = ["pii.email"]
action = "{action}"
[[rules]]
id = "employees"
categories = ["pii.employee_number"]
action = "deny"
[[tests]]
name = "a mail address"
text = "write to jane@acme-widgets.com"
decision = "{decision}"
"""
ASKED = {"model": "practice-1", "messages": [{"role": "user", "content": "write to jane@acme-widgets.com"}]}


def installed(folder: Path, *, watch: bool = False, workers: int = 1) -> Installation:
    (folder / "rules.toml").write_text(RULES.format(word="emp"))
    write(folder, "first", "mask", "redact")
    return install(folder, CONFIG.format(watch=str(watch).lower(), workers=workers))


def write(folder: Path, name: str, action: str, decision: str) -> None:
    (folder / "policy.toml").write_text(POLICY.format(name=name, action=action, decision=decision))


class Office:
    """The gateway's operator, and one of its callers."""

    def __init__(self, process: Process, where: Installation) -> None:
        self.url = process.url
        self.admin = where.new_key("admin")
        self.key = where.new_key()

    def decision(self, text: str = "") -> str:
        body = ASKED if not text else {**ASKED, "messages": [{"role": "user", "content": text}]}
        answer = httpx2.post(
            f"{self.url}/v1/chat/completions", json=body, headers={"authorization": f"Bearer {self.key}"}
        )
        assert answer.status_code == 200
        return answer.headers["x-redoubt-decision"]

    def reload(self, key: str = "") -> httpx2.Response:
        headers = {"authorization": f"Bearer {key or self.admin}"}
        return httpx2.post(f"{self.url}/redoubt/v1/policies/reload", headers=headers, timeout=60)

    def policy(self) -> str:
        headers = {"authorization": f"Bearer {self.admin}"}
        [policy] = httpx2.get(f"{self.url}/redoubt/v1/policies", headers=headers).json()["policies"]
        return f"{policy['name']}@{policy['digest']}"


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.1)


def reloads(where: Installation) -> list[tuple[str, str, str]]:
    entries, _ = log_of(where)
    return [
        (s.entry.principal.partition("_")[0], s.entry.decision, s.entry.note)
        for s in entries
        if s.entry.api == "policy.change"
    ]


def test_a_good_policy_is_taken_and_a_bad_one_changes_nothing(tmp_path: Path) -> None:
    where = installed(tmp_path)
    process = Process(where)
    try:
        office = Office(process, where)
        first = office.policy()
        assert office.decision() == "redact"
        assert office.reload().json()["changed"] is False

        write(tmp_path, "second", "deny", "deny")
        assert office.reload(office.key).status_code == 403
        assert office.decision() == "redact"
        done = office.reload().json()
        assert (done["before"], done["now"], done["changed"], done["tests"]) == (
            first,
            office.policy(),
            True,
            1,
        )
        second = office.policy()
        assert office.decision() == "deny"

        bad: list[tuple[str, str]] = [
            ("not toml [", "policy.toml"),
            (POLICY.format(name="x", action="explode", decision="deny"), "rules"),
            (POLICY.format(name="x", action="mask", decision="deny"), "own tests fail"),
        ]
        for source, said in bad:
            (tmp_path / "policy.toml").write_text(source)
            refused = office.reload()
            assert refused.status_code == 400
            assert said in refused.json()["error"]["message"]
            assert "jane" not in refused.text
            assert (office.policy(), office.decision()) == (second, "deny")
        (tmp_path / "policy.toml").unlink()
        assert office.reload().status_code == 400
        metrics = httpx2.get(f"{office.url}/metrics").text
    finally:
        assert process.stop() == 0
    assert f'policy="{second}"' in metrics
    assert [
        line
        for line in metrics.splitlines()
        if line.startswith("redoubt_policy_info") and line.endswith(" 1.0")
    ] == [line for line in metrics.splitlines() if second in line]
    assert reloads(where) == [
        ("svc", "allow", f"{first} -> {second}"),
        *[("svc", "deny", f"{second} stays")] * 4,
    ]
    assert sum("not reloaded" in line for line in process.said) == 4


def test_a_signal_reloads_and_rules_come_along(tmp_path: Path) -> None:
    where = installed(tmp_path)
    process = Process(where)
    try:
        office = Office(process, where)
        assert (office.decision("ask emp-004711"), office.decision("ask staff-004711")) == ("deny", "allow")
        (tmp_path / "rules.toml").write_text(RULES.format(word="staff"))
        process.tell(SIGHUP)
        until(lambda: office.decision("ask staff-004711") == "deny", 180)
        assert office.decision("ask emp-004711") == "allow"
    finally:
        assert process.stop() == 0
    [(who, decision, note)] = reloads(where)
    assert (who, decision) == ("gateway", "allow")
    assert "; rules " in note


def test_watched_files_are_taken_when_they_change(tmp_path: Path) -> None:
    where = installed(tmp_path, watch=True)
    process = Process(where)
    try:
        office = Office(process, where)
        time.sleep(0.5)
        write(tmp_path, "second", "deny", "deny")
        until(lambda: office.decision() == "deny")
        (tmp_path / "policy.toml").touch()
        time.sleep(5)
    finally:
        assert process.stop() == 0
    assert len(reloads(where)) == 1


def test_no_request_fails_and_none_sees_half_a_policy(tmp_path: Path) -> None:
    where = installed(tmp_path)
    process = Process(where)
    seen: set[tuple[int, str]] = set()

    async def work(office: Office) -> None:
        headers = {"authorization": f"Bearer {office.key}"}
        async with httpx2.AsyncClient(base_url=office.url, timeout=60) as client:
            over = asyncio.Event()

            async def ask() -> None:
                while not over.is_set():
                    answer = await client.post("/v1/chat/completions", json=ASKED, headers=headers)
                    seen.add((answer.status_code, answer.headers["x-redoubt-decision"]))

            tasks = [asyncio.create_task(ask()) for _ in range(8)]
            for n in range(20):
                write(tmp_path, f"p{n}", *(("deny", "deny") if n % 2 else ("mask", "redact")))
                assert (await asyncio.to_thread(office.reload)).json()["changed"]
            over.set()
            await asyncio.gather(*tasks)

    try:
        asyncio.run(work(Office(process, where)))
    finally:
        assert process.stop() == 0
    assert seen == {(200, "deny"), (200, "redact")}
    entries, _ = log_of(where)
    words = {(s.entry.policy, s.entry.decision) for s in entries if s.entry.kind == "prompt"}
    assert len({policy for policy, _ in words}) == len(words), "one policy, one decision about one text"
    assert len(reloads(where)) == 20


def test_the_command_asks_the_gateway(tmp_path: Path) -> None:
    where = installed(tmp_path)
    process = Process(where)

    def command(key: str) -> tuple[int, str]:
        environ: dict[str, Any] = {**where.environ, "REDOUBT_API_KEY": key}
        done = subprocess.run(
            [str(Path(sys.executable).with_name("redoubt")), "policy", "reload", "--url", process.url],
            capture_output=True, text=True, env=environ, cwd=tmp_path, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    try:
        office = Office(process, where)
        assert command(office.admin)[0] == 0
        write(tmp_path, "second", "deny", "deny")
        code, said = command(office.admin)
        assert (code, "second@" in said) == (0, True)
        write(tmp_path, "third", "deny", "allow")
        code, said = command(office.admin)
        assert (code, "own tests fail" in said) == (3, True)
        assert command(office.key)[0] == 3
        assert command("")[0] == 3
    finally:
        process.stop()


@pytest.mark.parametrize("how", ["signal", "request"])
def test_all_workers_take_it(tmp_path: Path, how: str) -> None:
    where = installed(tmp_path, workers=2)
    process = Process(where)
    try:
        office = Office(process, where)
        write(tmp_path, "second", "deny", "deny")
        if how == "signal":
            process.tell(SIGHUP)
        else:
            assert office.reload().json()["changed"]

        def taken() -> bool:
            lines = httpx2.get(f"{office.url}/metrics").text.splitlines()
            return sum('policy="second@' in line and line.endswith(" 1.0") for line in lines) == 2

        until(taken)
        assert {office.decision() for _ in range(20)} == {"deny"}
    finally:
        assert process.stop() == 0
    assert len(reloads(where)) == 2
