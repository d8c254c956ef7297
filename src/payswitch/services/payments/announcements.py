"""What the shop is told: outbox rows, built in the same commit as the change they tell of.

Where the customer should hear of it too, the event carries a `notice` in words that a shop may show as they are.
"""

from __future__ import annotations

from typing import Final

import msgspec

from payswitch.domain.events import DeliveryState, Event, EventType
from payswitch.domain.payment import Attempt, AttemptState, Refund
from payswitch.kit.clock import iso_utc
from payswitch.services.context import Context
from payswitch.services.payments.draft import Draft

_encode = msgspec.json.Encoder().encode

Notice = tuple[str, str]
"""Chinese, English."""

PAID_TWICE: Final[Notice] = (
    "重复支付，将原路退回",
    "Paid twice; the second payment goes back to where it came from",
)
PAID_TOO_LATE: Final[Notice] = (
    "付款在订单关闭后到账，将原路退回",
    "The payment came after the order had closed; it goes back to where it came from",
)
CAME_LATE: Final[Notice] = (
    "付款在订单过期后到账，订单有效",
    "The payment came after the order had expired; the order stands",
)
BEING_CONFIRMED: Final[Notice] = (
    "银行处理中，请勿重复支付",
    "Being confirmed with the bank; please do not pay again",
)


def announce(
    ctx: Context,
    draft: Draft,
    kind: EventType,
    now_ms: int,
    *,
    attempt: Attempt | None = None,
    refund: Refund | None = None,
    notice: Notice | None = None,
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
                    "data": _data(draft, attempt, refund, notice),
                }
            ),
            url=url,
            state=DeliveryState.PENDING if url else DeliveryState.DELIVERED,
            created_at_ms=now_ms,
            due_at_ms=now_ms if url else None,
        )
    )


def _data(draft: Draft, attempt: Attempt | None, refund: Refund | None, notice: Notice | None) -> dict[str, object]:
    payment = draft.payment
    data: dict[str, object] = {
        "payment_id": payment.payment_id,
        "shop_id": payment.shop_id,
        "out_trade_no": payment.out_trade_no,
        "amount_fen": payment.amount_fen,
        "currency": payment.currency,
        "state": payment.state.value,
        "close_reason": payment.close_reason.value if payment.close_reason else None,
        "late": payment.late,
        "metadata": payment.metadata,
        "attempt": None,
        "confirming": None,
        "refund": None,
        "notice": None if notice is None else {"zh": notice[0], "en": notice[1]},
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
        if attempt.state is AttemptState.UNKNOWN and attempt.known_by_ms is not None:
            data["confirming"] = {
                "since": iso_utc(attempt.debit_at_ms or attempt.created_at_ms),
                "settled_by": iso_utc(attempt.known_by_ms),
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
