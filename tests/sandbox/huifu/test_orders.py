"""Orders at the stand-in: made, shown, paid, asked about and closed by Huifu's rules."""

from __future__ import annotations

import json

import pytest
from tests.sandbox.huifu.merchant import ORDER_NO, WALLETS, HuifuMerchant, shown
from tests.sandbox.support import RunningSandbox

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.huifu.trades import TRADE_TYPES


@pytest.mark.parametrize("account", ["direct", "provider"])
@pytest.mark.parametrize("trade_type", TRADE_TYPES)
async def test_every_trade_type_is_paid_by_its_own_wallet_only(
    huifu: RunningSandbox, account: str, trade_type: str
) -> None:
    merchant = HuifuMerchant(huifu, huifu.world.account(account))
    made = await merchant.order(trade_type)
    assert (made["resp_code"], made["trans_stat"], made["req_seq_id"]) == ("00000100", "P", ORDER_NO)
    content, params = shown(made)
    for wallet in WALLETS.values():
        if wallet != WALLETS[trade_type[0]]:
            assert (await huifu.pay(content, params=params, wallet=wallet))["result"] == "wrong_wallet"
    assert (await merchant.query())["trans_stat"] == "P"
    paid = await huifu.pay(content, params=params, wallet=WALLETS[trade_type[0]])
    assert (paid["result"], paid["account"]) == ("paid", account)
    found = await merchant.query()
    assert (found["trans_stat"], found["trans_amt"], found["org_req_seq_id"]) == ("S", "129.00", ORDER_NO)
    assert found["org_hf_seq_id"] == made["hf_seq_id"]
    assert found["end_time"].startswith(merchant.today)
    by_huifu = await merchant.query(org_hf_seq_id=made["hf_seq_id"], org_req_seq_id="", org_req_date="")
    assert by_huifu["org_req_seq_id"] == ORDER_NO
    (entry,) = await huifu.ledger()
    assert (entry["product"], entry["state"]) == (TRADE_TYPES[trade_type].product, "paid")


async def test_a_number_is_used_once(merchant: HuifuMerchant) -> None:
    await merchant.order()
    again = await merchant.order()
    assert again["resp_code"] == "20000000"
    assert "qr_code" not in again


async def test_a_number_is_known_on_its_own_day_only(merchant: HuifuMerchant) -> None:
    await merchant.order()
    assert (await merchant.query(org_req_date="20251111"))["resp_code"] == "23000001"
    assert (await merchant.query(org_req_seq_id="H-OTHER"))["resp_code"] == "23000001"
    assert (await merchant.query(org_req_seq_id=""))["resp_code"] == "21000000"


@pytest.mark.parametrize(
    ("trade_type", "changes", "code", "words"),
    [
        ("D_NATIVE", {"trans_amt": "129"}, "10000000", "金额"),
        ("D_NATIVE", {"trans_amt": "0.00"}, "10000000", "金额"),
        ("D_NATIVE", {"goods_desc": ""}, "10000000", "goods_desc不能为空"),
        ("D_NATIVE", {"goods_desc": "衣" * 128}, "10000000", "最大长度"),
        ("D_NATIVE", {"req_date": "2026-11-09"}, "10000000", "req_date"),
        ("D_NATIVE", {"req_date": "20261399"}, "10000000", "req_date"),
        ("X_NATIVE", {}, "10000000", "传入枚举"),
        ("D_NATIVE", {"time_expire": "20261109203700"}, "10000000", "订单时间错误"),
        ("D_NATIVE", {"time_expire": "soon"}, "10000000", "time_expire"),
        ("D_NATIVE", {"notify_url": "http://shop.example/?a=1"}, "10000000", "notify_url"),
        ("D_NATIVE", {"dc_data": "[]"}, "10000000", "dc_data"),
        ("T_JSAPI", {"wx_data": "{}"}, "10000000", "sub_appid"),
        ("T_JSAPI", {"wx_data": '{"sub_appid":"wx0","sub_openid":"o"}'}, "90000000", "不匹配"),
        ("A_JSAPI", {"alipay_data": ""}, "10000000", "buyer_id"),
        ("U_JSAPI", {"unionpay_data": '{"user_id":"u"}'}, "10000000", "customer_ip"),
    ],
)
async def test_a_wrong_order_is_refused_by_name(
    merchant: HuifuMerchant, trade_type: str, changes: dict[str, str], code: str, words: str
) -> None:
    refused = await merchant.order(trade_type, **changes)
    assert refused["resp_code"] == code
    assert words in refused["resp_desc"]
    assert await merchant.sandbox.ledger() == []


