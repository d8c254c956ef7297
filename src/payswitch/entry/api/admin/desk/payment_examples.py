"""Examples of the payments desk for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.examples import one, one_attempt, one_event, one_refund

_ROW: dict[str, Any] = {
    "payment_id": "pay_01HF8Q0000ABCDEFGHJKMN",
    "shop_id": "shop-1",
    "out_trade_no": "20261111-0001",
    "subject": "明前龙井 250 g",
    "amount_fen": 12_900,
    "state": "succeeded",
    "created_at": "2026-11-11T12:37:00.000Z",
    "ended_at": "2026-11-11T12:37:21.402Z",
    "late": False,
    "attempts": 2,
    "method": "alipay",
    "product": "alipay_precreate",
    "channel_id": "alipay-main",
    "channel_order_no": "P01HF8Q0000ABCDEFGHJKMN",
    "transaction_id": "2026111122001400001234567890",
    "in_doubt": False,
    "surplus_fen": 0,
    "refunded_fen": 0,
}
_MOMENT: dict[str, Any] = {
    "at": "2026-11-11T12:37:00.110Z",
    "kind": "answer",
    "tone": "warn",
    "zh": "wechat-main 应答：渠道拒绝 SYSTEM_ERROR 系统繁忙",
    "en": "wechat-main answers: refused_channel SYSTEM_ERROR 系统繁忙",
    "details": [],
    "attempt_id": "att_01HF8Q0000ABCDEFGHJKMN",
    "refund_id": None,
    "event_id": None,
    "channel_id": "wechat-main",
    "amount_fen": None,
    "took_ms": 108,
    "code": "SYSTEM_ERROR",
}
_DETAIL: dict[str, Any] = {
    "payment_id": "pay_01HF8Q0000ABCDEFGHJKMN",
    "merchant_id": "m-1",
    "shop_id": "shop-1",
    "out_trade_no": "20261111-0001",
    "subject": "明前龙井 250 g",
    "amount_fen": 12_900,
    "state": "succeeded",
    "close_reason": None,
    "environment": "desktop",
    "customer_id": "c-2001",
    "metadata": {"campaign": "double-eleven"},
    "created_at": "2026-11-11T12:37:00.000Z",
    "expires_at": "2026-11-11T12:52:00.000Z",
    "succeeded_at": "2026-11-11T12:37:21.402Z",
    "closed_at": None,
    "late": False,
    "winner_attempt_id": "att_01HF8Q0000ABCDEFGHJKMN",
    "refunded_fen": 0,
    "refundable_fen": 12_900,
    "surplus_fen": 0,
    "in_doubt": False,
    "may_query": True,
    "may_close": False,
    "may_refund": True,
    "attempts": [one_attempt()],
    "refunds": [one_refund()],
    "timeline": [_MOMENT],
}
_HEARD = {
    "attempt_id": "att_01HF8Q0000ABCDEFGHJKMN",
    "channel_id": "alipay-main",
    "channel_order_no": "P01HF8Q0000ABCDEFGHJKMN",
    "outcome": "paid",
    "code": "TRADE_SUCCESS",
    "message": "",
    "state": "succeeded",
    "changed": True,
}
_EVENT = {"shop_id": "shop-1", "event": one_event()}
_VIEW = {
    "view_id": "view_01HF8Q0000ABCDEFGHJKMN",
    "merchant_id": "m-1",
    "page": "payments",
    "name": "今晚的重复支付",
    "query": "surplus=yes",
    "shared": True,
    "saved_at": "2026-11-11T12:40:00.000Z",
    "saved_by": "op-lin",
}

REQUESTS: dict[str, dict[str, Any]] = {
    "RefundByOperator": one(
        "A part", {"refund_no": "op-7f3a", "amount_fen": 5_000, "reason": "破损", "seen_refunded_fen": 0}
    ),
    "SaveView": one("For oneself", {"page": "payments", "name": "今晚的重复支付", "query": "surplus=yes"}),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "PaymentRowList": one("A page", {"data": [_ROW], "next": None, "searched_to": None}),
    "MatchList": one("By a transaction id", {"data": [{"matched": "transaction_id", "payment": _ROW}]}),
    "PaymentDetailView": one("Switched, then paid", _DETAIL),
    "AskedView": one(
        "Paid meanwhile", {"payment_id": "pay_01HF8Q0000ABCDEFGHJKMN", "state": "succeeded", "heard": [_HEARD]}
    ),
    "AdminEventList": one("One", {"data": [_EVENT], "next": None}),
    "AdminEventView": one("One", _EVENT),
    "SavedViewList": one("One", {"data": [_VIEW]}),
    "SavedViewView": one("Shared", _VIEW),
}
