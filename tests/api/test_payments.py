"""A shop's developer and the API: one afternoon from the first call to the refund."""

from __future__ import annotations

import pytest

from payswitch.domain.outcome import Outcome, OutcomeKind
from tests.api.support import DESK, Evening, order
from tests.services.fake_channel import BUSY, MAINTENANCE, PAYER_NO


async def test_a_desktop_customer_gets_a_qr_code_at_once(tonight: Evening) -> None:
    heard = await tonight.shop.post("/v1/payments", order())

    assert heard.status == 201
    payment = heard.json
    assert payment["state"] == "pending"
    assert payment["amount_fen"] == 12_900
    assert payment["credential"]["kind"] == "qr"
    assert payment["credential"]["content"].startswith("qr:")
    assert payment["checkout_url"].startswith("https://pay.example/checkout/")
    assert [attempt["state"] for attempt in payment["attempts"]] == ["exposed"]
    assert heard.headers["x-request-id"].startswith("req_")
    assert heard.headers["cache-control"] == "no-store"


async def test_the_same_request_again_is_the_same_payment(tonight: Evening) -> None:
    first = await tonight.shop.post("/v1/payments", order(), idempotency_key="k-1")
    again = await tonight.shop.post("/v1/payments", order(), idempotency_key="k-1")

    assert (first.status, again.status) == (201, 200)
    assert again.json["payment_id"] == first.json["payment_id"]
    assert again.json["credential"] == first.json["credential"]


async def test_the_same_number_for_another_order_is_refused(tonight: Evening) -> None:
    await tonight.shop.post("/v1/payments", order())

    heard = await tonight.shop.post("/v1/payments", order(amount_fen=12_901))

    assert heard.status == 409
    assert heard.json["code"] == "out_trade_no_conflict"


