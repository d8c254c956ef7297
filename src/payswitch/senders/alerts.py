"""Carries alert messages to robots, mail boxes and webhooks; implements `services.alerts.alert_ports.AlertSender`.

Over aiohttp rather than apprise: see docs/decisions/0021-alerts.md.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

import aiohttp
import msgspec
from yarl import URL

from payswitch.domain.alert import Message, Receiver, ReceiverKind
from payswitch.domain.alert_delivery import Address, Delivery, OpenReceiver
from payswitch.kit.clock import Clock
from payswitch.kit.durations import MINUTE_MS
from payswitch.kit.secrets import Secret
from payswitch.senders.alert_addresses import address_problems
from payswitch.senders.failures import NO_REDIRECTS, NOT_RUNNING, described, no_answer
from payswitch.senders.mail import Mailer
from payswitch.senders.network_guard import GuardedResolver, guarded_session
from payswitch.senders.robots import MOST_PER_MINUTE, Request, dingtalk, feishu, read_answer, wecom
from payswitch.senders.signing import WebhookSecretError, signature_header

_MAX_READ_BYTES: Final = 4_096
_ROBOTS: Final = {ReceiverKind.DINGTALK: dingtalk, ReceiverKind.FEISHU: feishu, ReceiverKind.WECOM: wecom}


class AlertCarrier:
    """One try per call: trying again is the outbox's. Redirects are not followed, no cookies, no proxies, one timeout
    over all; addresses in private networks only where the configuration allows them."""

    def __init__(self, *, clock: Clock, allow_private_networks: bool = False) -> None:
        self._clock = clock
        self._resolver = GuardedResolver(allow_private_networks=allow_private_networks)
        self._mailer = Mailer(self._resolver)
        self._session: aiohttp.ClientSession | None = None
        self._sent: dict[str, deque[float]] = {}
        """When each receiver was last sent to, for its rate limit; monotonic."""

    async def open(self) -> None:
        self._session = guarded_session(self._resolver, connections_per_host=4)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self._resolver.close()

    def problems(self, receiver: Receiver, address: Address) -> Sequence[str]:
        """See `services.alerts.alert_ports.AlertSender`."""
        return address_problems(receiver.kind, address)

    async def deliver(self, to: OpenReceiver, message: Message, notice_id: str, timeout_ms: int) -> Delivery:
        """See `services.alerts.alert_ports.AlertSender`."""
        wait_ms = self._wait_ms(to.receiver.receiver_id)
        if wait_ms:
            return Delivery(
                error="kept back: 20 a minute are the limit / 每分钟最多 20 条，稍后发送", retry_after_ms=wait_ms
            )
        try:
            async with asyncio.timeout(timeout_ms / 1_000):
                return await self._send(to, message, notice_id)
        except TimeoutError:
            return Delivery(error=no_answer(timeout_ms))
        except WebhookSecretError as error:
            return Delivery(error=str(error), hopeless=True)
        except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
            return Delivery(error=described(error, "the receiver"))

    def _wait_ms(self, receiver_id: str) -> int:
        """0, and a place is taken; or how long until there is one."""
        now_ms = self._clock.monotonic_ms()
        sent = self._sent.setdefault(receiver_id, deque())
        while sent and now_ms - sent[0] >= MINUTE_MS:
            sent.popleft()
        if len(sent) >= MOST_PER_MINUTE:
            return int(MINUTE_MS - (now_ms - sent[0])) + 1
        sent.append(now_ms)
        return 0

    async def _send(self, to: OpenReceiver, message: Message, notice_id: str) -> Delivery:
        kind = to.receiver.kind
        if kind is ReceiverKind.EMAIL:
            return await self._mailer.send(message, to.address, notice_id)
        now_ms = self._clock.now_ms()
        if kind is ReceiverKind.WEBHOOK:
            return await self._post_webhook(message, to.address, notice_id, now_ms // 1_000)
        request = _ROBOTS[kind](message, to.address, now_ms)
        status, body = await self._post(request, {})
        return read_answer(kind, body) if status == 200 else _refused(status)

    async def _post_webhook(self, message: Message, address: Address, notice_id: str, now_s: int) -> Delivery:
        body = msgspec.json.encode({"type": f"alert.{message.kind}", "data": message})
        signature = signature_header([Secret(address.get("secret", ""))], notice_id, now_s, body)
        headers = {
            "webhook-id": notice_id,
            "webhook-timestamp": str(now_s),
            "webhook-signature": signature,
        }
        status, _ = await self._post(Request(URL(address["url"]), body), headers)
        return Delivery() if 200 <= status < 300 else _refused(status)

    async def _post(self, request: Request, headers: dict[str, str]) -> tuple[int, bytes]:
        session = self._session
        if session is None:
            raise OSError(NOT_RUNNING)
        self._resolver.check(request.url)
        async with session.post(request.url, data=request.body, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.content.read(_MAX_READ_BYTES)


def _refused(status: int) -> Delivery:
    if status == 429:
        return Delivery(error="sent too fast / 发送过快", code="429", retry_after_ms=MINUTE_MS)
    if 300 <= status < 400:
        return Delivery(error=NO_REDIRECTS, code=str(status), hopeless=True)
    return Delivery(error="the receiver answered with an error / 接收方返回错误", code=str(status))
