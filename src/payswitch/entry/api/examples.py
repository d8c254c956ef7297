"""Examples of the OpenAPI document: one afternoon of a tea shop."""

from __future__ import annotations

from typing import Any

_ATTEMPT: dict[str, Any] = {
    "attempt_id": "att_01HF8Q0000ABCDEFGHJKMN",
    "ordinal": 1,
    "channel_id": "wechat-main",
    "channel_version": 1,
    "method": "wechat",
    "product": "wechat_native",
    "channel_order_no": "PS01HF8Q0000ABCDEFGHJKMN",
    "state": "exposed",
    "outcome": {"kind": "accepted", "code": "", "message": ""},
    "transaction_id": None,
    "surplus": False,
    "amount_fen": 12_900,
    "refunded_fen": 0,
    "created_at_ms": 1_794_400_620_000,
    "started_at_ms": 1_794_400_620_000,
    "answered_at_ms": 1_794_400_620_110,
    "exposed_at_ms": 1_794_400_620_112,
    "debit_at_ms": None,
    "reverse_at_ms": None,
    "finished_at_ms": None,
    "deadline_ms": 1_794_401_520_000,
    "hedge_of": None,
    "shadow": False,
}

_LISTED: dict[str, Any] = {
    "payment_id": "pay_01HF8Q0000ABCDEFGHJKMN",
    "shop_id": "shop-1",
    "out_trade_no": "20261111-0001",
    "amount_fen": 12_900,
    "currency": "CNY",
    "subject": "明前龙井 250 g",
    "state": "pending",
    "environment": "desktop",
    "methods": [],
    "products": [],
    "created_at": "2026-11-11T12:37:00.000Z",
    "expires_at": "2026-11-11T12:52:00.000Z",
    "succeeded_at": None,
    "closed_at": None,
    "close_reason": None,
    "late_until": None,
    "late": False,
    "winner_attempt_id": None,
    "paid_fen": 0,
    "checkout_url": "https://pay.example.com/checkout/Yx1T0mJ6u5fQ0a3cV9lDk2pWbN7rHs4e",
    "metadata": {"campaign": "double-eleven"},
}

_PAYMENT: dict[str, Any] = {
    **_LISTED,
    "refunded_fen": 0,
    "credential": {
        "attempt_id": "att_01HF8Q0000ABCDEFGHJKMN",
        "channel_id": "wechat-main",
        "method": "wechat",
        "product": "wechat_native",
        "kind": "qr",
        "content": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz",
        "params": {},
        "expires_at": "2026-11-11T12:52:00.000Z",
    },
    "confirming": None,
    "attempts": [_ATTEMPT],
    "refunds": [],
}

_REFUND: dict[str, Any] = {
    "refund_id": "ref_01HF8Q1234ABCDEFGHJKMN",
    "payment_id": "pay_01HF8Q0000ABCDEFGHJKMN",
    "attempt_id": "att_01HF8Q0000ABCDEFGHJKMN",
    "kind": "merchant",
    "refund_no": "R-20261112-1",
    "out_refund_no": "PR01HF8Q1234ABCDEFGHJKMN",
    "amount_fen": 2_900,
    "reason": "包装破损",
    "state": "processing",
    "trouble": None,
    "settled_by_hand": False,
    "created_at": "2026-11-12T01:00:00.000Z",
    "finished_at": None,
}

_EVENT: dict[str, Any] = {
    "event_id": "evt_01HF8Q5678ABCDEFGHJKMN",
    "payment_id": "pay_01HF8Q0000ABCDEFGHJKMN",
    "type": "payment.succeeded",
    "sequence": 1,
    "state": "delivered",
    "tries": 1,
    "url": "https://shop.example.com/payswitch-events",
    "created_at": "2026-11-11T12:37:09.000Z",
    "next_try_at": None,
    "delivered_at": "2026-11-11T12:37:09.080Z",
    "last_error": "",
    "body": {
        "type": "payment.succeeded",
        "timestamp": "2026-11-11T12:37:09.000Z",
        "sequence": 1,
        "data": {"payment_id": "pay_01HF8Q0000ABCDEFGHJKMN", "out_trade_no": "20261111-0001", "amount_fen": 12_900},
    },
}

_AGREEMENT: dict[str, Any] = {
    "agreement_id": "agr_01HF8Q9999ABCDEFGHJKMN",
    "customer_id": "c-77",
    "channel_id": "quickpay-icbc",
    "bank": "icbc",
    "card_tail": "0000",
    "state": "applied",
    "created_at": "2026-11-11T12:30:00.000Z",
    "activated_at": None,
    "ended_at": None,
}


def one_attempt() -> dict[str, Any]:
    return _ATTEMPT


def one_event() -> dict[str, Any]:
    return _EVENT


