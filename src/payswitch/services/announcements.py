"""What the shop is told: outbox rows, built in the same commit as the change they tell of."""

from __future__ import annotations

import msgspec

from payswitch.domain.events import DeliveryState, Event, EventType
from payswitch.domain.payment import Attempt, Refund
from payswitch.kit.clock import iso_utc
from payswitch.services.context import Context
from payswitch.services.draft import Draft

_encode = msgspec.json.Encoder().encode


def announce(
    ctx: Context,
    draft: Draft,
    kind: EventType,
    now_ms: int,
    *,
    attempt: Attempt | None = None,
    refund: Refund | None = None,
) -> None:
    """Add one event to the draft: next sequence number, bytes fixed for ever. Never carries an openid."""
    payment = draft.payment
    sequence = payment.event_sequence + 1
    draft.set_payment(event_sequence=sequence)
    url = payment.notify_url
    draft.events.append(
        Event(
            event_id=ctx.ids.new("evt_", now_ms),
            shop_id=payment.shop_id,
            payment_id=payment.payment_id,
            type=kind,
            sequence=sequence,
            body=_encode(
                {
                    "type": kind.value,
                    "timestamp": iso_utc(now_ms),
                    "sequence": sequence,
                    "data": _data(draft, attempt, refund),
                }
            ),
            url=url,
            state=DeliveryState.PENDING if url else DeliveryState.DELIVERED,
            created_at_ms=now_ms,
            due_at_ms=now_ms if url else None,
        )
    )


def _data(draft: Draft, attempt: Attempt | None, refund: Refund | None) -> dict[str, object]:
    payment = draft.payment
    data: dict[str, object] = {
        "payment_id": payment.payment_id,
        "shop_id": payment.shop_id,
        "out_trade_no": payment.out_trade_no,
        "amount_fen": payment.amount_fen,
        "currency": payment.currency,
        "state": payment.state.value,
        "close_reason": payment.close_reason.value if payment.close_reason else None,
        "metadata": payment.metadata,
        "attempt": None,
        "refund": None,
    }
    if attempt is not None:
        data["attempt"] = {
            "attempt_id": attempt.attempt_id,
            "channel_id": attempt.channel_id,
            "method": attempt.method.value,
            "product": attempt.product.value,
            "channel_order_no": attempt.channel_order_no,
            "transaction_id": attempt.transaction_id,
            "amount_fen": attempt.amount_fen,
            "surplus": attempt.surplus,
        }
    if refund is not None:
        data["refund"] = {
            "refund_id": refund.refund_id,
            "refund_no": refund.shop_refund_no,
            "kind": refund.kind.value,
            "out_refund_no": refund.out_refund_no,
            "amount_fen": refund.amount_fen,
            "state": refund.state.value,
            "trouble": refund.trouble.value if refund.trouble else None,
            "settled_by_hand": refund.settled_by is not None,
            "reason": refund.reason,
        }
    return data
