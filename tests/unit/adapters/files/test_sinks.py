from pathlib import Path

import pytest

from redoubt.adapters.files.settings import load_settings
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import LogFormat, Settings
from redoubt.domain.telling import Severity, SinkKind, Start

ENVIRON = {"HOOK": "a secret of more than twenty-four bytes", "TOKEN": "Splunk abc", "BAD": "a\nb"}
HOOK = '[[audit.sinks]]\nname = "hook"\nkind = "webhook"\nurl = "https://h.example/in"\nsecret = {env = "HOOK"}\n'


def read(folder: Path, text: str, **environ: str) -> Settings:
    file = folder / "redoubt.toml"
    file.write_text(text)
    return load_settings(file, ENVIRON | environ)


def test_every_key(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        """
        [telemetry]
        log_format = "json"
        otlp_endpoint = "http://127.0.0.1:4318"
        headers = {Authorization = {env = "TOKEN"}}
        sample = 0.25
        [[audit.sinks]]
        name = "archive"
        kind = "jsonl"
        path = "events.jsonl"
        kinds = ["prompt", "admin"]
        decisions = ["deny"]
        least_severity = "medium"
        start = "beginning"
        max_bytes = 100000
        keep = 3
        [[audit.sinks]]
        name = "lake"
        kind = "ocsf"
        url = "https://lake.example/ocsf"
        headers = {authorization = {env = "TOKEN"}}
        ca_file = "ca.pem"
        [[audit.sinks]]
        name = "siem"
        kind = "cef"
        url = "tls://siem.example:6514"
        cert_file = "c.pem"
        key_file = "k.pem"
        [[audit.sinks]]
        name = "collector"
        kind = "otlp"
        """
        + HOOK,
    )
    archive, lake, siem, collector, hook = settings.audit.sinks
    assert archive.path == str(tmp_path / "events.jsonl")
    assert (archive.kinds, archive.decisions, archive.least_severity) == (
        ("prompt", "admin"),
        ("deny",),
        Severity.MEDIUM,
    )
    assert (archive.start, archive.max_bytes, archive.keep) == (Start.BEGINNING, 100_000, 3)
    assert (lake.headers, lake.ca_file) == ((("authorization", "Splunk abc"),), str(tmp_path / "ca.pem"))
    assert (siem.kind, siem.cert_file) == (SinkKind.CEF, str(tmp_path / "c.pem"))
    assert collector.url == "http://127.0.0.1:4318"
    assert hook.secret == ENVIRON["HOOK"]
    assert (hook.start, hook.kinds) == (Start.END, ())
    assert settings.telemetry.log_format is LogFormat.JSON
    assert settings.telemetry.headers == (("authorization", "Splunk abc"),)
    assert settings.telemetry.sample == 0.25
    assert "Splunk" not in repr(settings)
    assert ENVIRON["HOOK"] not in repr(settings)


def test_the_environment_sets_telemetry(tmp_path: Path) -> None:
    settings = read(
        tmp_path, "", REDOUBT_TELEMETRY__OTLP_ENDPOINT="http://c:4318", REDOUBT_TELEMETRY__TRACES="false"
    )
    assert (settings.telemetry.otlp_endpoint, settings.telemetry.traces) == ("http://c:4318", False)


@pytest.mark.parametrize(
    ("sink", "complaint"),
    [
        ('kind = "jsonl"', "name its path"),
        ('kind = "jsonl"\nurl = "https://x"', "name its path"),
        ('kind = "ocsf"', "path or its url"),
        ('kind = "ocsf"\npath = "a"\nurl = "https://x"', "one of the two"),
        ('kind = "cef"\npath = "a"', "has a url"),
        ('kind = "cef"\nurl = "https://x"', "udp:// or tcp:// or tls://"),
        ('kind = "cef"\nurl = "tcp://"', "name a host"),
        ('kind = "cef"\nurl = "tcp://h:99999"', "not a URL"),
        ('kind = "otlp"', "path or its url"),
        ('kind = "webhook"\nurl = "https://h"', "needed to sign"),
        ('kind = "webhook"\nurl = "http://h"\nsecret = {env = "HOOK"}', "must begin with https"),
        ('kind = "webhook"\nurl = "https://u:p@h"\nsecret = {env = "HOOK"}', "user name"),
        ('kind = "webhook"\nurl = "https://h"\nsecret = {env = "BAD"}', "shorter than 24"),
        ('kind = "webhook"\nurl = "https://h"\nsecret = "open"', "secret"),
        ('kind = "ocsf"\nurl = "https://h"\nheaders = {x = {env = "BAD"}}', "no header has"),
        ('kind = "jsonl"\npath = "a"\nheaders = {x = {env = "TOKEN"}}', "no use for"),
        ('kind = "jsonl"\npath = "a"\nkinds = ["prompts"]', "admin, answer, prompt"),
        ('kind = "jsonl"\npath = "a"\nleast_severity = "grave"', "informational"),
        ('kind = "jsonl"\npath = "a"\nmax_bytes = 1', "4096 or more"),
        ('kind = "jsonl"\npath = "a"\nkeep = -1', "0 to 1000"),
        ('kind = "jsonl"\npath = "a"\ncert_file = "c"', "only tls"),
        ('kind = "cef"\nurl = "tls://h"\nkey_file = "c"', "name that in cert_file"),
        ('kind = "jsonl"\npath = "a"\nsurprise = 1', "surprise"),
        ('kind = "syslog"\npath = "a"', "must be one of jsonl, ocsf, cef, otlp, webhook"),
    ],
)
def test_what_cannot_be_used_is_refused_by_place(tmp_path: Path, sink: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as caught:
        read(tmp_path, f'[[audit.sinks]]\nname = "s"\n{sink}')
    assert "$.audit.sinks[0]" in str(caught.value)
    assert ENVIRON["HOOK"] not in str(caught.value)


def test_two_of_a_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two are called hook"):
        read(tmp_path, HOOK + HOOK)
    with pytest.raises(ConfigError, match="lower-case"):
        read(tmp_path, HOOK.replace('"hook"', '"Hook 1"'))
    with pytest.raises(ConfigError, match="no more than 16"):
        read(tmp_path, "[audit]\nsinks = 7")


@pytest.mark.parametrize(
    ("telemetry", "complaint"),
    [
        ("sample = 2", "between 0 and 1"),
        ('otlp_endpoint = "c:4318"', "must begin with http"),
        ('log_format = "xml"', "log_format"),
        ("headers = {x = 1}", "headers"),
        ("surprise = 1", "no such key"),
    ],
)
def test_telemetry_that_cannot_be_used_is_refused(tmp_path: Path, telemetry: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        read(tmp_path, f"[telemetry]\n{telemetry}")
