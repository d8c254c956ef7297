"""What the platform answers to a merchant's questions, field by field."""

from __future__ import annotations

from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.epay.merchant import EpayMerchant
from payswitch.sandbox.epay.orders import Fields, OrderDesk
from payswitch.sandbox.ledger import Order, Refund, RefundState


def account_fields(orders: OrderDesk, merchant: EpayMerchant) -> Fields:
    """The merchant's own account. It answers with the key, as the real one does."""
    all_orders = orders.of(merchant)
    taken_fen = sum(order.amount_fen - order.refunded_fen for order in all_orders if order.received)
    return {
        "code": 1,
        "pid": int(merchant.keys.pid),
        "key": merchant.keys.key,
        "active": 1,
        "money": yuan_from_fen(taken_fen),
        "type": 1,
        "account": "sandbox@example.com",
        "username": merchant.spec.name,
        "orders": len(all_orders),
        "order_today": len(all_orders),
        "order_lastday": 0,
    }


def refund_fields(order: Order, refund: Refund) -> Fields:
    """V2: a refund as it was taken."""
    return {
        "refund_no": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "trade_no": order.extra["trade_no"],
        "money": yuan_from_fen(refund.amount_fen),
        "reducemoney": yuan_from_fen(refund.amount_fen),
    }


def refund_state_fields(order: Order, refund: Refund) -> Fields:
    """V2: how far it has come."""
    done = refund.state is RefundState.SUCCEEDED
    return {**refund_fields(order, refund), "out_trade_no": order.channel_order_no, "status": 1 if done else 0}
