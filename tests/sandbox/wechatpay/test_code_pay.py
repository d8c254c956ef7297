"""API V2 as the documents tell it: micropay, orderquery and reverse."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from tests.sandbox.support import RunningSandbox, running_sandbox
from tests.sandbox.wechatpay.cashier import Cashier
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.wechatpay.accounts import another_sub_merchant, wechat_partner_account
from payswitch.sandbox.world import World

NUMBER = "COUNTER-0001"


@pytest.fixture
def cashier(channels: RunningSandbox) -> Cashier:
    return Cashier(channels, channels.world.account("wechat-main"))


async def confirm(channels: RunningSandbox, code: str, **more: object) -> object:
    return (await channels.pay(code, **more))["result"]


@pytest.mark.parametrize("kind", ["MD5", "HMAC-SHA256"])
async def test_a_small_amount_is_paid_at_once(cashier: Cashier, kind: str) -> None:
    cashier.kind = kind
    answer = await cashier.debit(await cashier.show_code(payer="小红"))
    assert answer.verified
    assert {name: answer.fields.get(name) for name in ("return_code", "result_code", "trade_type", "total_fee")} == {
        "return_code": "SUCCESS",
        "result_code": "SUCCESS",
        "trade_type": "MICROPAY",
        "total_fee": "12900",
    }
    assert answer.fields["out_trade_no"] == NUMBER
    assert answer.fields["mch_id"] == cashier.keys.mchid
    assert answer.fields["time_end"] == "20261109203700"
    asked = await cashier.query()
    assert asked.verified
    assert (asked.fields["trade_state"], asked.fields["transaction_id"]) == ("SUCCESS", answer.fields["transaction_id"])


async def test_a_large_amount_asks_the_customer_first(cashier: Cashier, channels: RunningSandbox) -> None:
    code = await cashier.show_code()
    answer = await cashier.debit(code, total_fee=100_001)
    assert (answer.verified, answer.fields["result_code"], answer.code) == (True, "FAIL", "USERPAYING")
    asked = await cashier.query()
    assert asked.fields["trade_state"] == "USERPAYING"
    assert "total_fee" not in asked.fields, "an unpaid order shows its number only"
    assert (await cashier.debit(await cashier.show_code(), total_fee=100_001)).code == "USERPAYING", "one at a time"
    assert await confirm(channels, code) == "paid"
    assert await cashier.state() == "SUCCESS"


async def test_the_customer_says_no(cashier: Cashier, channels: RunningSandbox) -> None:
    code = await cashier.show_code(ask_above_fen=0)
    await cashier.debit(code)
    async with channels.session.post(
        f"{channels.base_url}/_sandbox/payment-codes/decline", json={"code": code}
    ) as answer:
        assert (await answer.json())["declined"]
    assert await cashier.state() == "PAYERROR"
    assert (await cashier.debit(await cashier.show_code())).code == "ORDERCLOSED"


async def test_nobody_types_the_password(cashier: Cashier, channels: RunningSandbox, night: ManualClock) -> None:
    code = await cashier.show_code(ask_above_fen=0)
    await cashier.debit(code, time_expire="20261109203805")
    night.advance(seconds=64)
    assert await cashier.state() == "USERPAYING"
    night.advance(seconds=1)
    assert await cashier.state() == "CLOSED"
    assert await confirm(channels, code) == "expired"


async def test_codes_that_are_used_old_or_not_wechats(cashier: Cashier, night: ManualClock) -> None:
    used, old, alipay = await cashier.show_code(), await cashier.show_code(), await cashier.show_code(wallet="alipay")
    assert (await cashier.debit(used)).fields["result_code"] == "SUCCESS"
    assert (await cashier.debit(used, "COUNTER-0002")).code == "AUTHCODEEXPIRE"
    assert (await cashier.debit("139999999999999999", "COUNTER-0002")).code == "AUTH_CODE_INVALID"
    assert (await cashier.debit(alipay, "COUNTER-0002")).code == "AUTH_CODE_INVALID"
    assert (await cashier.debit("12345", "COUNTER-0002")).code == "AUTH_CODE_ERROR"
    night.advance(seconds=60)
    assert (await cashier.debit(old, "COUNTER-0002")).code == "AUTHCODEEXPIRE"
    assert await cashier.state("COUNTER-0002") == "ORDERNOTEXIST", "a code that nobody redeemed makes no order"


async def test_a_poor_customer_may_try_again_under_the_same_number(cashier: Cashier) -> None:
    poor = await cashier.show_code(payer="小明", balance_fen=12_899)
    assert (await cashier.debit(poor)).code == "NOTENOUGH"
    assert await cashier.state() == "NOTPAY"
    assert (await cashier.debit(await cashier.show_code(payer="小红"))).code == "BUYER_MISMATCH"
    assert (await cashier.debit(await cashier.show_code(payer="小明"), total_fee=1)).code == "OUT_TRADE_NO_USED"
    assert (await cashier.debit(await cashier.show_code(payer="小明"))).fields["result_code"] == "SUCCESS"
    assert (await cashier.debit(await cashier.show_code(payer="小明"))).code == "ORDERPAID"


async def test_a_reversal_closes_what_is_unpaid(cashier: Cashier, channels: RunningSandbox, night: ManualClock) -> None:
    code = await cashier.show_code(ask_above_fen=0)
    await cashier.debit(code)
    early = await cashier.reverse()
    assert (early.code, early.fields["recall"]) == ("SYSTEMERROR", "Y"), "not within 15 s of the debit"
    night.advance(seconds=15)
    for _ in range(2):
        answer = await cashier.reverse()
        assert (answer.verified, answer.fields["result_code"], answer.fields["recall"]) == (True, "SUCCESS", "N")
    assert await cashier.state() == "REVOKED"
    assert await confirm(channels, code) == "closed"
    assert (await cashier.debit(await cashier.show_code())).code == "ORDERREVERSED"


async def test_a_reversal_gives_back_what_is_paid(
    cashier: Cashier, channels: RunningSandbox, night: ManualClock
) -> None:
    await cashier.debit(await cashier.show_code())
    night.advance(seconds=15)
    for _ in range(2):
        assert (await cashier.reverse()).fields["result_code"] == "SUCCESS"
    assert await cashier.state() == "REVOKED"
    (entry,) = await channels.ledger()
    assert entry["state"] == "refunded"
    assert len(entry["refunds"]) == 1, "once, however often it is asked for"


async def test_what_cannot_be_reversed(cashier: Cashier, channels: RunningSandbox, night: ManualClock) -> None:
    unknown = await cashier.reverse("COUNTER-0009")
    assert (unknown.code, unknown.fields["recall"]) == ("ORDERNOTEXIST", "N")
    await cashier.debit(await cashier.show_code())
    night.advance(seconds=7 * 86_400 + 1)
    assert (await cashier.reverse()).code == "REVERSE_EXPIRE"


async def test_an_order_with_a_refund_is_not_reversed(
    cashier: Cashier, shop: Merchant, channels: RunningSandbox, night: ManualClock
) -> None:
    """API v3 refunds what V2 took: it is one ledger."""
    await cashier.debit(await cashier.show_code(), "NIGHT-0001")
    refund = await shop.refund(100)
    assert refund.status == 200, refund.raw
    night.advance(seconds=15)
    assert (await cashier.reverse("NIGHT-0001")).code == "TRADE_STATE_ERROR"
    assert await cashier.state("NIGHT-0001") == "REFUND"


async def test_api_v3_sees_the_order_and_does_not_close_it(cashier: Cashier, shop: Merchant) -> None:
    await cashier.debit(await cashier.show_code(ask_above_fen=0), "NIGHT-0001")
    seen = (await shop.query()).body
    assert (seen["trade_type"], seen["trade_state"]) == ("MICROPAY", "USERPAYING")
    closed = await shop.close()
    assert (closed.status, closed.code) == (400, "INVALID_REQUEST")
    assert closed.headers["Request-ID"].endswith("-268449641")


# -- the door --------------------------------------------------------------------------------------------------------


async def test_a_reversal_shows_the_merchants_own_certificate(
    cashier: Cashier, channels: RunningSandbox, night: ManualClock
) -> None:
    await cashier.debit(await cashier.show_code())
    night.advance(seconds=15)
    body, path = cashier.signed({"out_trade_no": NUMBER}), "/secapi/pay/reverse"
    plain = await cashier.post(path, body)
    anonymous = ssl.create_default_context(cadata=channels.world.authority.certificate)
    nobody = await cashier.post(path, body, base_url=channels.world.base_url_tls, ssl=anonymous)
    for refused in (plain, nobody):
        assert (refused.status, b"No required SSL certificate" in refused.raw) == (400, True)
    cashier.certificate_of = channels.world.account("wechat-backup")
    other = await cashier.reverse()
    assert (other.fields["return_code"], other.code) == ("FAIL", "证书验证失败")
    assert "sign" not in other.fields
    assert await cashier.state() == "SUCCESS"


async def test_requests_that_are_turned_away_unsigned(cashier: Cashier) -> None:
    fields = {"out_trade_no": NUMBER}
    cases = {
        "签名错误": cashier.signed(fields, sign="0" * 32),
        "缺少参数": cashier.signed(fields, sign=""),
        "商户号mch_id或sub_mch_id不存在": cashier.signed({**fields, "mch_id": "1600000000"}),
        "XML格式错误": b'{"out_trade_no": "x"}',
    }
    for words, body in cases.items():
        answer = await cashier.post("/pay/orderquery", body)
        assert (answer.status, answer.fields["return_code"], answer.code) == (200, "FAIL", words)
        assert "sign" not in answer.fields
    changed = cashier.signed({"out_trade_no": NUMBER, "total_fee": 1}).replace(b"[1]", b"[2]")
    assert (await cashier.post("/pay/micropay", changed)).code == "签名错误"
    assert (await cashier.post("/pay/orderquery", cashier.signed({**fields, "appid": "wx1"}))).code == (
        "APPID_MCHID_NOT_MATCH"
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": ""}, "LACK_PARAMS"),
        ({"total_fee": "0"}, "PARAM_ERROR"),
        ({"total_fee": "1.5"}, "PARAM_ERROR"),
        ({"out_trade_no": "短号"}, "PARAM_ERROR"),
        ({"body": "长" * 43}, "PARAM_ERROR"),
        ({"fee_type": "USD"}, "PARAM_ERROR"),
        ({"time_expire": "20261109203759"}, "PARAM_ERROR"),
        ({"time_expire": "2026-11-09"}, "PARAM_ERROR"),
    ],
)
async def test_parameters_are_checked_before_anybody_is_debited(
    cashier: Cashier, changes: dict[str, object], code: str
) -> None:
    shown = await cashier.show_code()
    assert (await cashier.debit(shown, **changes)).code == code
    assert (await cashier.debit(shown)).fields["result_code"] == "SUCCESS", "the code was not used up"


async def test_each_sub_merchant_has_its_own_orders(night: ManualClock) -> None:
    first = wechat_partner_account("sub-1", "http://127.0.0.1:1")
    world = World(base_url="http://127.0.0.1:1", accounts=[first, another_sub_merchant(first, "sub-2")])
    async with running_sandbox(world, clock=night) as sandbox:
        one, two = (Cashier(sandbox, sandbox.world.account(name)) for name in ("sub-1", "sub-2"))
        answer = await one.debit(await one.show_code(), sub_appid=one.keys.sub_appid)
        assert answer.verified
        assert (answer.fields["mch_id"], answer.fields["sub_mch_id"]) == (one.keys.mchid, one.keys.sub_mchid)
        assert await two.state() == "ORDERNOTEXIST"
        assert (await two.debit(await two.show_code(), sub_appid="wx1")).code == "APPID_MCHID_NOT_MATCH"


# -- oddities --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["SYSTEMERROR", "BANKERROR"])
@pytest.mark.parametrize("created", [True, False])
async def test_an_error_with_the_debit_done_or_not(
    cashier: Cashier, channels: RunningSandbox, code: str, created: bool
) -> None:
    await channels.set_faults({"kind": "error_code", "code": code, "operations": ["debit"], "created": created})
    answer = await cashier.debit(await cashier.show_code())
    assert (answer.verified, answer.code) == (True, code)
    assert await cashier.state() == ("SUCCESS" if created else "ORDERNOTEXIST")


async def test_a_reversal_that_wants_to_be_called_again(
    cashier: Cashier, channels: RunningSandbox, night: ManualClock
) -> None:
    await cashier.debit(await cashier.show_code())
    night.advance(seconds=15)
    await channels.set_faults({"kind": "error_code", "code": "SYSTEMERROR", "operations": ["reverse"]})
    answer = await cashier.reverse()
    assert (answer.verified, answer.fields["recall"]) == (True, "Y")
    assert await cashier.state() == "SUCCESS"


async def test_faults_strike_v2_as_they_strike_v3(cashier: Cashier, channels: RunningSandbox) -> None:
    code = await cashier.show_code()
    only = {"operations": ["debit"], "product": "wechat_code", "min_fen": 12_900, "max_fen": 12_900}
    await channels.set_faults({"kind": "http_5xx", **only})
    assert (await cashier.debit(code)).status == 503
    await channels.set_faults({"kind": "error_code", "code": "FAIL", "message": "系统繁忙", **only})
    away = await cashier.debit(code)
    assert (away.fields["return_code"], away.code, "sign" in away.fields) == ("FAIL", "系统繁忙", False)
    await channels.set_faults({"kind": "bad_signature", **only})
    assert not (await cashier.debit(code)).verified
    assert await cashier.state() == "SUCCESS", "the answer was forged, the debit was made"
    await channels.set_faults({"kind": "malformed", "operations": ["query"]})
    assert not (await cashier.query()).raw.endswith(b"</xml>")


async def test_a_wallet_that_fails_has_taken_nothing(cashier: Cashier, channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "wallet_error"})
    assert (await cashier.debit(await cashier.show_code())).code == "BANKERROR"
    assert await cashier.state() == "NOTPAY"


async def test_the_books_survive_a_restart(world: World, night: ManualClock, tmp_path: Path) -> None:
    books = tmp_path / "sandbox.sqlite"
    async with running_sandbox(world, clock=night, data=books) as sandbox:
        cashier = Cashier(sandbox, sandbox.world.account("wechat-main"))
        code = await cashier.show_code(ask_above_fen=0)
        await cashier.debit(code)
    async with running_sandbox(world, clock=night, data=books) as sandbox:
        cashier = Cashier(sandbox, sandbox.world.account("wechat-main"))
        assert (await cashier.debit(code, "COUNTER-0002")).code == "AUTHCODEEXPIRE", "used is used"
        assert await confirm(sandbox, code) == "paid"
        assert await cashier.state() == "SUCCESS"


async def test_a_reversed_order_stands_in_the_bill(
    cashier: Cashier, shop: Merchant, channels: RunningSandbox, night: ManualClock
) -> None:
    await cashier.debit(await cashier.show_code())
    night.advance(seconds=15)
    await cashier.reverse()
    async with channels.session.put(f"{channels.base_url}/_sandbox/bills/wechatpay", json={"at_once": True}) as done:
        assert done.status == 200
    ticket = (await shop.send("GET", "/v3/bill/tradebill?bill_date=2026-11-09")).body
    path = str(ticket["download_url"]).removeprefix(channels.base_url)
    rows = [line for line in (await shop.send("GET", path)).raw.decode("utf-8-sig").splitlines() if NUMBER in line]
    assert [("`MICROPAY`" in row or ",`MICROPAY," in row, "`REVOKED" in row) for row in rows] == [
        (True, False),
        (True, True),
    ]
