"""Where a caller comes from, and whether its key may be used from there."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from redoubt.domain.errors import InputError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
_MOST_HOPS = 32
"""Proxies in a row that are believed; who claims more is taken for the last that was."""


@lru_cache(maxsize=4096)
def network(text: str) -> Network:
    """Return the network that ``text`` names in CIDR notation (RFC 4632, RFC 4291). Raises InputError."""
    try:
        if "%" in text:  # a zone (RFC 4007) is of one machine alone, and may be any text
            raise ValueError
        return ip_network(text)
    except ValueError:
        raise InputError(
            "an address must be a network in CIDR notation with no host bits set: 192.0.2.0/24, 2001:db8::/32, 192.0.2.7/32"
        ) from None


def address(text: str) -> Address | None:
    """Return the address that ``text`` is, None where it is none. An IPv4 address that is written as an IPv6 one is an IPv4 address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def within(text: str, networks: Iterable[str]) -> bool:
    """Tell whether the address ``text`` lies in one of ``networks``; what is no address lies nowhere."""
    found = address(text)
    return found is not None and any(found in network(one) for one in networks)


def caller(peer: str, forwarded: Iterable[str], proxies: Iterable[str]) -> str:
    """Return the address of who asked: ``peer``, or whom it forwards for (``x-forwarded-for``) where it is one of our ``proxies``.

    Each proxy appends the address of who asked it, so the list is read from its end, and only as far as our own proxies wrote it: what
    stands before that anybody may have made up.
    """
    networks = tuple(proxies)
    if not networks:
        return peer
    hops = [hop.strip() for line in forwarded for hop in line.split(",")][-_MOST_HOPS:]
    found = peer
    while hops and within(found, networks):
        before = hops.pop()
        if address(before) is None:
            break
        found = before
    return found
