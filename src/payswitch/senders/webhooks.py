"""Events to shops over HTTP, signed per Standard Webhooks."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from payswitch import __version__
from payswitch.domain.events import Event
from payswitch.kit.clock import Clock
from payswitch.kit.secrets import Secret
from payswitch.senders.network_guard import GuardedResolver, PrivateAddressError, check_literal
from payswitch.senders.signing import WebhookSecretError, signature_header

CONNECTIONS_PER_SHOP = 20
"""A shop that answers slowly holds up at most this many of its own deliveries, and none of another's."""
MAX_QUOTED_CHARACTERS = 120
"""Of a refusing answer's body, for the shop's developer who looks up why an event did not arrive."""
_MAX_READ_BYTES = 2_048

SecretsOf = Callable[[str], Sequence[Secret]]


class WebhookSender:
    """Delivers one event per call; implements `services.ports.EventSender`.

    2xx is "delivered", everything else a sentence. Redirects are not followed (a payment event is for the address that
    the shop configured), cookies and proxies are not used, and one timeout covers looking up, connecting and waiting.
    It never tries again by itself: the outbox does.
    """

    def __init__(self, *, secrets_of: SecretsOf, clock: Clock, allow_private_networks: bool = False) -> None:
        """`secrets_of(shop_id)` gives the shop's secrets, newest first; during a change there are two.

        `allow_private_networks` lets events go to loopback and private addresses: for the demo, drills, and shops
        that live in the same data centre. Leave it off where shops set their own callback address.
        """
        self._secrets_of = secrets_of
        self._clock = clock
        self._allow_private = allow_private_networks
        self._resolver = GuardedResolver(allow_private_networks=allow_private_networks)
        self._session: aiohttp.ClientSession | None = None

    def sign(self, shop_id: str, message_id: str, timestamp_s: int, body: bytes) -> str:
        """Implements `services.ports.ResultSigner`."""
        return signature_header(self._secrets_of(shop_id), message_id, timestamp_s, body)

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS_PER_SHOP, resolver=self._resolver),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            trust_env=False,
            auto_decompress=False,
        )

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            await self._resolver.close()
            self._session = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def deliver(self, event: Event, timeout_ms: int) -> str | None:
        """Send the event once. None when the shop answered 2xx (or wants no callback); else one sentence, without
        secrets and without the address, about why not. Cancelling the caller cancels the call."""
        if event.url is None:
            return None
        try:
            async with asyncio.timeout(timeout_ms / 1_000):
                return await self._post(event, event.url)
        except TimeoutError:
            return f"no answer within {timeout_ms} ms"
        except WebhookSecretError as error:
            return str(error)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return describe(error)

    async def _post(self, event: Event, url: str) -> str | None:
        session = self._session
        if session is None:
            return "the sender is not running"
        address = self._address(url)
        timestamp_s = self._clock.now_ms() // 1_000
        signature = signature_header(self._secrets_of(event.shop_id), event.event_id, timestamp_s, event.body)
        headers = {
            "content-type": "application/json",
            "user-agent": f"PaySwitch/{__version__}",
            "webhook-id": event.event_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": signature,
        }
        async with session.post(address, data=event.body, headers=headers, allow_redirects=False) as answer:
            if 200 <= answer.status < 300:
                return None
            return await _refusal(answer)

    def _address(self, url: str) -> URL:
        """The URL as it will be called: what is checked must be the host after all rewriting (full-width digits become
        plain ones), not the text. Raises ValueError or PrivateAddressError."""
        address = URL(url)
        if address.scheme not in ("http", "https") or not address.raw_host:
            raise aiohttp.InvalidURL(url)
        if not self._allow_private:
            check_literal(address.raw_host)
        return address


async def _refusal(answer: aiohttp.ClientResponse) -> str:
    """One line about an answer that is not 2xx, with the beginning of its body."""
    if 300 <= answer.status < 400:
        return f"answered {answer.status}: redirects are not followed"
    try:
        body = await answer.content.read(_MAX_READ_BYTES)
    except aiohttp.ClientError:
        body = b""
    quoted = " ".join(body.decode("utf-8", "replace").split())
    quoted = "".join(character for character in quoted if character.isprintable())[:MAX_QUOTED_CHARACTERS]
    return f"answered {answer.status}: {quoted}" if quoted else f"answered {answer.status}"


def describe(error: Exception, whom: str = "the shop") -> str:
    """A network failure in a few fixed words: the libraries' own messages quote addresses."""
    # aiohttp wraps what the resolver raises.
    cause = getattr(error, "os_error", error)
    told = cause if isinstance(cause, PrivateAddressError) else error
    for kinds, words in _WORDS:
        if isinstance(told, kinds):
            return words.replace("the shop", whom)
    return "the delivery failed before an answer came"


_WORDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (PrivateAddressError, "the callback address is in a private network, which is not allowed / 不允许回调内网地址"),
    ((aiohttp.InvalidURL, ValueError), "the callback address is not a valid http(s) URL / 回调地址无效"),
    ((aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError), "the shop's certificate is not valid"),
    ((aiohttp.ClientSSLError, ssl.SSLError), "the TLS connection failed"),
    (aiohttp.ClientConnectorDNSError, "the shop's host name could not be looked up"),
    (aiohttp.ClientConnectorError, "the shop's server could not be reached"),
    (aiohttp.ServerDisconnectedError, "the shop's server closed the connection without an answer"),
    (aiohttp.ClientPayloadError, "the shop's answer broke off"),
    (aiohttp.ClientResponseError, "the shop's server did not answer in HTTP"),
)
