"""A file that has seen some business: a service that restarts must be as fast with a hundred thousand payments."""

from __future__ import annotations

from pathlib import Path

import msgspec

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Credential, CredentialKind, Method, Product
from payswitch.domain.events import DeliveryState, Event, EventType
from payswitch.domain.payment import Attempt, AttemptState, Decision, Payment, PaymentState
from payswitch.drill.station import MERCHANT_ID, SHOP_ID
from payswitch.kit.clock import Clock
from payswitch.kit.ids import SystemIds
from payswitch.storage.sqlite import SqliteStore

_AT_ONCE = 500
_GAP_MS = 200
"""Between two payments: a hundred thousand are five and a half hours of business."""


async def fill(path: Path, payments: int, clock: Clock) -> None:
    """Write so many old, succeeded payments with their attempts, decisions and told events."""
    ids = SystemIds()
    now_ms = clock.now_ms()
    async with SqliteStore(path, clock=clock) as store:
        for start in range(0, payments, _AT_ONCE):
            unit = Changes()
            for number in range(start, min(start + _AT_ONCE, payments)):
                _add(unit, ids, number, now_ms - (payments - number) * _GAP_MS - 60_000)
            await store.commit(unit)


def _add(unit: Changes, ids: SystemIds, number: int, at_ms: int) -> None:
    payment_id, attempt_id, decision_id = (ids.new(prefix, at_ms) for prefix in ("pay_", "att_", "dec_"))
    unit.insert_payments.append(
        Payment(
            payment_id=payment_id,
            merchant_id=MERCHANT_ID,
            shop_id=SHOP_ID,
            out_trade_no=f"old-{number}",
            amount_fen=12_900,
            subject="旧单",
            state=PaymentState.SUCCEEDED,
            created_at_ms=at_ms,
            expires_at_ms=at_ms + 900_000,
            succeeded_at_ms=at_ms + 5_000,
            winner_attempt_id=attempt_id,
            checkout_token=ids.token(),
            input_hash="old",
            event_sequence=1,
        )
    )
    unit.insert_decisions.append(
        Decision(
            decision_id=decision_id,
            payment_id=payment_id,
            policy_version="old",
            at_ms=at_ms,
            duration_us=200,
            plan=msgspec.Raw(b'{"candidates":[],"excluded":[]}'),
        )
    )
    unit.insert_attempts.append(
        Attempt(
            attempt_id=attempt_id,
            payment_id=payment_id,
            ordinal=1,
            channel_id="wechat-main",
            channel_version=1,
            product=Product.WECHAT_NATIVE,
            method=Method.WECHAT,
            channel_order_no="P" + attempt_id.removeprefix("att_"),
            amount_fen=12_900,
            state=AttemptState.SUCCEEDED,
            credential=Credential(kind=CredentialKind.QR, content="weixin://old", expires_at_ms=at_ms + 900_000),
            transaction_id=f"old-{number}",
            created_at_ms=at_ms,
            started_at_ms=at_ms,
            answered_at_ms=at_ms + 80,
            exposed_at_ms=at_ms + 90,
            finished_at_ms=at_ms + 5_000,
            deadline_ms=at_ms + 900_000,
            decision_id=decision_id,
        )
    )
    unit.insert_events.append(
        Event(
            event_id=ids.new("evt_", at_ms),
            shop_id=SHOP_ID,
            payment_id=payment_id,
            type=EventType.PAYMENT_SUCCEEDED,
            sequence=1,
            body=b"{}",
            url=None,
            state=DeliveryState.DELIVERED,
            created_at_ms=at_ms,
            delivered_at_ms=at_ms,
        )
    )
