"""E-mail, IP and MAC addresses."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

_MAX_LOCAL, _MAX_DOMAIN = 64, 253  # RFC 5321, 4.5.3.1
# Last labels that end file names far more often than e-mail addresses: "icon@2x.png", "style@main.css".
_FILE_ENDINGS = (
    " png jpg jpeg gif svg webp ico css scss js mjs ts tsx jsx json yaml yml toml html htm xml txt md rst pdf zip gz "
    "tar whl exe dll map lock log csv sql cfg ini conf bak tmp java class cpp hpp go rb php "
)
_DOTS = re.compile(r"\s*[\[({<]?\s*(?:dot|punkt|point|punto)\s*[\])}>]?\s*|\.", re.IGNORECASE)
_AT = re.compile(
    r"\s*[\[({<]\s*(?:at|@|arroba|arobase)\s*[\])}>]\s*|\s+(?:at|arroba|arobase)\s+|@", re.IGNORECASE
)


def email(text: str) -> bool:
    """Say whether ``text`` is an e-mail address that could be delivered over the Internet (RFC 5321, 5322, 6531).

    The domain has a dot and a last label of letters (or punycode). Addresses by IP literal are left to the IP rules.
    """
    local, at, domain = text.rpartition("@")
    if not at or not 0 < len(local) <= _MAX_LOCAL or len(domain) > _MAX_DOMAIN:
        return False
    if local == "git":  # git@host:path is how repositories are fetched over SSH, not a mailbox
        return False
    if local[0] == "." or local[-1] == "." or (".." in local and local[0] != '"'):
        return False
    labels = domain.split(".")
    if len(labels) < 2 or not all(_label(x) for x in labels):
        return False
    last = labels[-1].lower()
    if f" {last} " in _FILE_ENDINGS:
        return False
    return len(last) >= 2 and (last.startswith("xn--") or last.isalpha())


def _label(label: str) -> bool:
    return (
        0 < len(label) <= 63
        and label[0] != "-"
        and label[-1] != "-"
        and all(c.isalnum() or c in "-" for c in label)
    )


def obfuscated_email(text: str) -> bool:
    """Say whether ``text`` is an address written out, like ``name [at] domain [dot] com``."""
    parts = _AT.split(text[: _MAX_LOCAL + _MAX_DOMAIN + 40])
    if len(parts) != 2:
        return False
    local, domain = (_DOTS.sub(".", p.strip()) for p in parts)
    return email(f"{local}@{domain}")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    # Three groups at least: "a::b" is more often a name in C++ than an address.
    # Eight pairs of hex digits are more often a fingerprint or a serial number.
    groups = text.split(":")
    if ":" in text and (sum(map(bool, groups)) < 3 or all(len(g) == 2 for g in groups)):
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None


def ip_public(text: str) -> bool:
    """Say whether ``text`` is an address of the Internet, by the IANA special-purpose registries."""
    address = _address(text)
    return address is not None and address.is_global and not address.is_multicast


def ip_unlike_version(text: str) -> bool:
    """Say whether an IPv4 address cannot be mistaken for a version or section number such as 8.1.2.2 or 120.0.0.0.

    It is taken for one where three of its four numbers have one digit, unless all four are one (8.8.8.8).
    """
    numbers = text.split(".")
    return len(set(numbers)) == 1 or sum(len(n) == 1 for n in numbers) < 3


def ip_private(text: str) -> bool:
    """Say whether ``text`` is an address of a private, shared or link-local network.

    Loopback, unspecified, broadcast and multicast addresses name nobody and are neither public nor private here; nor
    are addresses of networks (10.0.0.0) and version-like ones (0.x.y.z).
    """
    address = _address(text)
    if address is None or address.is_global:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return address.packed[0] not in (0, 255) and address.packed[3] != 0 and int(address) < 0xF0000000
    return True


def mac(text: str) -> bool:
    """Say whether ``text`` is a MAC address of a device: 48 bits, neither broadcast nor multicast nor all zero."""
    octets = (
        bytes.fromhex(found)
        if (found := re.sub(r"[^0-9A-Fa-f]", "", text[:40])) and len(found) == 12
        else b""
    )
    return len(octets) == 6 and not octets[0] & 1 and len(set(octets)) > 2
