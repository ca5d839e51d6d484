"""Grouping of addresses: limits of open doors count by the source of a request."""

import ipaddress

#: Prefix length that a provider assigns to one household or office.
HOUSEHOLD = 64


def source_of(address):
    """An address as limits count it: of IPv6 the household's network, else the address itself.

    :param address: text as the server knows it, possibly empty
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if found.version == 4 or found.ipv4_mapped:
        return str(found.ipv4_mapped if found.version == 6 else found)
    return str(ipaddress.ip_network((found, HOUSEHOLD), strict=False))
