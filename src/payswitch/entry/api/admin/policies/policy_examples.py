"""Examples of policy operations for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.examples import one

_ACTIVATION: dict[str, Any] = {
    "revision": 4,
    "at": "2026-11-11T12:31:02.000Z",
    "operator_id": "op-lin",
    "action": "activate",
    "policy_version": "m-1@5",
    "note": "双十一：大额走银行",
}
_POLICY: dict[str, Any] = {
    "policy_id": "pol_01JCE6Y5M0V8D3WZ9Q2T4K7N6B",
    "name": "m-1@5",
    "merchant_id": "m-1",
    "shop_id": None,
    "number": 5,
    "state": "active",
    "revision": 4,
    "note": "双十一：大额走银行",
    "created_at": "2026-11-10T02:00:00.000Z",
    "created_by": "op-lin",
    "activations": [_ACTIVATION],
}
_RULE: dict[str, Any] = {"name": "large-amount", "when": {"min_fen": 300_000}, "then": {"tier": "bank"}}
_DOCUMENT: dict[str, Any] = {"split": {"best": 80, "warm": 15, "explore": 5}, "rules": [_RULE]}
_ESTIMATE: dict[str, Any] = {
    "ips": 0.913,
    "snips": 0.921,
    "low": 0.915,
    "high": 0.927,
    "outcomes": 8_140,
    "effective": 5_902.4,
    "support": 0.998,
    "reliable": True,
}
_SIMULATION: dict[str, Any] = {
    "since": "2026-11-04T12:31:02.000Z",
    "until": "2026-11-11T12:31:02.000Z",
    "recorded": 9_311,
    "looked_at": 9_311,
    "replayed": 8_200,
    "later_rounds": 1_111,
    "without_facts": 0,
    "repeated": 8_003,
    "elsewhere": 702.5,
    "nowhere": 0,
    "still_open": 60,
    "shares": [{"channel_id": "wechat-main", "before": 0.71, "after": 0.62}],
    "rules": [{"rule": "large-amount", "before": 120, "after": 410}],
    "paid_share": 0.918,
    "fee_share": 0.0058,
    "paid_estimate": _ESTIMATE,
    "fee_estimate": {**_ESTIMATE, "ips": 0.0052, "snips": 0.0053, "low": 0.0051, "high": 0.0055},
}

_IN_FORCE: dict[str, Any] = {
    "merchant_id": "m-1",
    "shop_id": None,
    "policy_version": "m-1@5",
    "policy_id": "pol_01JCE6Y5M0V8D3WZ9Q2T4K7N6B",
    "number": 5,
    "revision": 4,
    "document": _DOCUMENT,
    "resolved": {"version": "m-1@5"},
    "inherited": {"version": "default-1"},
    "channels": [
        {
            "channel_id": "bank-main",
            "name": "银行直连",
            "enabled": True,
            "tier": 3,
            "tags": ["bank"],
            "products": ["quickpay_card"],
            "fee_bp": 30,
        }
    ],
    "shops": [{"shop_id": "tea", "name": "云水茶铺"}],
}
_TRIED: dict[str, Any] = {
    "policy_version": "m-1@5",
    "candidates": [
        {
            "channel_id": "alipay-main",
            "product": "alipay_wap",
            "method": "alipay",
            "estimate": 0.93,
            "score_fen": 52_310.0,
            "propensity": 0.7,
            "soft_limit_ms": 250,
            "reasons": [{"zh": "优先级：best", "en": "tier best"}],
        }
    ],
    "excluded": [
        {
            "channel_id": "wechat-main",
            "product": "wechat_native",
            "reason": {"zh": "当前支付环境中不可用", "en": "cannot be used where the customer's screen is"},
        }
    ],
    "rules_fired": ["new-customer"],
    "lines": [{"zh": "首选 alipay-main / alipay_wap", "en": "first alipay-main / alipay_wap"}],
}

REQUESTS: dict[str, dict[str, Any]] = {
    "DraftPolicy": one("Large amounts to the banks", {"merchant_id": "m-1", "document": _DOCUMENT, "note": "双十一"}),
    "CheckPolicy": one("What one shop does otherwise", {"merchant_id": "m-1", "document": {"split": {"best": 100}}}),
    "SimulatePolicy": one("The last week", {"days": 7}),
    "ActivatePolicy": one("Read at revision 3", {"revision": 3, "note": "双十一：大额走银行"}),
    "TryPayment": one(
        "A new customer at a phone",
        {"merchant_id": "m-1", "amount_fen": 600_000, "environment": "mobile", "customer_new": True},
    ),
    "RollBackPolicy": one("To the one before", {"merchant_id": "m-1", "revision": 4, "note": "成功率下降"}),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "PolicyView": one("In force", _POLICY),
    "PolicyList": one("One version", {"data": [_POLICY]}),
    "PolicyDetail": one(
        "With its document",
        {**_POLICY, "document": _DOCUMENT, "policy_version": "m-1@5", "resolved": {"version": "m-1@5"}},
    ),
    "InForceView": one("A version of its own", _IN_FORCE),
    "PolicySchemaView": one("A part of it", {"parts": {"Hedging": {"type": "object", "properties": {}}}}),
    "TriedView": one("Large amounts go to the bank", _TRIED),
    "PolicyCheckView": one("No mistakes", {"valid": True}),
    "PolicyDiffView": one(
        "Another share",
        {
            "before": "m-1@4",
            "after": "m-1@5",
            "differences": [{"place": "split.best", "before": "70", "after": "80"}],
        },
    ),
    "RollbackView": one(
        "The one before",
        {"merchant_id": "m-1", "shop_id": None, "number": 4, "policy_version": "m-1@4", "revision": 5},
    ),
    "SimulationView": one("A week", _SIMULATION),
}
