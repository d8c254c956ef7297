"""Why a delivery failed, in a few fixed words for people: the libraries' own messages quote addresses."""

from __future__ import annotations

import ssl
from typing import Final

import aiohttp

from payswitch.senders.network_guard import PrivateAddressError

NOT_RUNNING: Final = "the sender is not running"
NO_REDIRECTS: Final = "redirects are not followed / 不跟随重定向"

_WORDS: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...]] = (
    (PrivateAddressError, "the callback address is in a private network, which is not allowed / 不允许回调内网地址"),
    ((aiohttp.InvalidURL, ValueError), "the callback address is not a valid http(s) URL / 回调地址无效"),
    ((aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError), "{whom}'s certificate is not valid"),
    ((aiohttp.ClientSSLError, ssl.SSLError), "the TLS connection failed"),
    (aiohttp.ClientConnectorDNSError, "{whom}'s host name could not be looked up"),
    (aiohttp.ClientConnectorError, "{whom}'s server could not be reached"),
    (aiohttp.ServerDisconnectedError, "{whom}'s server closed the connection without an answer"),
    (aiohttp.ClientPayloadError, "{whom}'s answer broke off"),
    (aiohttp.ClientResponseError, "{whom}'s server did not answer in HTTP"),
)


def no_answer(timeout_ms: int) -> str:
    """The one timeout over looking up, connecting and waiting has passed."""
    return f"no answer within {timeout_ms} ms / 超时无应答"


def described(error: Exception, whom: str) -> str:
    """A network failure; `whom` was called: "the shop", "the receiver"."""
    # aiohttp wraps what the resolver raises.
    cause = getattr(error, "os_error", error)
    told = cause if isinstance(cause, PrivateAddressError) else error
    for kinds, words in _WORDS:
        if isinstance(told, kinds):
            return words.format(whom=whom)
    return "the delivery failed before an answer came"
