"""付款码 at the stand-in: scanned once, asked above a threshold, called off, cancelled."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from tests.sandbox.quickpay.merchant import Merchant
from tests.sandbox.support import Listener, RunningSandbox


def code_of(sandbox: RunningSandbox, wallet: str = "wechat", **more: int) -> str:
    return sandbox.core.payment_codes.issue(wallet, **more).code  # type: ignore[arg-type]


async def scan(merchant: Merchant, code: str, reqsn: str = "PS1", fen: int = 12_900, **more: str) -> dict[str, str]:
    return await merchant.call("unitorder/scanqrpay", reqsn=reqsn, trxamt=str(fen), authcode=code, body="外套", **more)


async def query(merchant: Merchant, reqsn: str = "PS1") -> dict[str, str]:
    return await merchant.call("unitorder/query", reqsn=reqsn)


async def cancel(merchant: Merchant, number: str = "C1") -> dict[str, str]:
    return await merchant.call("unitorder/cancel", reqsn=number, oldreqsn="PS1", trxamt="12900")


@pytest.mark.parametrize(("wallet", "trxcode"), [("wechat", "VSP501"), ("alipay", "VSP511"), ("unionpay", "VSP551")])
async def test_a_code_is_debited_at_once_and_the_merchant_is_told(
    merchant: Merchant, sandbox: RunningSandbox, listener: Listener, wallet: str, trxcode: str
) -> None:
    paid = await scan(merchant, code_of(sandbox, wallet), notify_url=listener.url)
    assert (paid["trxstatus"], paid["reqsn"]) == ("0000", "PS1")
    assert "trxamt" not in paid, "the answer names no amount"
    asked = await query(merchant)
    assert (asked["trxstatus"], asked["trxamt"], asked["trxcode"]) == ("0000", "12900", trxcode)
    told = dict(parse_qsl((await listener.count(1))[0].body.decode()))
    assert merchant.genuine(told)
    assert (told["cusorderid"], told["trxamt"]) == ("PS1", "12900")
    assert (await scan(merchant, code_of(sandbox, wallet)))["trxstatus"] == "3888", "a number is used once"


async def test_codes_that_are_none(merchant: Merchant, sandbox: RunningSandbox) -> None:
    assert "付款码无效" in (await scan(merchant, "134567890123456789"))["errmsg"]
    used = code_of(sandbox)
    await scan(merchant, used)
    assert "仅限使用一次" in (await scan(merchant, used, "PS2"))["errmsg"]
    assert (await query(merchant, "PS2"))["trxstatus"] == "1001", "nothing was made"


async def test_a_customer_without_money(merchant: Merchant, sandbox: RunningSandbox) -> None:
    refused = await scan(merchant, code_of(sandbox, balance_fen=0))
    assert (refused["trxstatus"], refused["errmsg"]) == ("3999", "账户余额不足")
    assert (await query(merchant))["errmsg"] == "账户余额不足"
    assert (await sandbox.ledger())[0]["state"] == "closed"


async def test_a_customer_is_asked_and_types_the_password(merchant: Merchant, sandbox: RunningSandbox) -> None:
    code = code_of(sandbox, ask_above_fen=100)
    assert (await scan(merchant, code))["trxstatus"] == "2008"
    assert (await sandbox.pay(code))["result"] == "paid"
    assert (await query(merchant))["trxstatus"] == "0000"


async def test_a_customer_is_asked_and_says_no(merchant: Merchant, sandbox: RunningSandbox) -> None:
    code = code_of(sandbox, ask_above_fen=100)
    await scan(merchant, code)
    assert sandbox.core.payment_codes.decline(code)
    asked = await query(merchant)
    assert (asked["trxstatus"], asked["errmsg"]) == ("3999", "用户取消支付")


async def test_an_order_whose_customer_is_still_asked_is_called_off(
    merchant: Merchant, sandbox: RunningSandbox
) -> None:
    code = code_of(sandbox, ask_above_fen=100)
    await scan(merchant, code)
    assert (await cancel(merchant))["trxstatus"] == "0000"
    assert (await query(merchant, "C1"))["trxstatus"] == "0000"
    assert (await query(merchant))["trxstatus"] == "3050"
    assert (await cancel(merchant))["trxstatus"] == "3888"
    assert (await sandbox.pay(code))["result"] == "closed"


async def test_a_paid_order_is_cancelled_once(merchant: Merchant, sandbox: RunningSandbox) -> None:
    await scan(merchant, code_of(sandbox))
    assert (await cancel(merchant))["trxstatus"] == "0000"
    assert (await query(merchant))["trxstatus"] == "3050"
    assert (await cancel(merchant, "C2"))["trxstatus"] == "3999", "nothing is left"
    assert (await sandbox.ledger())[0]["state"] == "refunded"
