"""Whether a request comes from the machine that the service runs on: who may see pages that are not the world's."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from payswitch.entry.http import asgi

_THROUGH_A_PROXY = (
    b"forwarded",
    b"via",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-real-ip",
)
"""What proxies add. nginx adds none of them by itself: there, such pages must be off or their addresses closed."""


def from_this_machine(scope: Mapping[str, Any]) -> bool:
    """Whether the request was made on this machine, by somebody who meant this machine.

    Not when a proxy passed it on (everybody would look local then), and not under a foreign host name (a web page
    elsewhere could point its own name at 127.0.0.1 and read along).
    """
    if any(asgi.header(scope, name) is not None for name in _THROUGH_A_PROXY):
        return False
    return _is_loopback(asgi.client_ip(scope)) and _names_this_machine(asgi.header(scope, b"host") or "")


def _names_this_machine(host: str) -> bool:
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return name.lower() == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