async def test_a_sick_channel_is_invisible_to_the_shop(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script.extend([MAINTENANCE])

    heard = await tonight.shop.post("/v1/payments", order())

    assert heard.status == 201
    states = [(attempt["channel_id"], attempt["state"]) for attempt in heard.json["attempts"]]
    assert states[0] == ("wechat-main", "failed")
    assert states[1][1] == "exposed"
    assert heard.json["attempts"][0]["outcome"] == {"kind": "refused_channel", "code": "MAINTENANCE", "message": ""}


async def test_no_channel_at_all_is_a_503_that_can_be_asked_again(tonight: Evening) -> None:
    for channel in ("wechat-main", "wechat-backup", "alipay-main"):
        tonight.night.channel(channel).script.extend([BUSY] * 2)

    heard = await tonight.shop.post("/v1/payments", order())

    assert heard.status == 503
    assert heard.json["code"] == "channels_unavailable"
    assert heard.json["next_action"] == "retry_later"
    assert int(heard.headers["retry-after"]) >= 1
    assert heard.json["checkout_url"].startswith("https://pay.example/checkout/")
    resumed = await tonight.shop.post("/v1/payments", order())
    assert resumed.status == 200
    assert resumed.json["payment_id"] == heard.json["payment_id"]
    assert resumed.json["credential"]["kind"] == "qr"


async def test_a_customer_without_money_is_offered_another_way(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script.append(PAYER_NO)

    heard = await tonight.shop.post("/v1/payments", order(methods=["wechat"]))

    assert heard.status == 402
    assert heard.json["code"] == "payer_refused"
    assert heard.json["next_action"] == "offer_other_method"


async def test_a_user_agent_says_where_the_customer_is(tonight: Evening) -> None:
    heard = await tonight.shop.post("/v1/payments", order(environment=None, user_agent=DESK))

    assert heard.json["environment"] == "desktop"
    assert heard.json["credential"] is not None


async def test_a_payment_link_waits_for_its_customer(tonight: Evening) -> None:
    heard = await tonight.shop.post("/v1/payments", order(environment=None))

    assert heard.status == 201
    assert heard.json["state"] == "created"
    assert heard.json["credential"] is None
    assert heard.json["attempts"] == []


async def test_once_paid_no_credential_is_given_out_any_more(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    file = await tonight.night.file(made["payment_id"])
    await tonight.night.pays(file.attempts[0])

    read = (await tonight.shop.get(f"/v1/payments/{made['payment_id']}")).json
    again = (await tonight.shop.post("/v1/payments", order())).json

    assert read["state"] == "succeeded"
    assert read["paid_fen"] == 12_900
    assert read["winner_attempt_id"] == made["attempts"][0]["attempt_id"]
    assert read["attempts"][0]["transaction_id"].startswith("tx-")
    assert read["credential"] is None
    assert again["credential"] is None


async def test_one_payment_explains_why_it_went_where(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json

    read = (await tonight.shop.get(f"/v1/payments/{made['payment_id']}")).json

    plan = read["decisions"][0]["plan"]
    assert plan["candidates"][0]["channel_id"] == "wechat-main"
    assert plan["candidates"][0]["reasons"]
    assert read["decisions"][0]["duration_us"] >= 0


async def test_lists_are_pages_newest_first(tonight: Evening) -> None:
    for number in range(5):
        await tonight.shop.post("/v1/payments", order(f"order-{number}"))
        tonight.night.clock.advance(seconds=1)

    first = (await tonight.shop.get("/v1/payments?limit=2")).json
    second = (await tonight.shop.get(f"/v1/payments?limit=2&before={first['next']}")).json
    third = (await tonight.shop.get(f"/v1/payments?limit=2&before={second['next']}")).json

    pages = [[payment["out_trade_no"] for payment in page["data"]] for page in (first, second, third)]
    assert pages == [["order-4", "order-3"], ["order-2", "order-1"], ["order-0"]]
    assert third["next"] is None
    assert "credential" not in first["data"][0]


async def test_a_list_can_be_narrowed(tonight: Evening) -> None:
    await tonight.shop.post("/v1/payments", order("order-1"))
    await tonight.shop.post("/v1/payments", order("order-2", environment=None))

    waiting = (await tonight.shop.get("/v1/payments?state=created")).json["data"]
    named = (await tonight.shop.get("/v1/payments?out_trade_no=order-1")).json["data"]
    nothing = (await tonight.shop.get("/v1/payments?out_trade_no=order-1&state=closed")).json["data"]

    assert [payment["out_trade_no"] for payment in waiting] == ["order-2"]
    assert [payment["credential"]["kind"] for payment in named] == ["qr"]
    assert nothing == []


async def test_the_customer_wants_another_way(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json

    heard = await tonight.shop.post(f"/v1/payments/{made['payment_id']}/switch", {"methods": ["alipay"]})

    assert heard.status == 200
    assert heard.json["credential"]["method"] == "alipay"
    assert heard.json["attempts"][0]["state"] == "closed"


async def test_a_cancelled_payment_closes_at_its_channel(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json

    heard = await tonight.shop.post(f"/v1/payments/{made['payment_id']}/cancel")

    assert heard.status == 200
    assert heard.json["state"] == "closed"
    assert heard.json["close_reason"] == "cancelled"
    assert heard.json["closed_at"].endswith("Z")


async def test_a_paid_payment_cannot_be_cancelled(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    await tonight.night.pays((await tonight.night.file(made["payment_id"])).attempts[0])

    heard = await tonight.shop.post(f"/v1/payments/{made['payment_id']}/cancel")

    assert heard.status == 409
    assert heard.json["code"] == "wrong_state"


async def test_part_of_the_money_goes_back_once(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    path = f"/v1/payments/{made['payment_id']}"
    await tonight.night.pays((await tonight.night.file(made["payment_id"])).attempts[0])
    wanted = {"refund_no": "R-1", "amount_fen": 2_900, "reason": "包装破损"}

    first = await tonight.shop.post(f"{path}/refunds", wanted)
    again = await tonight.shop.post(f"{path}/refunds", wanted)

    assert first.status == 201
    assert first.json["refund_no"] == "R-1"
    assert again.json["refund_id"] == first.json["refund_id"]
    assert tonight.night.channel("wechat-main").returned_fen() == 2_900
    listed = (await tonight.shop.get(f"{path}/refunds")).json["data"]
    one = (await tonight.shop.get(f"/v1/refunds/{first.json['refund_id']}")).json
    assert listed == [one]
    assert (await tonight.shop.get(path)).json["refunded_fen"] == 2_900


async def test_more_than_was_paid_never_goes_back(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    await tonight.night.pays((await tonight.night.file(made["payment_id"])).attempts[0])

    heard = await tonight.shop.post(
        f"/v1/payments/{made['payment_id']}/refunds", {"refund_no": "R-1", "amount_fen": 12_901}
    )

    assert heard.status == 422
    assert heard.json["code"] == "refund_exceeds_paid"
    assert tonight.night.channel("wechat-main").returned_fen() == 0


async def test_the_shop_can_read_and_resend_what_it_was_told(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    await tonight.night.pays((await tonight.night.file(made["payment_id"])).attempts[0])

    events = (await tonight.shop.get(f"/v1/events?payment_id={made['payment_id']}")).json["data"]
    assert [event["type"] for event in events] == ["payment.succeeded"]
    assert events[0]["body"]["data"]["amount_fen"] == 12_900

    resent = await tonight.shop.post(f"/v1/events/{events[0]['event_id']}/resend")
    assert resent.status == 200
    assert resent.json["body"] == events[0]["body"]


@pytest.mark.parametrize("path", ["", "/cancel", "/refunds", "/switch"], ids=["read", "cancel", "refund", "switch"])
async def test_another_shops_payment_does_not_exist(tonight: Evening, path: str) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    address = f"/v1/payments/{made['payment_id']}{path}"
    bodies = {"/refunds": {"refund_no": "R-1", "amount_fen": 1}, "/switch": {}}

    if path:
        heard = await tonight.other_shop.post(address, bodies.get(path))
    else:
        heard = await tonight.other_shop.get(address)

    assert heard.status == 404
    assert heard.json["code"] == "not_found"
    assert (await tonight.shop.get(f"/v1/payments/{made['payment_id']}")).json["state"] == "pending"


async def test_another_shops_refunds_and_events_do_not_exist(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    await tonight.night.pays((await tonight.night.file(made["payment_id"])).attempts[0])
    refund = await tonight.shop.post(
        f"/v1/payments/{made['payment_id']}/refunds", {"refund_no": "R-1", "amount_fen": 1}
    )
    event = (await tonight.shop.get("/v1/events")).json["data"][0]

    assert (await tonight.other_shop.get(f"/v1/refunds/{refund.json['refund_id']}")).status == 404
    assert (await tonight.other_shop.post(f"/v1/events/{event['event_id']}/resend")).status == 404
    assert (await tonight.other_shop.get("/v1/events")).json["data"] == []
    assert (await tonight.other_shop.get("/v1/payments")).json["data"] == []
    assert (await tonight.other_shop.get("/v1/payments?out_trade_no=order-1")).json["data"] == []


async def test_the_channels_words_do_not_carry_the_customers_identity(tonight: Evening) -> None:
    other = "oOther8uMuAJO_M2pxb1Q9zNjWeS"
    customer = {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "openids": {"wx-other": other}, "customer_id": "c-77"}
    refused = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="MAINTENANCE", listed=True)
    tonight.night.channel("wechat-main").script.append(refused)

    made = await tonight.shop.post("/v1/payments", order(customer=customer))
    read = await tonight.shop.get(f"/v1/payments/{made.json['payment_id']}")

    assert made.status == 201
    assert customer["openid"] not in made.text + read.text
    assert other not in made.text + read.text
