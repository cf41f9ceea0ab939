import pytest

from redoubt.engine.detect.validators.network import (
    email,
    ip_private,
    ip_public,
    ip_unlike_version,
    mac,
    obfuscated_email,
)


@pytest.mark.parametrize(
    "text", ["a@b.io", "o'brien+x@sub.example.co.uk", "jürgen@bücher.example", "x@xn--80ak6aa92e.com"]
)
def test_mailboxes_pass(text: str) -> None:
    assert email(text)


@pytest.mark.parametrize(
    "text",
    [
        "git@github.com",
        "a@b",
        "icon@2x.png",
        "a..b@example.com",
        ".a@example.com",
        "a@-b.com",
        "a@1.2.3.4",
        "x" * 65 + "@a.com",
    ],
)
def test_hosts_files_and_malformed_addresses_do_not(text: str) -> None:
    assert not email(text)


def test_an_address_written_out_is_read() -> None:
    assert obfuscated_email("jane [at] example (dot) com")
    assert obfuscated_email("jane at example dot com")
    assert not obfuscated_email("look at that")


@pytest.mark.parametrize(
    ("text", "public", "private"),
    [
        ("8.8.8.8", True, False), ("2606:4700::1111", True, False),
        ("10.1.2.3", False, True), ("192.168.1.7", False, True), ("fe80::1:2", False, True), ("192.0.2.7", False, True),
        ("127.0.0.1", False, False), ("0.0.0.0", False, False), ("255.255.255.255", False, False), ("::1", False, False),  # noqa: S104 - an address as text
        ("224.0.0.5", False, False), ("a::b", False, False), ("1.2.3", False, False), ("01.2.3.4", False, False),
    ],
)  # fmt: skip
def test_addresses_are_public_private_or_nobodys(text: str, public: bool, private: bool) -> None:
    assert (ip_public(text), ip_private(text)) == (public, private)


def test_section_numbers_look_like_versions() -> None:
    assert not ip_unlike_version("8.1.2.2")
    assert ip_unlike_version("8.8.8.8")
    assert ip_unlike_version("93.184.216.34")


def test_a_mac_address_is_one_device() -> None:
    assert mac("00:1b:63:84:45:e6")
    assert not mac("ff:ff:ff:ff:ff:ff")
    assert not mac("00:00:00:00:00:00")
