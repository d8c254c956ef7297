"""Examples of the admin API for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.domain.payment import RefundTrouble
from payswitch.entry.api.examples import one_refund
from payswitch.services.refunds.refund_troubles import ADVICE

_CHANNEL: dict[str, Any] = {
    "channel_id": "wechat-main",
    "merchant_id": "m-1",
    "connector": "wechatpay",
    "name": "微信支付·主",
    "origin": "admin",
    "state": "enabled",
    "revision": 3,
    "version": 1,
    "products": ["wechat_jsapi", "wechat_native"],
    "upstream": "wechat",
    "upstreams": {},
    "tier": 1,
    "fee_bp": 60,
    "min_fen": 1,
    "max_fen": None,
    "daily_cap_fen": 50_000_000,
    "monthly_cap_fen": None,
    "refund_days": None,
    "refund_parts": None,
    "shops": [],
    "tags": [],
    "maintenance": [{"start": "23:30", "end": "00:10", "product": None}],
    "disabled": None,
    "only_for": {"shops": [], "methods": ["wechat"]},
    "notify_url": "https://pay.example.com/notify/wechat-main",
    "created_at": "2026-11-11T09:00:00.000Z",
    "updated_at": "2026-11-11T09:30:00.000Z",
}
_ACCOUNT = {
    "mchid": "1600000000",
    "appid": "wx8888888888888888",
    "merchant_serial_no": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "merchant_private_key": "(text of apiclient_key.pem)",
    "api_v3_key": "(32 characters)",
    "wechatpay_public_key_id": "PUB_KEY_ID_0116000000002026111100000000",
    "wechatpay_public_key": "(text of pub_key.pem)",
}
_CREDENTIALS: dict[str, Any] = {
    "version": 1,
    "created_at": "2026-11-11T09:00:00.000Z",
    "created_by": "op-lin",
    "master_key_id": "3f6c1d2ab4e59078",
    "entries": [
        {"key": "mchid", "kind": "value", "value": "1600000000", "fingerprint": None, "certificates": []},
        {"key": "api_v3_key", "kind": "secret", "value": None, "fingerprint": "9c1e0f4b7a22", "certificates": []},
    ],
}
_FINDING = {"severity": "ok", "what": "answers, and believes us / 应答正常，双向验签通过 (84 ms)", "fix": ""}
_TEST: dict[str, Any] = {
    "test_id": "tst_01HF8Q0000ABCDEFGHJKMN",
    "channel_id": "wechat-main",
    "payment_id": "pay_01HF8Q0000ABCDEFGHJKMN",
    "state": "refunded",
    "product": "wechat_native",
    "amount_fen": 1,
    "credential": None,
    "checkout_url": "https://pay.example.com/checkout/Yx1T0mJ6u5fQ0a3cV9lDk2pWbN7rHs4e",
    "transaction_id": "4200002611202611110000000001",
    "refund": one_refund(amount_fen=1, state="succeeded", refund_no=None, reason="渠道测试，自动退回"),
    "finding": None,
}
_AUDIT = {
    "audit_id": "aud_01HF8Q0000ABCDEFGHJKMN",
    "at": "2026-11-11T09:30:00.000Z",
    "operator_id": "op-lin",
    "action": "update",
    "detail": {"daily_cap_fen": "null -> 50000000"},
    "note": "",
}


_PROBE: dict[str, Any] = {
    "at": "2026-11-11T12:36:30.000Z",
    "product": "wechat_native",
    "severity": "ok",
    "outcome": "not_found",
    "code": "ORDER_NOT_EXIST",
    "latency_ms": 84.2,
    "what": "answers, and believes us / 应答正常，双向验签通过 (84 ms)",
    "fix": "",
}
QUALITY: dict[str, Any] = {
    "channel_id": "wechat-main",
    "merchant_id": "m-1",
    "connector": "wechatpay",
    "name": "微信支付·主",
    "enabled": True,
    "limits": {"daily_cap_fen": 50_000_000, "used_today_fen": 31_200_000, "remaining_today_fen": 18_800_000},
    "certificates": [{"key": "platform_certificates", "ends_at": "2026-12-05T03:00:00.000Z", "days_left": 23}],
    "probe": _PROBE,
    "lines": [
        {
            "product": "wechat_native",
            "method": "wechat",
            "server_created": True,
            "state": "healthy",
            "since": None,
            "reason": "",
            "reason_zh": "",
            "next_probe_at": None,
            "calls": 412,
            "creates": {"good": 405.0, "of": 409.0, "share": 0.9902, "low": 0.9751, "high": 0.9962},
            "completions": {"good": 231.4, "of": 268.9, "share": 0.8605, "low": 0.8142, "high": 0.8968},
            "p50_ms": 88.0,
            "p95_ms": 161.5,
            "last_error": {"outcome": "refused_channel", "code": "SYSTEM_ERROR", "at": "2026-11-11T12:31:02.000Z"},
            "min_fen": 1,
            "max_fen": None,
            "probe": _PROBE,
        }
    ],
}


_OPEN_REFUND: dict[str, Any] = {
    "refund": one_refund(state="abnormal", trouble="payee_void"),
    "out_trade_no": "20261111-0001",
    "shop_id": "tea",
    "channel_id": "wechat-main",
    "channel_order_no": "P01HF8Q0000ABCDEFGHJKMN",
    "transaction_id": "4200002611202611110000000001",
    "channel_refund_id": "50000002612026111200000000001",
    "outcome": "pending",
    "code": "ABNORMAL",
    "message": "",
    "advice": ADVICE[RefundTrouble.PAYEE_VOID].en,
    "advice_zh": ADVICE[RefundTrouble.PAYEE_VOID].zh,
    "tries": 7,
    "next_try_at": "2026-11-12T09:15:00.000Z",
    "may_retry": True,
    "may_settle": True,
    "redirect_banks": ["abc", "boc", "ccb", "cmb", "icbc"],
    "settled_by": None,
    "settled_note": None,
}
_SETTLED: dict[str, Any] = {
    **_OPEN_REFUND,
    "refund": one_refund(state="succeeded", settled_by_hand=True, finished_at="2026-11-12T10:00:00.000Z"),
    "outcome": "paid",
    "code": "settled_by_hand",
    "advice": "",
    "advice_zh": "",
    "next_try_at": None,
    "may_retry": False,
    "may_settle": False,
    "redirect_banks": [],
    "settled_by": "op-lin",
    "settled_note": "工行转账 20261112-0007",
}


def _one(summary: str, value: Any) -> dict[str, Any]:
    return {"usual": {"summary": summary, "value": value}}


REQUESTS: dict[str, dict[str, Any]] = {
    "CreateChannel": _one(
        "A [[channels]] table of the configuration file, with the texts of the keys",
        {
            "channel_id": "wechat-main",
            "merchant_id": "m-1",
            "connector": "wechatpay",
            "name": "微信支付·主",
            "products": ["wechat_jsapi", "wechat_native"],
            "upstream": "wechat",
            "daily_cap_fen": 50_000_000,
            "account": _ACCOUNT,
        },
    ),
    "UpdateChannel": _one("Another fee, no daily cap any more", {"revision": 3, "fee_bp": 38, "daily_cap_fen": None}),
    "RotateCredentials": _one("The whole account with the new keys", {"revision": 3, "account": _ACCOUNT}),
    "CheckChannel": _one("Make no order", {"orders": False}),
    "RedirectRefundInput": _one(
        "The customer's other card", {"bank": "icbc", "card_no": "6222020200011111111", "name": "张三"}
    ),
    "SettleRefund": _one("By bank transfer", {"note": "工行转账 20261112-0007"}),
    "TestChannel": _one("The code to scan", {"product": "wechat_native"}),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "AdminRefundView": {
        **_one("Needs a person", _OPEN_REFUND),
        "settled": {"summary": "Settled by hand", "value": _SETTLED},
    },
    "AdminRefundList": _one("One that needs a person", {"data": [_OPEN_REFUND]}),
    "ChannelView": _one("In use", _CHANNEL),
    "ChannelQualityView": _one("At work", QUALITY),
    "QualityList": _one("One channel", {"data": [QUALITY]}),
    "ChannelList": _one("One channel", {"data": [_CHANNEL]}),
    "ChannelDetail": _one("With one version of its keys", {**_CHANNEL, "credentials": [_CREDENTIALS]}),
    "CheckView": _one("All is well", {"channel_id": "wechat-main", "healthy": True, "findings": [_FINDING]}),
    "ChannelTestView": _one("Paid and returned", _TEST),
    "AuditList": _one("One change", {"data": [_AUDIT]}),
}
