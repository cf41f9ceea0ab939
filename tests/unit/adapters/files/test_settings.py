from pathlib import Path

import pytest

from redoubt.adapters.files.settings import load_settings, model_settings
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import (
    Durability,
    Migrate,
    ModelSettings,
    OnDeny,
    Settings,
    UpstreamKind,
    WhenUnavailable,
)

FILE = """
[server]
port = 9000
[store]
durability = "process"
[policy]
profile = "strict"
on_deny = "error"
file = "policy.toml"
rules = ["more.toml"]
[upstreams.main]
kind = "openai"
api_key = {env = "UPSTREAM_KEY"}
models = ["gpt-*"]
instructions = "You are the clerk."
[upstreams.other]
kind = "anthropic"
base_url = "http://127.0.0.1:1/x/"
api_key = {file = "key.txt"}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "redoubt.toml"
    path.write_text(text)
    return path


def test_nothing_configured_is_a_working_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {})
    assert settings.server == Settings().server
    assert [u.kind for u in settings.upstreams] == [UpstreamKind.PRACTICE]


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("from-file\n")
    settings = load_settings(written(tmp_path, FILE), {"UPSTREAM_KEY": "from-env"})
    assert settings.server.port == 9000
    assert settings.store.durability is Durability.PROCESS
    assert settings.policy.on_deny is OnDeny.ERROR
    assert settings.policy.file == str(tmp_path / "policy.toml")
    assert settings.policy.rules == (str(tmp_path / "more.toml"),)
    main, other = settings.upstreams
    assert (main.base_url, main.api_key, main.models) == ("https://api.openai.com", "from-env", ("gpt-*",))
    assert (other.base_url, other.api_key) == ("http://127.0.0.1:1/x", "from-file")
    assert (main.instructions, other.instructions) == ("You are the clerk.", "")
    assert "from-env" not in repr(settings)


def test_a_store_elsewhere_is_named_and_its_password_is_shown_nowhere(tmp_path: Path) -> None:
    url = "postgresql://redoubt:hush-hush@db.example/redoubt"
    settings = load_settings(
        written(tmp_path, '[store]\nmigrate = "manual"\n[audit]\nwhen_unavailable = "spool"'),
        {
            "REDOUBT_STORE__URL": url,
            "REDOUBT_STORE__POOL_SIZE": "20",
            "REDOUBT_STORE__IDENTITY_GRACE_SECONDS": "5",
            "REDOUBT_SERVER__PER_MINUTE": "7",
            "REDOUBT_AUDIT__SPOOL_BYTES": "9000000",
        },
    )
    assert (settings.store.url, settings.store.pool_size, settings.store.migrate) == (url, 20, Migrate.MANUAL)
    assert (settings.audit.when_unavailable, settings.audit.spool_bytes) == (WhenUnavailable.SPOOL, 9_000_000)
    assert (settings.store.identity_grace_seconds, settings.server.per_minute) == (5.0, 7)
    assert settings.server.per_second is None
    assert "hush-hush" not in repr(settings)


def test_the_environment_overrides(tmp_path: Path) -> None:
    settings = load_settings(
        written(tmp_path, "[server]\nport = 1"),
        {"REDOUBT_SERVER__PORT": "9001", "REDOUBT_POLICY__PROFILE": "monitor"},
    )
    assert (settings.server.port, settings.policy.profile) == (9001, "monitor")


@pytest.mark.parametrize(
    ("text", "environ", "complaint"),
    [
        ("[server]\nprot = 1", {}, r"\$\.server\.prot: no such key"),
        ("[server]\nport = 'x'", {}, "server"),
        ("[server]\nport = 70000", {}, "port"),
        ("[server]\nmax_body_bytes = 0", {}, "max_body_bytes: must be positive"),
        ("[server]\nper_second = -1", {}, "per_second: must not be negative"),
        ("[server]\ntrusted_proxies = ['10.0.0.1/8']", {}, "trusted_proxies: an address must be a network"),
        ("", {"REDOUBT_SERVER__TRUSTED_PROXIES": "10.0.0.0/8,x"}, "trusted_proxies: an address must be"),
        ("[server]\ninspection_threads = 0", {}, "inspection_threads: must be positive"),
        ("[server]\ninspection_timeout = 0", {}, "inspection_timeout: must be a positive number"),
        ("[server]\nrequest_timeout = nan", {}, "request_timeout: must be a positive number"),
        ("[server]\nupstream_read_timeout = inf", {}, "upstream_read_timeout: must be a positive number"),
        ("[store]\nsession_ttl = -1", {}, "session_ttl: must be a positive number"),
        ("[store]\nsession_ttl = nan", {}, "session_ttl: must be a positive number"),
        ("[store]\nconnect_timeout = 0", {}, "connect_timeout: must be a number of seconds"),
        ("[store]\nstatement_timeout = inf", {}, "statement_timeout: must be a number of seconds"),
        ("[store]\npool_size = 1", {}, "pool_size: must lie between"),
        ("[store]\nmigrate = 'never'", {}, r"\$\.store\.migrate: must be one of \w+, \w+"),
        ("[store]\nidentity_grace_seconds = -1", {}, "identity_grace_seconds: must be a number"),
        ("[audit]\nwhen_unavailable = 'shrug'", {}, "must be one of refuse, wait, spool"),
        ("[audit]\nwait_seconds = nan", {}, "wait_seconds: must be a number of seconds"),
        ("[audit]\nspool_bytes = 1000", {}, "spool_bytes: must be at least"),
        ("[server]\ntls_cert = 'a'", {}, "needed together"),
        ("[surver]\n", {}, "surver"),
        ("[policy]\non_deny = 'shrug'", {}, r"\$\.policy\.on_deny: must be one of"),
        (
            "[upstreams.a]\nkind = 'cohere'",
            {},
            r"upstreams\[\.\.\.\]\.kind: must be one of openai, anthropic",
        ),
        ("[upstreams.a]\nkind = 'openai'\nbase_url = 'ftp://x'", {}, "https://"),
        ("[upstreams.a]\nkind = 'openai'\napi_key = {env = 'NOT_SET'}", {}, "NOT_SET is not set"),
        ("[upstreams.a]\nkind = 'openai'\napi_key = {file = 'none'}", {}, "cannot be read"),
        ("[upstreams.a]\nkind = 'openai'\napi_key = {}", {}, "one of the two"),
        ("[upstreams.a]\nkind = 'openai'\napi_key = 'sk-in-the-file'", {}, "upstreams"),
        ("", {"REDOUBT_SERVER_PORT": "1"}, "REDOUBT_SERVER_PORT: not a setting"),
        ("", {"REDOUBT_SERVER__PROT": "1"}, "prot: no such key"),
        ("x", {}, "not TOML"),
    ],
)
def test_what_is_wrong_is_said_by_place(
    tmp_path: Path, text: str, environ: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        load_settings(written(tmp_path, text), environ)
    assert "sk-in-the-file" not in str(refused.value)


def test_a_file_that_is_not_there_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="redoubt init"):
        load_settings(tmp_path / "none.toml", {})


def test_the_guard_models_are_set_up_by_file_and_environment(tmp_path: Path) -> None:
    path = tmp_path / "redoubt.toml"
    path.write_text('[models]\npath = "weights"\nthreads = 4\n')
    models = load_settings(
        path, {"REDOUBT_MODELS__ENABLED": "false", "REDOUBT_MODELS__TIMEOUT": "0.5"}
    ).models
    assert models == ModelSettings(False, str(tmp_path / "weights"), 4, 0.5)
    assert model_settings({"REDOUBT_MODELS__THREADS": "2", "REDOUBT_SERVER__PORT": "x"}) == ModelSettings(
        threads=2
    )


@pytest.mark.parametrize(
    "value", ["threads = 0", "threads = 1000", "timeout = 0", "timeout = inf", "thread = 1"]
)
def test_guard_models_that_cannot_be_are_refused(value: str, tmp_path: Path) -> None:
    path = tmp_path / "redoubt.toml"
    path.write_text(f"[models]\n{value}\n")
    with pytest.raises(
        ConfigError, match=r"redoubt\.toml: \$\.models\.thread|redoubt\.toml: \$\.models\.timeout"
    ):
        load_settings(path, {})


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ({"path": "weights", "public_key": "0" * 63}, "must be 64 hexadecimal digits"),
        ({"path": "weights", "public_key": "x" * 64}, "must be 64 hexadecimal digits"),
        ({"public_key": "0" * 64}, "name their folder in path"),
    ],
)
def test_a_key_for_weights_is_64_digits_and_needs_weights_of_ones_own(
    models: dict[str, str], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "redoubt.toml"
    path.write_text("[models]\n" + "\n".join(f'{key} = "{value}"' for key, value in models.items()))
    with pytest.raises(ConfigError, match=rf"\$\.models\.public_key: .*{said}"):
        load_settings(path, {})


def test_a_key_for_weights_may_be_digits_alone() -> None:
    ours = {"REDOUBT_MODELS__PATH": "weights", "REDOUBT_MODELS__PUBLIC_KEY": "1" * 64}
    assert model_settings(ours).public_key == "1" * 64
