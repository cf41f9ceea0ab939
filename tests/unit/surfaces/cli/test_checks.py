import json
import socket
from pathlib import Path

import pytest

from redoubt.domain.opinions import Task
from redoubt.surfaces.cli.checks import examine
from tests.issuer import Provider
from tests.opinions import classifier_settings
from tests.unit.surfaces.cli.rig import Cli, run


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


def test_second_opinions_are_listed_and_checked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDOUBT_MODELS__ENABLED", "true")
    sequence = classifier_settings(Task.SEQUENCE)
    Path("g.toml").write_text(
        f'''
[[models.classifiers]]
name = "right"
path = "{sequence.path}"
sha256 = "{sequence.sha256}"
task = "sequence"
labels = {{ INJECTION = "attack" }}
[[models.classifiers]]
name = "altered"
path = "{sequence.path}"
sha256 = "{"0" * 64}"
task = "sequence"
labels = {{ INJECTION = "attack" }}
[[models.judges]]
name = "near"
base_url = "http://127.0.0.1:1"
model = "m"
[[models.judges]]
name = "far"
base_url = "http://judge.example"
model = "m"
[[models.judges]]
name = "odd"
base_url = "https://judge.example"
model = "m"
categories = {{ S1 = "harm" }}
'''
    )
    expected = {
        "classifier right": "ok",
        "classifier altered": "fail",
        "judge near": "ok",
        "judge far": "warn",
        "judge odd": "fail",
    }
    assert expected.items() <= _states(cli, "--config", "g.toml").items()
    assert _states(cli, "--config", "g.toml", "--online")["judge near"] == "fail"
    ran = run(cli.home, "up", "--config", "g.toml", "--port", "0")
    assert ran.code == 3
    assert "its SHA-256 is not the one of models.classifiers.altered.sha256" in ran.err


IDENTITY = """
[[identity.issuers]]
issuer = "ISSUER"
audience = "https://redoubt.example"
MORE
[identity.login]
issuer = "ISSUER"
client_id = "redoubt"
redirect_uri = "REDIRECT"
"""
BACK = "https://redoubt.example/redoubt/callback"
MAPPED = 'roles = { "sec-admins" = ["admin"] }'


@pytest.mark.parametrize(
    ("more", "redirect", "issuer", "login"),
    [
        (MAPPED, BACK, "ok", "ok"),
        ("", BACK, "warn", "ok"),
        ('roles = { "sec-admins" = ["amdin"] }', BACK, "warn", "ok"),
        (MAPPED, "http://127.0.0.1:8420/redoubt/callback", "ok", "warn"),
    ],
)
def test_issuers_and_the_login(cli: Cli, more: str, redirect: str, issuer: str, login: str) -> None:
    text = (
        IDENTITY.replace("ISSUER", "https://id.example").replace("MORE", more).replace("REDIRECT", redirect)
    )
    Path("i.toml").write_text(text)
    states = _states(cli, "--config", "i.toml")
    assert (states["issuer https://id.example"], states["login"]) == (issuer, login)


def test_an_issuer_is_reached_only_when_asked(cli: Cli) -> None:
    provider = Provider("ES256")
    text = IDENTITY.replace("ISSUER", provider.issuer).replace("MORE", MAPPED).replace("REDIRECT", BACK)
    Path("j.toml").write_text(text)
    title = f"issuer {provider.issuer}"
    try:
        assert _states(cli, "--config", "j.toml")[title] == "ok"
        assert not provider.asked
        assert _states(cli, "--config", "j.toml", "--online")[title] == "ok"
        provider.down = True
        assert _states(cli, "--config", "j.toml", "--online")[title] == "fail"
    finally:
        provider.close()


def test_of_postgresql_neither_user_nor_password_is_told_and_no_folder_is_blamed(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    Path("g.toml").write_text(f'[store]\nurl = "postgresql://someone:hunter2@127.0.0.1:{port}/records"\n')
    said = cli("doctor", "--config", "g.toml").out
    assert "see [store] in docs/reference.md" in said
    assert "data directory" not in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("more", "state", "said"),
    [
        ("", "ok", "exchanges are refused"),
        ('[audit]\nwhen_unavailable = "wait"\n', "ok", "hold for 10 s, and a revocation is not seen"),
        ('[audit]\nwhen_unavailable = "spool"\n', "ok", "hold for 3600 s"),
        (
            '[audit]\nwhen_unavailable = "spool"\n[store]\nidentity_grace_seconds = 0\n',
            "warn",
            "identity_grace_seconds = 0",
        ),
        ('[audit]\nwhen_unavailable = "spool"\n[server]\nper_minute = 9\n', "warn", "per_minute"),
    ],
)
def test_what_an_outage_of_the_store_does(tmp_path: Path, more: str, state: str, said: str) -> None:
    config = tmp_path / "redoubt.toml"
    config.write_text(more + "[models]\nenabled = false\n")
    environ = {"REDOUBT_STORE__DATA_DIR": str(tmp_path / "data")}
    [found] = [check for check in examine(config, environ, online=False) if check.name == "outage"]
    assert found.state == state
    assert said in found.said