async def test_a_code_lives_as_long_as_was_said(merchant: HuifuMerchant, night: ManualClock) -> None:
    made = await merchant.order(time_expire="20261109205200")
    night.advance(seconds=14 * 60)
    assert (await merchant.query())["trans_stat"] == "P"
    night.advance(seconds=60)
    assert (await merchant.query())["trans_stat"] == "F"
    late = await merchant.sandbox.pay(made["qr_code"], wallet="ecny")
    assert late["result"] == "expired"


@pytest.mark.parametrize("trade_type", [name for name, kind in TRADE_TYPES.items() if kind.closable])
async def test_wechat_and_alipay_orders_close_after_a_minute(
    merchant: HuifuMerchant, night: ManualClock, trade_type: str
) -> None:
    made = await merchant.order(trade_type)
    early = await merchant.close()
    assert (early["resp_code"], early["resp_desc"]) == ("20000001", "不允许关闭一分钟以内的订单")
    assert (await merchant.close("scanpay/closequery"))["resp_code"] == "23000001"
    night.advance(seconds=60)
    closed = await merchant.close()
    assert (closed["resp_code"], closed["trans_stat"], closed["org_trans_stat"]) == ("00000000", "S", "F")
    assert (await merchant.close("scanpay/closequery"))["trans_stat"] == "S"
    again = await merchant.close()
    assert (again["resp_code"], again["trans_stat"]) == ("10000016", "F")
    assert (await merchant.query())["trans_stat"] == "F"
    content, params = shown(made)
    late = await merchant.sandbox.pay(content, params=params, wallet=WALLETS[trade_type[0]])
    assert late["result"] == "closed"


@pytest.mark.parametrize("trade_type", [name for name, kind in TRADE_TYPES.items() if not kind.closable])
async def test_unionpay_and_ecny_orders_never_close(
    merchant: HuifuMerchant, night: ManualClock, trade_type: str
) -> None:
    await merchant.order(trade_type)
    night.advance(seconds=120)
    assert (await merchant.close())["resp_code"] == "23000004"
    assert (await merchant.query())["trans_stat"] == "P"


async def test_a_paid_order_is_at_its_end(merchant: HuifuMerchant, night: ManualClock) -> None:
    made = await merchant.order("A_NATIVE")
    await merchant.sandbox.pay(made["qr_code"], wallet="alipay")
    night.advance(seconds=120)
    refused = await merchant.close()
    assert (refused["resp_code"], refused["org_trans_stat"]) == ("10000016", "S")


async def test_a_wallet_checks_what_the_page_was_signed_for(merchant: HuifuMerchant) -> None:
    _, page = shown(await merchant.order("T_JSAPI"))
    for changes in ({"timeStamp": "1"}, {"appId": "wx0"}, {"paySign": "AAAA"}, {"signType": "MD5"}):
        refused = await merchant.sandbox.pay(params=page | changes, wallet="wechat")
        assert refused["result"] == "not_found"
        assert "签名" in str(refused["message"])
    assert (await merchant.sandbox.pay(params=page, wallet="wechat"))["result"] == "paid"


@pytest.mark.parametrize("trade_type", ["D_NATIVE", "U_JSAPI", "A_NATIVE", "U_NATIVE"])
async def test_a_person_can_open_the_wallets_page(merchant: HuifuMerchant, trade_type: str) -> None:
    content, _ = shown(await merchant.order(trade_type))
    session, base_url = merchant.sandbox.session, merchant.sandbox.base_url
    address = content if content.startswith(base_url) else f"{base_url}/wallet"
    async with session.get(address, params=None if address == content else {"c": content}) as page:
        text = await page.text()
    assert "秋冬外套" in text
    assert "129.00" in text


async def test_codes_that_lead_nowhere(merchant: HuifuMerchant) -> None:
    await merchant.order()
    base_url = merchant.sandbox.base_url
    for content in (f"{base_url}/huifu/cashier/nothing", "https://qr.95516.com/00010002/nothing", "http://[", ""):
        assert (await merchant.sandbox.pay(content, wallet="ecny"))["result"] == "not_found"


def test_the_account_tells_the_switch_nothing_of_huifus_own(huifu: RunningSandbox) -> None:
    spec = huifu.world.account("direct")
    table = spec.connector_account()
    assert set(table) == {
        "base_url",
        "sys_id",
        "product_id",
        "huifu_id",
        "merchant_private_key",
        "huifu_public_key",
        "wx_appid",
        "wx_mini_appid",
    }
    keys = spec.keys
    assert "PRIVATE" not in repr(keys)
    assert keys.huifu_private_key not in json.dumps(table)
    assert huifu.world.from_json(huifu.world.to_json()) == huifu.world
