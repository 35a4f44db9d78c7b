"""Which addresses the desk may be sent to by what somebody typed into it (sum).

A webhook goes to public addresses, and to networks that the operator of the desk names; never to
the machine itself, its neighbours or the metadata service of a cloud, in whatever spelling.
"""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Public by their number, inside by their use: hosts of clouds; ways into IPv4 by an IPv6 spelling.
_NEVER: tuple[Network, ...] = tuple(
    ipaddress.ip_network(one)
    for one in (
        "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "::/96", "64:ff9b::/96",
        "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10",
    )
)  # fmt: skip


def parsed(text: str) -> Address:
    """The address of a resolver's answer; an IPv4 address in IPv6 clothes is taken out of them."""
    found = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def is_public(address: Address) -> bool:
    """Whether it is an ordinary address of the internet."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in one for one in _NEVER if one.version == address.version)


def is_named(address: Address, networks: Sequence[str]) -> bool:
    """Whether it is in one of the networks (10.2.0.0/16, fd00::/8) of the operator."""
    known = (ipaddress.ip_network(one) for one in networks)
    return any(address in one for one in known if one.version == address.version)


def fault_of(url: str) -> str:
    """What is wrong with the spelling of a receiver's address as a code, or nothing."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "not_an_address"
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        return "not_an_address"
    if parts.username or parts.password or parts.fragment:
        return "more_than_an_address"
    if not url.isascii() or any(sign <= " " or sign == "\\" for sign in url):
        return "not_an_address"
    return ""
