"""An operator at night: finds a payment by whatever number is on the screen, reads its story, and acts on it."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import zipfile
from typing import Any

from payswitch.domain.payment import Attempt
from payswitch.entry.api.admin.desk.payment_csv import safe_cell
from tests.api.support import Evening, Heard, order
from tests.services.fake_channel import BUSY, SILENT

PAYMENTS = "/v1/admin/payments"


async def bought(tonight: Evening, number: str = "order-1", *, pays: bool = True, **changes: Any) -> str:
    """A customer at a desktop; the payment's id."""
    made = (await tonight.shop.post("/v1/payments", order(number, **changes))).json
    if pays:
        await tonight.night.pays(await last_attempt(tonight, made["payment_id"]))
    found: str = made["payment_id"]
    return found


async def last_attempt(tonight: Evening, payment_id: str) -> Attempt:
    return (await tonight.night.file(payment_id)).attempts[-1]


async def found_by(tonight: Evening, number: str) -> list[tuple[str, str]]:
    heard = await tonight.operator.get(f"/v1/admin/payment-search?number={number}")
    assert heard.status == 200, heard.text
    return [(one["matched"], one["payment"]["payment_id"]) for one in heard.json["data"]]


async def listed(tonight: Evening, query: str = "") -> list[str]:
    heard = await tonight.operator.get(f"{PAYMENTS}?{query}")
    assert heard.status == 200, heard.text
    return [one["out_trade_no"] for one in heard.json["data"]]


async def story(tonight: Evening, payment_id: str) -> dict[str, Any]:
    heard = await tonight.operator.get(f"{PAYMENTS}/{payment_id}")
    assert heard.status == 200, heard.text
    found: dict[str, Any] = heard.json
    return found


def said(detail: dict[str, Any], kind: str) -> list[str]:
    return [moment["zh"] for moment in detail["timeline"] if moment["kind"] == kind]


async def refund(tonight: Evening, payment_id: str, number: str, fen: int, seen: int = 0) -> Heard:
    wish = {"refund_no": number, "amount_fen": fen, "reason": "破损", "seen_refunded_fen": seen}
    return await tonight.operator.post(f"{PAYMENTS}/{payment_id}/refunds", wish)


async def test_a_payment_is_found_by_every_number_that_anybody_has_of_it(tonight: Evening) -> None:
    payment_id = await bought(tonight, customer={"customer_id": "顾客-7"})
    await bought(tonight, "order-2", customer={"customer_id": "somebody-else"})
    attempt = await last_attempt(tonight, payment_id)
    back = (await refund(tonight, payment_id, "op-1", 100)).json
    stored = (await tonight.night.file(payment_id)).refunds[0]

    assert await found_by(tonight, payment_id) == [("payment_id", payment_id)]
    assert await found_by(tonight, "order-1") == [("out_trade_no", payment_id)]
    assert await found_by(tonight, attempt.channel_order_no) == [("channel_order_no", payment_id)]
    assert await found_by(tonight, f"tx-{attempt.channel_order_no}") == [("transaction_id", payment_id)]
    assert await found_by(tonight, f"%60tx-{attempt.channel_order_no}%20") == [("transaction_id", payment_id)]
    assert await found_by(tonight, back["refund_id"]) == [("refund_id", payment_id)]
    assert await found_by(tonight, stored.out_refund_no) == [("out_refund_no", payment_id)]
    assert await found_by(tonight, "op-1") == [("refund_no", payment_id)]
    assert stored.channel_refund_id is not None
    assert await found_by(tonight, stored.channel_refund_id) == [("channel_refund_id", payment_id)]
    assert await found_by(tonight, "%E9%A1%BE%E5%AE%A2-7") == [("customer_id", payment_id)]
    assert await found_by(tonight, "nothing-of-ours") == []


async def test_a_customers_unpaid_and_closed_payments_are_found_too_newest_first(tonight: Evening) -> None:
    closed = await bought(tonight, "A", pays=False, customer={"customer_id": "c-1"})
    await tonight.operator.post(f"{PAYMENTS}/{closed}/close")
    tonight.night.clock.advance(seconds=1)
    waiting = await bought(tonight, "B", pays=False, customer={"customer_id": "c-1"})

    assert await found_by(tonight, "c-1") == [("customer_id", waiting), ("customer_id", closed)]


