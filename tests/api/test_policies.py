"""Policies over HTTP: what an operator sends and hears, and the schema that says so."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from payswitch.entry.api.openapi import document
from tests.api.support import Evening, order

POLICIES = "/v1/admin/policies"
ALIPAY_FIRST: dict[str, Any] = {
    "split": {"best": 100, "warm": 0, "explore": 0},
    "rules": [{"name": "alipay-first", "when": {}, "then": {"prefer": {"methods": ["alipay"]}}}],
}


def fits(name: str, value: Any) -> None:
    whole = document("http://testserver")
    schema = {**whole, "$ref": f"#/components/schemas/{name}"}
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(value)


async def test_from_a_draft_to_a_roll_back(tonight: Evening) -> None:
    lin = tonight.operator
    made = await lin.post(POLICIES, {"merchant_id": "m-1", "document": ALIPAY_FIRST, "note": "试"})
    assert (made.status, made.json["name"], made.json["state"]) == (201, "m-1@1", "draft")
    policy = f"{POLICIES}/{made.json['policy_id']}"
    assert (await tonight.shop.post("/v1/payments", order("a"))).json["credential"]["channel_id"] == "wechat-main"
    diff = await lin.get(f"{policy}/diff")
    assert {"place": "rules", "before": "[]", "after": '["alipay-first"]'} in diff.json["differences"]
    simulated = await lin.post(f"{policy}/simulate", {"days": 7})
    assert (simulated.status, simulated.json["replayed"], simulated.json["elsewhere"]) == (200, 1, 1.0)

    active = await lin.post(f"{policy}/activate", {"revision": 0, "note": "上线"})
    assert (active.status, active.json["state"], active.json["revision"]) == (200, "active", 1)
    paid = await tonight.shop.post("/v1/payments", order("b"))
    assert paid.json["credential"]["channel_id"] == "alipay-main"
    shown = await lin.get(policy)
    assert (shown.json["document"], shown.json["resolved"]["version"]) == (ALIPAY_FIRST, "m-1@1")

    home = await lin.post(f"{POLICIES}/rollback", {"merchant_id": "m-1", "revision": 1})
    assert (home.status, home.json["number"], home.json["policy_version"]) == (200, 0, "test")
    listed = await lin.get(POLICIES)
    for name, heard in (
        ("PolicyView", made),
        ("PolicyDiffView", diff),
        ("SimulationView", simulated),
        ("PolicyDetail", shown),
        ("RollbackView", home),
        ("PolicyList", listed),
    ):
        fits(name, heard.json)


async def test_every_mistake_is_in_the_answer_with_its_place(tonight: Evening) -> None:
    document = {"split": {"best": 1}, "rules": [{"name": "", "when": {}, "then": {}}], "extra": 1}
    heard = await tonight.operator.post(f"{POLICIES}/check", {"merchant_id": "m-1", "document": document})
    assert (heard.status, heard.json["code"]) == (422, "policy_invalid")
    editor = await tonight.operator.post(
        f"{POLICIES}/check", {"merchant_id": "m-1", "document": document, "refuse": False}
    )
    assert (editor.status, editor.json["valid"]) == (200, False)
    assert editor.json["errors"] == heard.json["errors"], "the same for who asks after every change"
    fits("PolicyCheckView", editor.json)
    assert set(heard.fields) == {"extra", "split", "rules[0].then", "rules[0].name"}
    right = await tonight.operator.post(f"{POLICIES}/check", {"merchant_id": "m-1", "document": {}})
    assert (right.status, right.json) == (200, {"valid": True, "errors": []})
    foreign = await tonight.operator.post(f"{POLICIES}/check", {"merchant_id": "m-2", "document": {}})
    nowhere = await tonight.operator.post(
        f"{POLICIES}/check", {"merchant_id": "m-1", "shop_id": "nobody", "document": {}}
    )
    assert [(one.status, one.fields) for one in (foreign, nowhere)] == [(404, ["merchant_id"]), (404, ["shop_id"])]


async def test_shops_cannot_touch_policies_but_may_ask_why(tonight: Evening) -> None:
    payment_id = (await tonight.shop.post("/v1/payments", order())).json["payment_id"]
    assert (await tonight.shop.get(POLICIES)).status == 401

    own = await tonight.shop.get(f"/v1/payments/{payment_id}/explanation")
    operators = await tonight.operator.get(f"/v1/admin/payments/{payment_id}/explanation")

    assert own.json == operators.json
    fits("ExplanationView", own.json)
    assert own.json["decisions"][0]["lines"][0]["zh"].startswith("首选 wechat-main / wechat_native")
    assert (await tonight.other_shop.get(f"/v1/payments/{payment_id}/explanation")).status == 404
    assert (await tonight.foreign_operator.get(f"/v1/admin/payments/{payment_id}/explanation")).status == 404


async def test_where_editing_begins_and_a_payment_that_nobody_makes(tonight: Evening) -> None:
    lin = tonight.operator
    begun = await lin.get(f"{POLICIES}/in-force?merchant_id=m-1")
    assert (begun.status, begun.json["policy_id"], begun.json["revision"]) == (200, None, 0)
    assert {one["channel_id"] for one in begun.json["channels"]} == set(tonight.night.directory.clients)
    fits("InForceView", begun.json)

    payment = {"merchant_id": "m-1", "amount_fen": 12_900, "environment": "desktop", "document": ALIPAY_FIRST}
    tried = await lin.post(f"{POLICIES}/try", payment)
    assert tried.status == 200
    fits("TriedView", tried.json)
    assert tried.json["candidates"][0]["channel_id"] == "alipay-main"
    assert tried.json["rules_fired"] == ["alipay-first"]
    assert tried.json["lines"][0]["zh"].startswith("首选 alipay-main")

    wrong = await lin.post(f"{POLICIES}/try", {**payment, "amount_fen": 0, "environment": "moon"})
    assert (wrong.status, set(wrong.fields)) == (400, {"amount_fen", "environment"})
    assert (await lin.get(f"{POLICIES}/in-force")).fields == ["merchant_id"]
    assert (await tonight.foreign_operator.get(f"{POLICIES}/in-force?merchant_id=m-1")).status == 404


async def test_the_form_is_told_every_field_with_its_meaning_default_and_range(tonight: Evening) -> None:
    heard = await tonight.operator.get("/v1/admin/policies/schema")

    parts = heard.json["parts"]
    assert parts["Policy"]["properties"]["hedging"]["$ref"] == "Hedging"
    share = parts["Hedging"]["properties"]["share"]
    assert (share["default"], share["minimum"], share["maximum"]) == (0.05, 0, 1)
    assert share["x-title-zh"] == "占比上限"
    assert "huabei" in parts["Method"]["enum"]
