"""Events to shops over HTTP, signed per Standard Webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from payswitch.domain.events import Event
from payswitch.kit.clock import Clock
from payswitch.kit.secrets import Secret
from payswitch.senders.failures import NO_REDIRECTS, NOT_RUNNING, described, no_answer
from payswitch.senders.network_guard import GuardedResolver, guarded_session
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
        self._resolver = GuardedResolver(allow_private_networks=allow_private_networks)
        self._session: aiohttp.ClientSession | None = None

    def sign(self, shop_id: str, message_id: str, timestamp_s: int, body: bytes) -> str:
        """Implements `services.ports.ResultSigner`."""
        return signature_header(self._secrets_of(shop_id), message_id, timestamp_s, body)

    async def open(self) -> None:
        self._session = guarded_session(self._resolver, connections_per_host=CONNECTIONS_PER_SHOP, connections=0)

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
            return no_answer(timeout_ms)
        except WebhookSecretError as error:
            return str(error)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return described(error, "the shop")

    async def _post(self, event: Event, url: str) -> str | None:
        session = self._session
        if session is None:
            return NOT_RUNNING
        address = URL(url)
        self._resolver.check(address)
        timestamp_s = self._clock.now_ms() // 1_000
        signature = signature_header(self._secrets_of(event.shop_id), event.event_id, timestamp_s, event.body)
        headers = {
            "webhook-id": event.event_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": signature,
        }
        async with session.post(address, data=event.body, headers=headers, allow_redirects=False) as answer:
            if 200 <= answer.status < 300:
                return None
            return await _refusal(answer)


async def _refusal(answer: aiohttp.ClientResponse) -> str:
    """One line about an answer that is not 2xx, with the beginning of its body."""
    if 300 <= answer.status < 400:
        return f"answered {answer.status}: {NO_REDIRECTS}"
    try:
        body = await answer.content.read(_MAX_READ_BYTES)
    except aiohttp.ClientError:
        body = b""
    quoted = " ".join(body.decode("utf-8", "replace").split())
    quoted = "".join(character for character in quoted if character.isprintable())[:MAX_QUOTED_CHARACTERS]
    return f"answered {answer.status}: {quoted}" if quoted else f"answered {answer.status}"
