"""Requests to programs of others: never into private networks nor redirected, on the very address that was checked."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

TIMEOUT = 10
"""Seconds for each step."""
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """An address that may not be asked."""


def networks(words: str) -> list[Network]:
    """The networks of a CIDR list with commas. Raises ValueError."""
    return [ipaddress.ip_network(each.strip()) for each in words.split(",") if each.strip()]


def _meant(address: Address) -> Iterable[Address]:
    """An address and those that it carries within it (mapped, 6to4, Teredo, NAT64)."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            yield address.ipv4_mapped
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield from address.teredo
        if address in _TRANSLATED:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether it is a public address, or in one of the networks that were opened."""
    if any(address.version == network.version and address in network for network in allowed):
        return True
    every = list(_meant(address))
    if len(every) > 1 and isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        every = every[1:]
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in every)


def checked(host: str, port: int, allowed: Iterable[Network]) -> str:
    """One address of a host, all of whose addresses were checked; raises Refused, OSError."""
    found = [ipaddress.ip_address(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    opened = list(allowed)
    for address in found:
        if not is_allowed(address, opened):
            raise Refused(f"{host} leads to {address}, which is no public address (CONFAPP_OUTGOING_ALLOW opens some)")
    return str(found[0])


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, whatever the name says a moment later."""

    def __init__(self, host: str, port: int, address: str, secure: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._address, self._secure = address, secure

    def connect(self) -> None:
        """Open it, under TLS for the name that was asked for."""
        plain = socket.create_connection((self._address, self.port), timeout=TIMEOUT)
        self.sock = self._secure.wrap_socket(plain, server_hostname=self.host) if self._secure else plain


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Iterable[Network]) -> int:
    """Send a body; the answer's status, redirects not followed. Raises Refused, OSError, http.client.HTTPException."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Refused("only http and https addresses are asked")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = checked(parts.hostname, port, allowed)
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    connection = _Pinned(parts.hostname, port, address, secure)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, {"User-Agent": "Confapp", **headers})
        answer = connection.getresponse()
        answer.read(1024)
        return answer.status
    finally:
        connection.close()
