"""Keeps shops' callback addresses out of our own network (SSRF).

A shop names the URL that PaySwitch calls. Were that allowed to be `http://127.0.0.1/` or the cloud's metadata service,
a shop could make us talk to machines that trust us. So every address that a name resolves to is looked at right where
the connection is made: a name that changes its address between check and use gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from payswitch import __version__

_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
"""IETF protocol assignments: Python before 3.12.4 takes most of it for public."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOOKUP_THREADS = 4


class PrivateAddressError(OSError):
    """The callback leads into a private network."""


def is_public(text: str) -> bool:
    """Whether an IP address is out on the internet: not loopback, private, link-local, multicast or reserved, and not
    an IPv6 wrapping of such an IPv4 address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if address in _NAT64:  # how an IPv6-only network reaches IPv4: what counts is the address inside
        return _is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return _is_public(address) and all(_is_public(inner) for inner in _wrapped(address))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    special = address.is_multicast or address.is_reserved or address in _PROTOCOLS
    return address.is_global and not special


def _wrapped(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """IPv4 addresses inside an IPv6 one: mapped, 6to4, Teredo."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    return [inner for inner in found if inner is not None]


def check_literal(host: str) -> None:
    """Raise PrivateAddressError for a host that is itself a non-public IP address: no resolver sees those."""
    try:
        public = is_public(host.strip("[]"))
    except ValueError:
        return  # a name: the resolver checks what it leads to
    if not public:
        raise PrivateAddressError("the callback address is in a private network")


class GuardedResolver(AbstractResolver):
    """Looks names up on threads of its own (a slow name server delays nobody else) and drops private addresses."""

    def __init__(self, *, allow_private_networks: bool) -> None:
        self._allow_private = allow_private_networks
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="payswitch-webhook-dns")

    def check(self, address: URL) -> None:
        """Before a call: what no resolver sees, a host that is an IP address itself. Of the URL as it will be called
        and not of its text: full-width digits become plain ones. Raises InvalidURL or PrivateAddressError."""
        if address.scheme not in ("http", "https") or not address.raw_host:
            raise aiohttp.InvalidURL(address)
        if not self._allow_private:
            check_literal(address.raw_host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port, family)
        if self._allow_private:
            return found
        public = [result for result in found if is_public(result["host"])]
        if found and not public:
            raise PrivateAddressError("the callback's name leads into a private network")
        return public

    async def close(self) -> None:
        # Not waited for: a lookup that hangs must not hold up the end of the program.
        self._threads.shutdown(wait=False, cancel_futures=True)


def guarded_session(
    resolver: GuardedResolver, *, connections_per_host: int, connections: int = 100
) -> aiohttp.ClientSession:
    """For JSON to addresses that others have named: no cookies, no proxies, nothing unpacked, and no timeout of its
    own, for the caller has one over all of it. Ask `resolver.check()` before each call, and follow no redirects.
    Whoever closes the session closes the resolver. `connections` 0: as many as the hosts allow."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, limit_per_host=connections_per_host, resolver=resolver),
        headers={"content-type": "application/json", "user-agent": f"PaySwitch/{__version__}"},
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        trust_env=False,
        auto_decompress=False,
    )


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    results: list[ResolveResult] = []
    for found_family, _, proto, _, address in socket.getaddrinfo(host, port, family, socket.SOCK_STREAM):
        results.append(
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=found_family,
                proto=proto,
                flags=socket.AI_NUMERICHOST,
            )
        )
    return results
