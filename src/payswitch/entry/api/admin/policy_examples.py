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

REQUESTS: dict[str, dict[str, Any]] = {
    "DraftPolicy": one("Large amounts to the banks", {"merchant_id": "m-1", "document": _DOCUMENT, "note": "双十一"}),
    "CheckPolicy": one("What one shop does otherwise", {"merchant_id": "m-1", "document": {"split": {"best": 100}}}),
    "SimulatePolicy": one("The last week", {"days": 7}),
    "ActivatePolicy": one("Read at revision 3", {"revision": 3, "note": "双十一：大额走银行"}),
    "RollBackPolicy": one("To the one before", {"merchant_id": "m-1", "revision": 4, "note": "成功率下降"}),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "PolicyView": one("In force", _POLICY),
    "PolicyList": one("One version", {"data": [_POLICY]}),
    "PolicyDetail": one(
        "With its document",
        {**_POLICY, "document": _DOCUMENT, "policy_version": "m-1@5", "resolved": {"version": "m-1@5"}},
    ),
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