async def test_another_merchants_operator_finds_nothing_and_may_do_nothing(tonight: Evening) -> None:
    payment_id = await bought(tonight)
    stranger = tonight.foreign_operator

    assert (await stranger.get("/v1/admin/payment-search?number=order-1")).json["data"] == []
    assert (await stranger.get(PAYMENTS)).json["data"] == []
    assert (await stranger.get(f"{PAYMENTS}?channel_id=wechat-main")).json["data"] == []
    assert (await stranger.get(f"{PAYMENTS}?shop_id=shop-1")).status == 404
    assert (await stranger.get("/v1/admin/events")).json["data"] == []
    for method, path in (("GET", ""), ("POST", "/query"), ("POST", "/close"), ("POST", "/evidence")):
        assert (await stranger.send(method, f"{PAYMENTS}/{payment_id}{path}")).status == 404, path
    wish = {"refund_no": "x", "amount_fen": 1, "reason": "x", "seen_refunded_fen": 0}
    assert (await stranger.post(f"{PAYMENTS}/{payment_id}/refunds", wish)).status == 404
    assert (await tonight.shop.get(PAYMENTS)).status == 401


async def test_filters_narrow_and_pages_follow_each_other(tonight: Evening) -> None:
    for number, fen in (("A", 100), ("B", 200), ("C", 300)):
        await bought(tonight, number, amount_fen=fen)
        tonight.night.clock.advance(seconds=1)
    await bought(tonight, "D", pays=False, amount_fen=400)

    assert await listed(tonight) == ["D", "C", "B", "A"]
    assert await listed(tonight, "state=succeeded&min_fen=200") == ["C", "B"]
    assert await listed(tonight, "state=pending") == ["D"]
    assert await listed(tonight, "max_fen=100") == ["A"]
    assert await listed(tonight, "channel_id=wechat-main&method=wechat") == ["D", "C", "B", "A"]
    assert await listed(tonight, "method=alipay") == []
    first = (await tonight.operator.get(f"{PAYMENTS}?limit=3")).json
    assert [one["out_trade_no"] for one in first["data"]] == ["D", "C", "B"]
    assert await listed(tonight, f"limit=3&after={first['next']}") == ["A"]
    file = await tonight.night.store.file_by_trade_no("shop-1", "B")
    assert file is not None
    moment = file.payment.created_at_ms
    assert await listed(tonight, f"from_ms={moment}&to_ms={moment + 1}") == ["B"]


async def test_the_rare_ones_have_filters_of_their_own(tonight: Evening) -> None:
    await bought(tonight, "plain")
    tonight.night.channel("wechat-main").script.append(BUSY)
    tonight.night.channel("wechat-main").script.append(BUSY)
    switched = await bought(tonight, "switched", pays=False)
    assert len((await tonight.night.file(switched)).attempts) == 2
    twice = await bought(tonight, "twice", pays=False)
    first = await last_attempt(tonight, twice)
    await tonight.shop.post(f"/v1/payments/{twice}/switch", {"methods": ["alipay"]})
    tonight.night.channel(first.channel_id).orders[first.channel_order_no].state = "open"
    await tonight.night.pays(await last_attempt(tonight, twice))
    await tonight.night.pays(first)

    assert await listed(tonight, "switched=yes") == ["twice", "switched"]
    assert await listed(tonight, "surplus=yes") == ["twice"]
    assert await listed(tonight, "in_doubt=yes") == []
    row = (await tonight.operator.get(f"{PAYMENTS}?surplus=yes")).json["data"][0]
    assert (row["surplus_fen"], row["attempts"], row["method"]) == (12_900, 2, "alipay")


