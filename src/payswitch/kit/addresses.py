"""Whether a text is an address, of a web site or of a machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_web_address(text: str, *, with_query: bool = False) -> bool:
    """An http or https address with a host, without user name, #fragment or anything that needs escaping."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and " " not in text
    return whole and plain and parts.username is None and "#" not in text and (with_query or "?" not in text)


def is_own_web_address(text: str) -> bool:
    """An http address on this machine's loopback."""
    return is_web_address(text) and text.startswith("http://") and is_loopback(urlsplit(text).hostname or "")


def is_loopback(host: str) -> bool:
    """`localhost`, or an address that never leaves this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_network(text: str) -> bool:
    """An IP address, or a network such as `10.0.0.0/8`."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def own_address(text: str) -> tuple[str, int] | None:
    """Host and port of `127.0.0.1:9464` or `[::1]:9464`; None for anything else."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or not port or parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    return host, port
