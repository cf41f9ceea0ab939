import json
import socket
from pathlib import Path

from tests.unit.surfaces.cli.rig import Cli


def _states(cli: Cli, *arguments: str) -> dict[str, str]:
    return {check["check"]: check["state"] for check in json.loads(cli("doctor", "--json", *arguments).out)}


def test_all_is_well(cli: Cli) -> None:
    states = _states(cli)
    assert states["settings"] == states["policy"] == states["store"] == "ok"
    assert states["keys"] == "warn"
    cli("keys", "create", "--name", "x")
    assert _states(cli)["keys"] == "ok"


def test_a_master_key_that_others_may_read(cli: Cli) -> None:
    cli("keys", "list")
    (cli.home / "data" / "master.key").chmod(0o644)
    ran = cli("doctor")
    assert ran.code == 3
    assert "chmod 600" in ran.out


def test_settings_policy_and_certificates_that_are_no_good(cli: Cli) -> None:
    Path("a.toml").write_text("[server]\nprt = 1\n")
    assert _states(cli, "--config", "a.toml") == {"python": "ok", "documents": "ok", "settings": "fail"}
    Path("b.toml").write_text(
        '[policy]\nfile = "missing.toml"\n[server]\ntls_cert = "c.pem"\ntls_key = "k.pem"\n'
    )
    states = _states(cli, "--config", "b.toml")
    assert (states["policy"], states["tls"]) == ("fail", "fail")


def test_a_port_in_use_and_a_host_without_tls(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        Path("c.toml").write_text(f"[server]\nport = {taken.getsockname()[1]}\n")
        assert _states(cli, "--config", "c.toml")["port"] == "warn"
    Path("d.toml").write_text('[server]\nhost = "0.0.0.0"\nport = 0\n')
    assert _states(cli, "--config", "d.toml")["tls"] == "warn"


def test_an_upstream_is_reached_only_when_asked(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    Path("e.toml").write_text(
        f'[upstreams.here]\nkind = "openai"\nbase_url = "http://127.0.0.1:{port}"\napi_key = {{file = "k"}}\n'
    )
    Path("k").write_text("key")
    assert _states(cli, "--config", "e.toml")["upstream here"] == "ok"
    assert _states(cli, "--config", "e.toml", "--online")["upstream here"] == "fail"
