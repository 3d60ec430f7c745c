"""Networks: how much of an address is looked at, and no more. Pure."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV4_BITS, IPV6_BITS = 24, 48  # what one household or provider is usually given, and no closer


def network_of(address: str | None) -> str | None:
    """Return the prefix of an address ("203.0.113.0/24", "2001:db8:1::/48"); None = it is none."""
    try:
        found: IPv4Address | IPv6Address = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    bits = IPV4_BITS if isinstance(found, IPv4Address) else IPV6_BITS
    return str(ip_network(f"{found}/{bits}", strict=False))
