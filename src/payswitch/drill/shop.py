"""店铺: the shop's own server, which hears of its payments only through signed events (Standard Webhooks).

It does what the documentation asks of every shop: verify the signature over the raw bytes, check the time, answer
2xx, and take an id that it has seen before as old news.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from aiohttp import web

from payswitch.drill.views import EventBody
from payswitch.kit.clock import Clock

TOLERANCE_S = 300
"""Standard Webhooks: older or newer messages are replays."""
MAX_BODY_BYTES = 256 * 1024


class ShopEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the shop first heard it."""

    event_id: str
    type: str
    sequence: int
    payment_id: str
    out_trade_no: str
    amount_fen: int
    received_at_ms: int


@dataclass(slots=True)
class ShopBook:
    """Everything that the shop was told."""

    events: dict[str, ShopEvent] = field(default_factory=dict)
    """By event id."""
    repeats: int = 0
    """Deliveries of an id already known: allowed, at least once is the promise."""
    changed: list[str] = field(default_factory=list)
    """Ids that came again with other bytes: never allowed."""
    rejected: list[str] = field(default_factory=list)
    """Reasons why messages were not believed."""
    digests: dict[str, bytes] = field(default_factory=dict)

    def by_payment(self) -> dict[str, list[ShopEvent]]:
        told: dict[str, list[ShopEvent]] = {}
        for event in self.events.values():
            told.setdefault(event.payment_id, []).append(event)
        return told


class ShopServer:
    """Receives events on loopback. `down` makes it answer 503, as a shop does that is itself overrun."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._key = webhook_key(secret)
        self._clock = clock
        self.book = ShopBook()
        self.down = False
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post("/payswitch-events", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}/payswitch-events"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.down:
            return web.Response(status=503, text="the shop is overrun")
        status, reason = self.take(request.headers, body)
        return web.Response(status=status, text=reason)

    def take(self, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        """Believe and note one message, or refuse it. Returns the HTTP status and one sentence."""
        event_id = headers.get("webhook-id", "")
        problem = self._distrust(event_id, headers, body)
        if problem:
            self.book.rejected.append(problem)
            return 401, problem
        digest = hashlib.sha256(body).digest()
        if event_id in self.book.events:
            self.book.repeats += 1
            if self.book.digests[event_id] != digest:
                self.book.changed.append(event_id)
            return 200, "known already"
        try:
            event = msgspec.json.decode(body, type=EventBody)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            self.book.rejected.append(f"{event_id}: unreadable: {error}")
            return 400, "unreadable"
        self.book.digests[event_id] = digest
        self.book.events[event_id] = ShopEvent(
            event_id=event_id,
            type=event.type,
            sequence=event.sequence,
            payment_id=event.data.payment_id,
            out_trade_no=event.data.out_trade_no,
            amount_fen=event.data.amount_fen,
            received_at_ms=self._clock.now_ms(),
        )
        return 200, "thank you"

    def _distrust(self, event_id: str, headers: Mapping[str, str], body: bytes) -> str:
        """Why the message is not believed; empty when it is."""
        stamp = headers.get("webhook-timestamp", "")
        if not event_id or not stamp.isdecimal():
            return "webhook-id or webhook-timestamp is missing"
        if abs(self._clock.now_ms() / 1_000 - int(stamp)) > TOLERANCE_S:
            return f"{event_id}: the timestamp is more than {TOLERANCE_S} s away"
        expected = sign(self._key, event_id, stamp, body)
        offered = headers.get("webhook-signature", "").split()
        if not any(hmac.compare_digest(expected.encode(), signature.encode()) for signature in offered):
            return f"{event_id}: no signature fits"
        return ""


def webhook_key(secret: str) -> bytes:
    """The bytes of a `whsec_...` secret. ValueError if it is none."""
    prefix, _, encoded = secret.partition("_")
    if prefix != "whsec":
        raise ValueError("a webhook secret starts with whsec_")
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook secret is base64 after whsec_") from error


def sign(key: bytes, event_id: str, stamp: str, body: bytes) -> str:
    """Standard Webhooks: `v1,` + base64(HMAC-SHA256(key, "id.timestamp.body"))."""
    content = f"{event_id}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode("ascii")