async def test_the_story_says_why_where_when_and_how_it_was_learned(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script.extend([BUSY, BUSY])
    payment_id = await bought(tonight)
    await tonight.night.wait(2)

    detail = await story(tonight, payment_id)

    kinds = [moment["kind"] for moment in detail["timeline"]]
    assert kinds[:3] == ["request", "decision", "attempt"]
    assert {"answer", "exposed", "result", "payment", "ledger", "event"} <= set(kinds)
    assert [moment["at"] for moment in detail["timeline"]] == sorted(m["at"] for m in detail["timeline"])
    assert "wechat-main" in said(detail, "decision")[0]
    assert "SYSTEM_ERROR 系统繁忙" in said(detail, "answer")[0]
    assert "渠道通知" in said(detail, "result")[-1]
    assert all(moment["zh"] and moment["en"] for moment in detail["timeline"])
    (decision,) = [moment for moment in detail["timeline"] if moment["kind"] == "decision"]
    assert any("wechat-backup" in line["zh"] for line in decision["details"])


async def test_asking_now_finds_a_payment_whose_notification_was_lost(tonight: Evening) -> None:
    payment_id = await bought(tonight, pays=False)
    await tonight.night.pays(await last_attempt(tonight, payment_id), notified=False)

    asked = (await tonight.operator.post(f"{PAYMENTS}/{payment_id}/query")).json

    assert (asked["state"], asked["heard"][0]["outcome"], asked["heard"][0]["changed"]) == ("succeeded", "paid", True)
    assert "主动查单" in said(await story(tonight, payment_id), "result")[0]
    again = await tonight.operator.post(f"{PAYMENTS}/{payment_id}/query")
    assert (again.status, again.json["code"]) == (429, "too_soon")
    tonight.night.clock.advance(seconds=3)
    later = (await tonight.operator.post(f"{PAYMENTS}/{payment_id}/query")).json
    assert later["heard"][0]["changed"] is False


async def test_a_silent_channel_changes_nothing_and_is_said_to_be_silent(tonight: Evening) -> None:
    payment_id = await bought(tonight, pays=False)
    tonight.night.channel("wechat-main").query_script.append(SILENT)

    asked = (await tonight.operator.post(f"{PAYMENTS}/{payment_id}/query")).json

    assert (asked["state"], asked["heard"][0]["outcome"]) == ("pending", "unknown")


async def test_closing_while_the_customer_pays_ends_paid_once(tonight: Evening) -> None:
    payment_id = await bought(tonight, pays=False)
    await tonight.night.pays(await last_attempt(tonight, payment_id), notified=False)

    closed = (await tonight.operator.post(f"{PAYMENTS}/{payment_id}/close")).json

    assert (closed["state"], closed["surplus_fen"]) == ("succeeded", 0)
    again = await tonight.operator.post(f"{PAYMENTS}/{payment_id}/close")
    assert (again.status, again.json["code"]) == (409, "wrong_state")


async def test_closing_and_a_notification_at_the_same_moment_end_in_one_winner(tonight: Evening) -> None:
    payment_id = await bought(tonight, pays=False)
    attempt = await last_attempt(tonight, payment_id)
    assert tonight.night.channel(attempt.channel_id).customer_pays(attempt.channel_order_no)

    await asyncio.gather(
        tonight.operator.post(f"{PAYMENTS}/{payment_id}/close"),
        tonight.night.notify(attempt),
        tonight.operator.post(f"{PAYMENTS}/{payment_id}/query"),
    )

    file = await tonight.night.file(payment_id)
    assert (file.payment.state.value, file.attempts[0].surplus, file.refunds) == ("succeeded", False, ())
    report = await tonight.night.store.audit(now_ms=tonight.night.clock.now_ms(), in_time=False)
    assert report.violations == ()


async def test_an_unpaid_payment_is_closed_and_the_shop_hears_it(tonight: Evening) -> None:
    payment_id = await bought(tonight, pays=False)

    closed = (await tonight.operator.post(f"{PAYMENTS}/{payment_id}/close")).json

    assert (closed["state"], closed["close_reason"], closed["may_close"]) == ("closed", "cancelled", False)
    events = (await tonight.operator.get("/v1/admin/events")).json["data"]
    assert [one["event"]["type"] for one in events] == ["payment.closed"]


async def test_two_operators_who_refund_at_once_refund_once(tonight: Evening) -> None:
    payment_id = await bought(tonight)

    answers = await asyncio.gather(
        refund(tonight, payment_id, "op-lin-1", 5_000), refund(tonight, payment_id, "op-wu-1", 5_000)
    )

    assert sorted(answer.status for answer in answers) == [201, 409]
    refused = next(answer.json for answer in answers if answer.status == 409)
    assert (refused["code"], refused["refunded_fen"]) == ("revision_conflict", 5_000)
    assert (await story(tonight, payment_id))["refunded_fen"] == 5_000


async def test_the_same_refund_twice_is_one_and_more_than_was_paid_is_none(tonight: Evening) -> None:
    payment_id = await bought(tonight)
    first = await refund(tonight, payment_id, "op-1", 12_000)
    again = await refund(tonight, payment_id, "op-1", 12_000)

    assert (first.status, first.json["state"]) == (201, "succeeded")
    assert again.json["refund_id"] == first.json["refund_id"]
    too_much = await refund(tonight, payment_id, "op-2", 901, seen=12_000)
    assert (too_much.status, too_much.json["code"]) == (422, "refund_exceeds_paid")
    rest = await refund(tonight, payment_id, "op-3", 900, seen=12_000)
    detail = await story(tonight, payment_id)
    assert (rest.status, detail["refundable_fen"], detail["may_refund"]) == (201, 0, False)
    assert sum(
        tonight.night.channel("wechat-main").orders[detail["attempts"][0]["channel_order_no"]].refunds.values()
    ) == (12_900)


async def test_what_operators_did_stands_in_the_story_with_their_names(tonight: Evening) -> None:
    payment_id = await bought(tonight)
    await tonight.operator.post(f"{PAYMENTS}/{payment_id}/query")
    await refund(tonight, payment_id, "op-1", 100)
    (event,) = (await tonight.operator.get("/v1/admin/events?limit=1")).json["data"]
    await tonight.operator.post(f"/v1/admin/events/{event['event']['event_id']}/resend")
    await tonight.operator.post(f"{PAYMENTS}/{payment_id}/evidence")

    assert sorted(said(await story(tonight, payment_id), "operator")) == sorted(
        ["op-lin 立即查单", "op-lin 申请退款：破损", "op-lin 重发商户通知", "op-lin 下载证据包"]
    )


async def test_what_was_not_paid_cannot_be_refunded(tonight: Evening) -> None:
    payment_id = await bought(tonight, pays=False)

    heard = await refund(tonight, payment_id, "op-1", 100)

    assert (heard.status, heard.json["code"]) == (409, "wrong_state")


async def test_events_that_a_shop_did_not_take_are_listed_and_sent_again_with_the_same_bytes(tonight: Evening) -> None:
    from payswitch.services.events import deliveries

    tonight.night.shop.down = True
    await bought(tonight)
    await deliveries.deliver_due(tonight.night.ctx)
    await deliveries.settle_deliveries(tonight.night.ctx)

    (troubled,) = (await tonight.operator.get("/v1/admin/events?state=troubled")).json["data"]
    assert (troubled["event"]["state"], troubled["event"]["last_error"]) == ("retry", "HTTP 503")
    assert (await tonight.operator.get("/v1/admin/events?state=dead")).json["data"] == []
    event_id = troubled["event"]["event_id"]
    tonight.night.shop.down = False
    again = (await tonight.operator.post(f"/v1/admin/events/{event_id}/resend")).json
    assert again["event"]["state"] == "retry"
    await deliveries.deliver_due(tonight.night.ctx)
    await deliveries.settle_deliveries(tonight.night.ctx)

    shown = (await tonight.operator.get(f"/v1/admin/events/{event_id}")).json
    assert shown["event"]["state"] == "delivered"
    assert json.loads(tonight.night.shop.heard[0].body) == shown["event"]["body"]
    assert (await tonight.operator.get("/v1/admin/events?state=troubled")).json["data"] == []
    assert (await tonight.foreign_operator.post(f"/v1/admin/events/{event_id}/resend")).status == 404


async def test_the_evidence_is_whole_hashed_and_without_secrets(tonight: Evening) -> None:
    customer = {"customer_id": "c-1", "openid": "oSECRET", "buyer_id": "2088SECRET", "client_ip": "203.0.113.7"}
    payment_id = await bought(tonight, customer=customer)
    file = await tonight.night.file(payment_id)

    heard = await tonight.operator.post(f"{PAYMENTS}/{payment_id}/evidence")

    assert heard.headers["content-type"] == "application/zip"
    assert f'filename="evidence-{payment_id}.zip"' in heard.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(heard.body)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    assert (manifest["made_by"], manifest["payment_id"]) == ("op-lin", payment_id)
    everything = b"\n".join(files.values())
    credential = file.attempts[0].credential
    assert credential is not None
    for secret in ("oSECRET", "2088SECRET", "203.0.113.7", file.payment.checkout_token, credential.content):
        assert secret.encode() not in everything, secret
    assert "支付成功".encode() in files["timeline.zh.txt"]
    (body,) = [content for name, content in files.items() if name.startswith("events/")]
    assert json.loads(body)["type"] == "payment.succeeded"


async def test_a_spreadsheet_opens_the_export_and_runs_nothing_in_it(tonight: Evening) -> None:
    await bought(tonight, subject='=HYPERLINK("http://evil","茶")', amount_fen=12_345)
    await bought(tonight, "order-2", pays=False, subject='茶, 红 "特级"')

    heard = await tonight.operator.post(f"{PAYMENTS}.csv?state=succeeded")

    assert heard.body.startswith(b"\xef\xbb\xbf")
    assert heard.headers["content-type"] == "text/csv; charset=utf-8"
    columns, row = csv.reader(io.StringIO(heard.body.decode("utf-8-sig")))
    shown = dict(zip(columns, row, strict=True))
    assert shown["金额(元)"] == "123.45"
    assert shown["商品"].startswith("'=HYPERLINK")
    assert (shown["状态"], shown["渠道"]) == ("支付成功", "wechat-main")
    english = (await tonight.operator.post(f"{PAYMENTS}.csv?language=en&state=pending")).body.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(english))
    assert (row["out_trade_no"], row["subject"], row["amount_yuan"]) == ("order-2", '茶, 红 "特级"', "129.00")
    wrong = await tonight.operator.post(f"{PAYMENTS}.csv?state=nonsense")
    assert (wrong.status, wrong.fields) == (400, ["state"])


