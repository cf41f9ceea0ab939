import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redoubt.adapters.practice.world import SECRET
from tests.unit.surfaces.cli.rig import run

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from redoubt.surfaces.cli.main import main; sys.exit(main())",
    "up",
]


@contextmanager
def _up(home: Path, *arguments: str) -> Iterator[tuple[str, str]]:
    """Start the gateway; yield its greeting and its address."""
    environ = {**os.environ, "REDOUBT_STORE__DATA_DIR": str(home / "data"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home, env=environ,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        address = ""
        for line in process.stderr:
            if line.startswith("listening on "):
                address = line.removeprefix("listening on ").strip()
                break
        os.set_blocking(process.stdout.fileno(), False)
        yield process.stdout.read() or "", address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        process.stdout.close()
        process.stderr.close()


def _asked(address: str, key: str, body: str) -> tuple[str, str]:
    """Send one of the greeting's requests; return the decision and what the model is said to have said."""
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{address}/v1/chat/completions",
        body.encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310 - our own address
        return reply.headers["x-redoubt-decision"], json.load(reply)["choices"][0]["message"]["content"]


def test_the_first_start_makes_a_key_and_the_printed_request_works(tmp_path: Path) -> None:
    with _up(tmp_path) as (greeting, address):
        assert "SIMULATED" in greeting
        key = greeting.split("REDOUBT_API_KEY=")[1].split()[0]
        masked, refused = (part.split("'\n")[0] for part in greeting.split("-d '")[1:])
        assert "base_url" in greeting
        decision, answer = _asked(address, key, masked)
        assert decision == "redact"
        decision, refusal = _asked(address, key, refused)
        assert decision == "deny"
        assert SECRET not in refusal
        assert "Harbour Books" not in refusal
    saw = answer.partition("what I saw is: ")[2].replace(" ", "")
    assert saw.startswith("EMAIL_"), (
        "the echo spells out a pseudonym where the model would have seen the address"
    )
    assert "jane.doe@acme-widgets.example" in answer
    assert "AKIAQ3EGTV7KX2NMP5WD" not in answer
    assert "4111 1111 1111 1111" not in answer
    entries = json.loads(run(tmp_path, "audit", "show", "--json").out)
    assert [(e["kind"], e["decision"]) for e in entries][-2:] == [("prompt", "redact"), ("admin", "allow")]
    assert "deny" in {e["decision"] for e in entries}
    revealed = run(tmp_path, "audit", "show", entries[-2]["exchange"], "--reveal")
    assert "[REDACTED:finance.card]" in revealed.out
    assert "4111 1111 1111 1111" not in revealed.out
    with _up(tmp_path) as (greeting, _):
        assert "redoubt keys create" in greeting
        assert "rdt_" not in greeting


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run(tmp_path, "up", "--port", str(taken.getsockname()[1]))
    assert ran.code == 3
    assert "another gateway may be running" in ran.err
    assert not (tmp_path / "data").exists()


def test_a_policy_that_is_no_good_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "redoubt.toml").write_text('[policy]\nfile = "p.toml"\n')
    (tmp_path / "p.toml").write_text("nonsense = 1\n")
    ran = run(tmp_path, "up", "--port", "0")
    assert ran.code == 3
    assert "p.toml" in ran.err
