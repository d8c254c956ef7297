"""Unified orders at 收银宝's stand-in, as a merchant's hand-written client sees them."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from tests.sandbox.quickpay.merchant import Merchant
from tests.sandbox.support import Listener, RunningSandbox, until

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.quickpay.payinfo import PAYTYPES


async def test_a_code_is_paid_and_the_merchant_is_told(
    merchant: Merchant, sandbox: RunningSandbox, listener: Listener
) -> None:
    made = await merchant.pay()
    assert (made["retcode"], made["trxstatus"], made["reqsn"]) == ("SUCCESS", "0000", "PS1")
    assert made["payinfo"].startswith("weixin://wxpay/bizpayurl?pr=")
    waiting = await merchant.call("unitorder/query", reqsn="PS1")
    assert (waiting["trxstatus"], waiting["trxcode"]) == ("2008", "VSP501")
    assert (await sandbox.pay(made["payinfo"]))["result"] == "paid"
    paid = await merchant.call("unitorder/query", trxid=made["trxid"])
    assert (paid["trxstatus"], paid["trxamt"], paid["fintime"]) == ("0000", "129900", "20261109203700")
    told = dict(parse_qsl((await listener.count(1))[0].body.decode(), strict_parsing=True))
    assert merchant.genuine(told)
    assert told["cusorderid"] == told["outtrxid"] == "PS1"
    assert (told["trxstatus"], told["trxamt"], told["trxid"]) == ("0000", "129900", made["trxid"])
    assert (told["cusid"], told["appid"]) == (merchant.keys.cusid, merchant.keys.appid)


@pytest.mark.parametrize("paytype", sorted(PAYTYPES))
async def test_every_paytype_is_paid_by_its_own_wallet(
    rsa_merchant: Merchant, sandbox: RunningSandbox, paytype: str
) -> None:
    made = await rsa_merchant.pay(paytype=paytype, acct="somebody")
    info = made["payinfo"]
    if paytype in ("W02", "W06"):
        content, params = "", {str(k): str(v) for k, v in json.loads(info).items()}
    else:
        content, params = ("", {"tradeNO": info}) if paytype == "A02" else (info, {})
    wrong = await sandbox.pay(content, params=params, wallet="huabei")
    assert wrong["result"] == "wrong_wallet"
    paid = await sandbox.pay(content, params=params, wallet=PAYTYPES[paytype].wallet)
    assert paid["result"] == "paid"
    assert (await sandbox.ledger())[0]["product"] == PAYTYPES[paytype].product


@pytest.mark.parametrize("paytype", ["W02", "W06", "A02", "U02"])
async def test_a_page_inside_a_wallet_needs_its_customer(rsa_merchant: Merchant, paytype: str) -> None:
    refused = await rsa_merchant.pay(paytype=paytype)
    assert (refused["retcode"], "acct" in refused["retmsg"]) == ("FAIL", True)


async def test_e_cny_is_for_those_who_signed_up(merchant: Merchant) -> None:
    made = await merchant.pay(paytype="S01")
    assert (made["trxstatus"] == "0000") is (merchant.account == "allinpay-rsa")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"trxamt": "0"}, "trxamt"),
        ({"trxamt": "12.50"}, "trxamt"),
        ({"trxamt": ""}, "trxamt"),
        ({"reqsn": "有空 格"}, "reqsn"),
        ({"validtime": "1441"}, "validtime"),
        ({"validtime": "x"}, "validtime"),
        ({"expiretime": "2026-11-11"}, "expiretime"),
    ],
)
async def test_malformed_orders(rsa_merchant: Merchant, fields: dict[str, str], problem: str) -> None:
    refused = await rsa_merchant.pay(**fields)
    assert refused["retcode"] == "FAIL"
    assert problem in refused["retmsg"]


async def test_refused_orders(rsa_merchant: Merchant) -> None:
    assert (await rsa_merchant.pay(paytype="Q01"))["errmsg"] == "该交易方式未开通"
    assert (await rsa_merchant.pay(trxamt="500001"))["trxstatus"] == "3889"
    assert (await rsa_merchant.pay(expiretime="20261109203659"))["trxstatus"] == "3999"
    assert (await rsa_merchant.pay())["trxstatus"] == "0000"
    assert (await rsa_merchant.pay())["trxstatus"] == "3888", "a number is used once"


async def test_strangers_are_refused_at_the_door(merchant: Merchant) -> None:
    genuine = merchant.signed(reqsn="PS1", trxamt="1", paytype="W01")
    for changed, word in (
        ({"trxamt": "2"}, "签名"),
        ({"sign": ""}, "签名"),
        ({"cusid": "990000000000000"}, "商户不存在"),
        ({"signtype": "SM2"}, "签名"),
    ):
        answer = json.loads(await merchant.raw("unitorder/pay", genuine | changed))
        assert answer["retcode"] == "FAIL"
        assert word in answer["retmsg"]
        assert "sign" not in answer
    assert await merchant.sandbox.ledger() == []


async def test_another_application_of_the_same_merchant(merchant: Merchant) -> None:
    answer = json.loads(await merchant.raw("unitorder/query", merchant.signed(appid="00000000", reqsn="PS1")))
    assert (answer["retcode"], answer["retmsg"]) == ("FAIL", "应用不存在")


async def test_an_order_ends_with_its_time(rsa_merchant: Merchant, sandbox: RunningSandbox, night: ManualClock) -> None:
    made = await rsa_merchant.pay(validtime="5")
    night.advance(seconds=300)
    assert (await sandbox.pay(made["payinfo"]))["result"] == "expired"
    assert (await rsa_merchant.call("unitorder/query", reqsn="PS1"))["trxstatus"] == "3088"
    made = await rsa_merchant.pay("PS2", expiretime="20261109210000", validtime="")
    night.advance(seconds=18 * 60)
    assert (await sandbox.pay(made["payinfo"]))["result"] == "expired"


async def test_closing(rsa_merchant: Merchant, sandbox: RunningSandbox) -> None:
    assert (await rsa_merchant.call("unitorder/close", oldreqsn="PS1"))["trxstatus"] == "1001"
    made = await rsa_merchant.pay()
    for _ in range(2):
        assert (await rsa_merchant.call("unitorder/close", oldreqsn="PS1"))["trxstatus"] == "0000"
    assert (await sandbox.pay(made["payinfo"]))["result"] == "closed"
    await rsa_merchant.pay("PS2", paytype="U01")
    assert (await rsa_merchant.call("unitorder/close", oldreqsn="PS2"))["errmsg"] == "该交易类型不支持关闭"
    alipay = await rsa_merchant.pay("PS3", paytype="A01")
    assert (await rsa_merchant.call("unitorder/close", oldreqsn="PS3"))["trxstatus"] == "3999", "nobody has scanned it"
    await sandbox.pay(alipay["payinfo"], wallet="wechat")
    assert (await rsa_merchant.call("unitorder/close", oldreqsn="PS3"))["trxstatus"] == "0000"
    paid = await rsa_merchant.pay("PS4")
    await sandbox.pay(paid["payinfo"])
    assert "已支付" in (await rsa_merchant.call("unitorder/close", oldreqsn="PS4"))["errmsg"]


@pytest.mark.parametrize("group", ["unitorder", "tranx"])
async def test_money_back(
    rsa_merchant: Merchant, sandbox: RunningSandbox, listener: Listener, night: ManualClock, group: str
) -> None:
    made = await rsa_merchant.pay()
    early = await rsa_merchant.call(f"{group}/refund", reqsn="R0", trxamt="1", oldreqsn="PS1")
    assert "不允许退款" in early["errmsg"]
    await sandbox.pay(made["payinfo"])
    part = await rsa_merchant.call(
        f"{group}/refund", reqsn="R1", trxamt="29900", oldreqsn="PS1", notify_url=rsa_merchant.notify_url
    )
    assert part["trxstatus"] == "0000"
    again = await rsa_merchant.call(f"{group}/refund", reqsn="R1", trxamt="29900", oldreqsn="PS1")
    assert again["trxstatus"] == "3888"
    too_much = await rsa_merchant.call(f"{group}/refund", reqsn="R2", trxamt="100001", oldtrxid=made["trxid"])
    assert "超过可退金额" in too_much["errmsg"]
    found = await rsa_merchant.call(f"{group}/query", reqsn="R1")
    assert (found["trxstatus"], found["trxamt"], found["trxcode"]) == ("0000", "29900", "VSP503")
    told = [dict(parse_qsl(heard.body.decode())) for heard in await listener.count(2)]
    assert told[1]["cusorderid"] == "R1"
    assert (told[1]["srctrxid"], told[1]["trxcode"]) == (made["trxid"], "VSP503")
    assert rsa_merchant.genuine(told[1])


async def test_a_cancel_is_for_the_whole_amount_and_the_same_day(
    rsa_merchant: Merchant, sandbox: RunningSandbox, night: ManualClock
) -> None:
    for number in ("PS1", "PS2"):
        await sandbox.pay((await rsa_merchant.pay(number))["payinfo"])
    part = await rsa_merchant.call("unitorder/cancel", reqsn="C0", trxamt="1", oldreqsn="PS1")
    assert "必须等于" in part["errmsg"]
    whole = await rsa_merchant.call("unitorder/cancel", reqsn="C1", trxamt="129900", oldreqsn="PS1")
    assert whole["trxstatus"] == "0000"
    assert (await rsa_merchant.call("unitorder/query", reqsn="C1"))["trxcode"] == "VSP502"
    night.advance(seconds=12 * 3_600)
    late = await rsa_merchant.call("unitorder/cancel", reqsn="C2", trxamt="129900", oldreqsn="PS2")
    assert "当日" in late["errmsg"]


async def test_an_acknowledged_message_is_not_sent_again_and_an_unacknowledged_one_is(
    rsa_merchant: Merchant, sandbox: RunningSandbox, listener: Listener, night: ManualClock
) -> None:
    """This shop answers 204 without the word `success`."""
    await sandbox.pay((await rsa_merchant.pay())["payinfo"])
    await listener.count(1)
    tries = sandbox.core.notifier.tries
    for number, gap_s in ((2, 60), (3, 120)):
        await until(lambda due=number: len(tries) == due - 1 and bool(night._sleepers))
        night.advance(seconds=gap_s)
        await listener.count(number)
    assert {entry.result for entry in sandbox.core.notifier.tries} == {"refused"}


async def test_faults_by_product_and_kind_of_call(rsa_merchant: Merchant, sandbox: RunningSandbox) -> None:
    await sandbox.set_faults({"kind": "error_code", "code": "3099", "product": "alipay_precreate"})
    assert (await rsa_merchant.pay("PS1", paytype="A01"))["trxstatus"] == "3099"
    assert (await rsa_merchant.pay("PS2", paytype="W01"))["trxstatus"] == "0000"
    await sandbox.set_faults({"kind": "error_code", "code": "FAIL", "operations": ["refund_query"]})
    assert (await rsa_merchant.call("unitorder/query", reqsn="PS2"))["retcode"] == "SUCCESS"
    await sandbox.set_faults({"kind": "bad_signature"})
    answer = json.loads(await rsa_merchant.raw("unitorder/query", rsa_merchant.signed(reqsn="PS2")))
    assert answer["trxstatus"] == "2008"
    assert not rsa_merchant.genuine(answer)
    await sandbox.set_faults({"kind": "malformed"})
    with pytest.raises(json.JSONDecodeError):
        json.loads(await rsa_merchant.raw("unitorder/query", rsa_merchant.signed(reqsn="PS2")))
    await sandbox.set_faults({"kind": "wallet_error"})
    made = await rsa_merchant.pay("PS3")
    assert (await sandbox.pay(made["payinfo"]))["result"] == "wallet_error"
