import pytest

from redoubt.adapters.providers.base_url import parse_base_url
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import UpstreamKind


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "authority"),
    [
        ("https://api.example.com", "api.example.com", 443, True, "api.example.com"),
        ("http://api.example.com:8000/v1", "api.example.com", 8000, False, "api.example.com:8000"),
        ("https://[2001:db8::1]:8443/", "2001:db8::1", 8443, True, "[2001:db8::1]:8443"),
        ("https://[::1]", "::1", 443, True, "[::1]"),
        ("https://b\u00fccher.example", "xn--bcher-kva.example", 443, True, "xn--bcher-kva.example"),
        ("HTTPS://API.example.com:443", "api.example.com", 443, True, "api.example.com"),
    ],
)
def test_parts(url: str, host: str, port: int, tls: bool, authority: str) -> None:
    address = parse_base_url("a", UpstreamKind.OPENAI, url).address
    assert (address.host, address.port, address.tls, address.authority) == (host, port, tls, authority)


@pytest.mark.parametrize(
    ("kind", "url", "path", "target"),
    [
        (UpstreamKind.OPENAI, "", "/v1/models", "/v1/models"),
        (UpstreamKind.OPENAI, "https://h/api/v1", "/v1/models", "/api/v1/models"),
        (
            UpstreamKind.OPENAI,
            "https://h/v1beta/openai",
            "/v1/chat/completions",
            "/v1beta/openai/chat/completions",
        ),
        (UpstreamKind.ANTHROPIC, "", "/v1/messages", "/v1/messages"),
        (UpstreamKind.ANTHROPIC, "https://h/v1/", "/v1/messages", "/v1/messages"),
        (UpstreamKind.ANTHROPIC, "https://h/x", "/v1/messages", "/x/v1/messages"),
        (UpstreamKind.GEMINI, "", "/v1beta/models/a:generateContent", "/v1beta/models/a:generateContent"),
        (UpstreamKind.GEMINI, "https://h/v1", "/v1beta/models", "/v1/v1beta/models"),
    ],
)
def test_target(kind: UpstreamKind, url: str, path: str, target: str) -> None:
    assert parse_base_url("a", kind, url).target(path) == target


@pytest.mark.parametrize(
    "url",
    [
        "api.example.com",
        "ftp://h/",
        "https://",
        "https://user:pw@h/",
        "https://h/?a=b",
        "https://h/#x",
        "https://h:99999/",
        "https://h/a b",
        "https://h\r\nx: y/",
        "https://[::1/",
        "https://" + "a" * 300,
        "https://h<x>/",
    ],
)
def test_what_is_no_base_url(url: str) -> None:
    with pytest.raises(ConfigError, match=r"upstreams\.a\.base_url"):
        parse_base_url("a", UpstreamKind.OPENAI, url)