def one_refund(**changes: Any) -> dict[str, Any]:
    """A refund that differs from the usual one in these fields."""
    return {**_REFUND, **changes}


def one(summary: str, value: Any) -> dict[str, Any]:
    return {"usual": {"summary": summary, "value": value}}


REQUESTS: dict[str, dict[str, Any]] = {
    "CreatePaymentInput": {
        "desktop": {
            "summary": "A customer at a computer: answers with a QR code",
            "value": {
                "out_trade_no": "20261111-0001",
                "amount_fen": 12_900,
                "subject": "明前龙井 250 g",
                "environment": "desktop",
            },
        },
        "counter": {
            "summary": "At the counter: the customer's payment code was scanned, and is debited at once",
            "value": {
                "out_trade_no": "20261111-0003",
                "amount_fen": 3_800,
                "subject": "茶点",
                "payment_code": "134567890123456789",
            },
        },
        "link": {
            "summary": "A payment link: the checkout page finds out where the customer is",
            "value": {
                "out_trade_no": "20261111-0002",
                "amount_fen": 45_000,
                "subject": "紫砂壶",
                "methods": ["wechat", "alipay"],
                "customer": {"customer_id": "c-77", "is_new": True},
                "notify_url": "https://shop.example.com/payswitch-events",
                "return_url": "https://shop.example.com/orders/20261111-0002",
                "expires_in_s": 1_800,
                "metadata": {"campaign": "double-eleven"},
            },
        },
    },
    "ConfirmPayment": {
        "sms": {"summary": "The customer typed the bank's code", "value": {"sms_code": "428571"}},
        "counter": {"summary": "The customer shows a new code", "value": {"payment_code": "134567890123456789"}},
    },
    "OpenApplePaySession": one(
        "What `onvalidatemerchant` brings",
        {
            "validation_url": "https://cn-apple-pay-gateway.apple.com/paymentservices/startSession",
            "domain": "pay.shop.example.com",
        },
    ),
    "SwitchPayment": {
        "alipay": {"summary": "Alipay instead", "value": {"methods": ["alipay"], "environment": "desktop"}},
        "any": {"summary": "Any other way", "value": {}},
    },
    "ApplyAgreementInput": one(
        "A debit card",
        {
            "customer_id": "c-77",
            "bank": "icbc",
            "card_no": "6222020000000000000",
            "id_no": "11010119900101000X",
            "name": "张三",
            "mobile": "13800000000",
        },
    ),
    "ConfirmAgreementInput": one("The code of the SMS", {"sms_code": "000000"}),
    "CreateRefund": one("A part goes back", {"refund_no": "R-20261112-1", "amount_fen": 2_900, "reason": "包装破损"}),
}

_DESKTOP: dict[str, Any] = {
    "environment": "desktop",
    "methods": ["wechat"],
    "offers": [
        {
            "product": "wechat_native",
            "method": "wechat",
            "push": True,
            "credential": "qr",
            "needs": [],
            "closing": "yes",
            "min_fen": 1,
            "max_fen": 5_000_000,
            "channels": ["wechat-main", "wechat-backup"],
        }
    ],
}

_SENTENCE = {"zh": "首选 wechat-main / wechat_native，…", "en": "first wechat-main / wechat_native, ..."}
_EXPLANATION: dict[str, Any] = {
    "payment_id": "pay_01JCE6Y5M0V8D3WZ9Q2T4K7N6B",
    "state": "succeeded",
    "amount_fen": 12_900,
    "decisions": [
        {
            "decision_id": "dec_01JCE6Y5M0V8D3WZ9Q2T4K7N6B",
            "at": "2026-11-11T12:37:00.000Z",
            "policy_version": "m-1@5",
            "lines": [_SENTENCE],
            "replay": {"rules": True, "candidates": True, "first": True, "said": _SENTENCE},
        }
    ],
}

ANSWERS: dict[str, dict[str, Any]] = {
    "ExplanationView": one("One decision", _EXPLANATION),
    "ApplePaySessionView": one(
        "Opaque, for the page",
        {"merchantSessionIdentifier": "SSH0000", "expiresAt": 1_794_400_920_000, "signature": "308006092a86"},
    ),
    "PaymentView": one("Waiting for the customer", _PAYMENT),
    "PaymentList": one("A page of one", {"data": [_LISTED], "next": None}),
    "RefundView": one("On its way", _REFUND),
    "RefundList": one("One refund", {"data": [_REFUND]}),
    "AgreementView": one("Waiting for the SMS code", _AGREEMENT),
    "AgreementList": one("One card", {"data": [_AGREEMENT]}),
    "EventView": one("Delivered", _EVENT),
    "EventList": one("A page of one", {"data": [_EVENT], "next": None}),
    "CapabilityList": one("One environment", {"data": [_DESKTOP]}),
}