def test_cells_are_text_to_a_spreadsheet() -> None:
    assert [safe_cell(text) for text in ("=1", "+1", "-1", "@x", "\t=1", "＝1")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@x",
        "'\t=1",
        "'＝1",
    ]
    assert safe_cell("4200002611202611110000000001") == "4200002611202611110000000001\t"
    assert safe_cell("129.00") == "129.00"


async def test_filters_are_kept_under_a_name_for_oneself_or_for_all(tonight: Evening) -> None:
    wish = {"page": "payments", "name": "今晚的重复支付", "query": "surplus=yes"}
    mine = (await tonight.operator.post("/v1/admin/views", wish)).json
    again = (await tonight.operator.post("/v1/admin/views", {**wish, "query": "surplus=yes&limit=50"})).json
    shared = (await tonight.operator.post("/v1/admin/views", {**wish, "name": "all", "shared": True})).json

    assert (again["view_id"], again["query"]) == (mine["view_id"], "surplus=yes&limit=50")
    names = [one["name"] for one in (await tonight.operator.get("/v1/admin/views?page=payments")).json["data"]]
    assert names == ["all", "今晚的重复支付"]
    assert (await tonight.operator.get("/v1/admin/views?page=events")).json["data"] == []
    assert (await tonight.foreign_operator.get("/v1/admin/views?page=payments")).json["data"] == []
    assert (await tonight.foreign_operator.send("DELETE", f"/v1/admin/views/{shared['view_id']}")).status == 404
    assert (await tonight.operator.send("DELETE", f"/v1/admin/views/{mine['view_id']}")).status == 200
    left = (await tonight.operator.get("/v1/admin/views?page=payments")).json["data"]
    assert [one["name"] for one in left] == ["all"]
