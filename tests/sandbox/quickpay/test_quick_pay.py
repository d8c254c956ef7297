"""The banks' quick pay at the stand-in: cards, SMS codes, limits, slow and refusing banks."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from tests.sandbox.quickpay.merchant import CARD, PERSON, Merchant
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.banks import BANKS
from payswitch.sandbox.quickpay.accounts import five_banks
from payswitch.sandbox.quickpay.sms import SMS_CODE
from payswitch.sandbox.world import World


async def sms_of(sandbox: RunningSandbox, mobile: str | None = None) -> list[dict[str, str]]:
    asked = {} if mobile is None else {"mobile": mobile}
    async with sandbox.session.get(f"{sandbox.base_url}/_sandbox/quickpay/sms", params=asked) as answer:
        assert answer.status == 200
        sent: list[dict[str, str]] = (await answer.json())["sms"]
        return sent


async def test_a_card_pays_and_the_merchant_is_told(
    merchant: Merchant, sandbox: RunningSandbox, listener: Listener
) -> None:
    agreeid = await merchant.sign_card()
    applied = await merchant.apply(agreeid)
    assert (applied["trxstatus"], applied["orderid"]) == ("1999", "PS1")
    assert (await sandbox.ledger())[0]["state"] == "open", "no money yet"
    paid = await merchant.confirm(agreeid, applied["thpinfo"])
    assert (paid["trxstatus"], paid["orderid"]) == ("0000", "PS1")
    assert "trxamt" not in paid, "the confirmation names no amount"
    asked = await merchant.call("qpay/query", orderid="PS1")
    assert (asked["trxstatus"], asked["trxamt"], asked["trxcode"]) == ("0000", "129900", "VSP301")
    told = dict(parse_qsl((await listener.count(1))[0].body.decode()))
    assert merchant.genuine(told)
    assert (told["cusorderid"], told["trxamt"], told["trxcode"]) == ("PS1", "129900", "VSP301")
    assert (await merchant.confirm(agreeid, applied["thpinfo"]))["trxstatus"] == "3888", "never twice"


async def test_the_codes_are_shown_and_the_phone_is_not(merchant: Merchant, sandbox: RunningSandbox) -> None:
    agreeid = await merchant.sign_card()
    applied = await merchant.apply(agreeid)
    await merchant.call("qpay/paysmsagree", orderid="PS1", agreeid=agreeid, thpinfo=applied["thpinfo"])
    sent = await sms_of(sandbox)
    assert [(sms["purpose"], sms["about"]) for sms in sent] == [
        ("agreement", "u-7"),
        ("payment", "PS1"),
        ("payment", "PS1"),
    ]
    assert {sms["code"] for sms in sent} == {SMS_CODE}
    assert {(sms["mobile"], sms["bank"]) for sms in sent} == {("138****8000", "icbc")}
    assert await sms_of(sandbox, "13800138000") == sent, "one phone's inbox"
    assert await sms_of(sandbox, "13900139000") == []


async def test_wrong_codes(rsa_merchant: Merchant) -> None:
    applied = await rsa_merchant.call("qpay/agreeapply", **PERSON)
    wrong = await rsa_merchant.call("qpay/agreeconfirm", **PERSON, smscode="1", thpinfo=applied["thpinfo"])
    assert wrong["errmsg"] == "短信验证码错误"
    other = PERSON | {"acctno": "6217001111111119876"}
    swapped = await rsa_merchant.call("qpay/agreeconfirm", **other, smscode=SMS_CODE, thpinfo=applied["thpinfo"])
    assert "不一致" in swapped["errmsg"]
    agreeid = await rsa_merchant.sign_card()
    thpinfo = (await rsa_merchant.apply(agreeid))["thpinfo"]
    said = [(await rsa_merchant.confirm(agreeid, thpinfo, code="1"))["errmsg"] for _ in range(3)]
    assert said[:2] == ["短信验证码错误"] * 2
    assert "次数过多" in said[2]
    assert "次数过多" in (await rsa_merchant.confirm(agreeid, thpinfo))["errmsg"], "also with the right code"
    assert "次数过多" in (await rsa_merchant.call("qpay/query", orderid="PS1"))["errmsg"]


@pytest.mark.parametrize(("tail", "status", "word"), [("0001", "3999", "余额不足"), ("0003", "3889", "风险")])
async def test_cards_that_refuse(rsa_merchant: Merchant, tail: str, status: str, word: str) -> None:
    agreeid = await rsa_merchant.sign_card(acctno=CARD[:-4] + tail)
    thpinfo = (await rsa_merchant.apply(agreeid))["thpinfo"]
    for answer in (
        await rsa_merchant.confirm(agreeid, thpinfo),
        await rsa_merchant.call("qpay/query", orderid="PS1"),
    ):
        assert answer["trxstatus"] == status
        assert word in answer["errmsg"]


async def test_a_slow_card_settles_later_even_across_a_restart(
    world: World, night: ManualClock, listener: Listener, tmp_path: Path
) -> None:
    file = tmp_path / "books.sqlite"
    async with running_sandbox(world, clock=night, data=file) as sandbox:
        merchant = Merchant(sandbox, "allinpay-md5", listener.url)
        agreeid = await merchant.sign_card(acctno=CARD[:-4] + "0002")
        thpinfo = (await merchant.apply(agreeid))["thpinfo"]
        assert (await merchant.confirm(agreeid, thpinfo))["trxstatus"] == "2008"
        assert (await merchant.call("qpay/query", orderid="PS1"))["trxstatus"] == "2008"
    night.advance(seconds=3)
    async with running_sandbox(world, clock=night, data=file) as sandbox:
        merchant = Merchant(sandbox, "allinpay-md5", listener.url)
        assert (await merchant.call("qpay/query", orderid="PS1"))["trxstatus"] == "0000"
    assert len(await listener.count(1)) >= 1


async def test_limits_of_a_card_and_its_day(rsa_merchant: Merchant, night: ManualClock) -> None:
    agreeid = await rsa_merchant.sign_card()
    assert "单笔限额" in (await rsa_merchant.apply(agreeid, amount="500001"))["errmsg"]
    for number in ("PS1", "PS2"):
        thpinfo = (await rsa_merchant.apply(agreeid, number, amount="500000"))["thpinfo"]
        assert (await rsa_merchant.confirm(agreeid, thpinfo, number))["trxstatus"] == "0000"
    assert "日累计限额" in (await rsa_merchant.apply(agreeid, "PS3", amount="1"))["errmsg"]
    night.advance(seconds=4 * 3_600)
    assert (await rsa_merchant.apply(agreeid, "PS4", amount="1"))["trxstatus"] == "1999", "a new day in Beijing"


async def test_what_cannot_be_signed_up(rsa_merchant: Merchant) -> None:
    for changes, word in (
        ({"acctno": "4111111111111111"}, "银行卡号"),
        ({"acctno": "622202"}, "银行卡号"),
        ({"mobile": "12345"}, "手机号"),
        ({"idno": "1"}, "实名"),
        ({"accttype": "02"}, "CVV2"),
    ):
        refused = await rsa_merchant.call("qpay/agreeapply", **(PERSON | changes))
        assert refused["trxstatus"].startswith("3")
        assert word in refused["errmsg"]
    missing = await rsa_merchant.call("qpay/agreeapply", **(PERSON | {"acctname": ""}))
    assert (missing["retcode"], "acctname" in missing["retmsg"]) == ("FAIL", True)


async def test_the_customers_cards(merchant: Merchant) -> None:
    first = await merchant.sign_card()
    assert await merchant.sign_card() == first, "signed up already"
    second = await merchant.sign_card(acctno="6217001111111114321")
    listing = (await merchant.call("qpay/agreequery", meruserid="u-7"))["agreelist"]
    assert CARD not in listing
    assert "622202*********9876" in listing
    assert second in listing
    assert (await merchant.call("qpay/unbind", agreeid=first))["trxstatus"] == "0000"
    assert first not in (await merchant.call("qpay/agreequery", meruserid="u-7"))["agreelist"]
    assert (await merchant.call("qpay/unbind", agreeid=first))["errmsg"] == "协议不存在"
    assert (await merchant.apply(first))["errmsg"] == "协议不存在"


async def test_agreement_and_payment_must_belong_together(rsa_merchant: Merchant) -> None:
    first = await rsa_merchant.sign_card()
    second = await rsa_merchant.sign_card(acctno="6217001111111114321")
    thpinfo = (await rsa_merchant.apply(first))["thpinfo"]
    assert "不一致" in (await rsa_merchant.confirm(second, thpinfo))["errmsg"]
    assert "不一致" in (await rsa_merchant.confirm(first, "{}"))["errmsg"]
    assert (await rsa_merchant.confirm(first, thpinfo, "PS-OTHER"))["trxstatus"] == "1001"
    assert (await rsa_merchant.apply(first))["trxstatus"] == "3888"
    assert (await rsa_merchant.confirm(first, thpinfo))["trxstatus"] == "0000"


async def test_an_application_that_nobody_confirms_lapses(rsa_merchant: Merchant, night: ManualClock) -> None:
    agreeid = await rsa_merchant.sign_card()
    thpinfo = (await rsa_merchant.apply(agreeid, validtime="5"))["thpinfo"]
    night.advance(seconds=300)
    assert (await rsa_merchant.confirm(agreeid, thpinfo))["trxstatus"] == "3088"


async def test_one_banks_outage_by_product_or_by_its_own_account(night: ManualClock, listener: Listener) -> None:
    address = "http://127.0.0.1:1"
    world = World(base_url=address, accounts=five_banks(address))
    async with running_sandbox(world, clock=night) as sandbox:
        for fault in ({"account": "quickpay-ccb"}, {"product": "quickpay_ccb"}):
            await sandbox.set_faults({"kind": "error_code", "code": "3999", "message": "银行维护中", **fault})
            for bank in BANKS:
                merchant = Merchant(sandbox, f"quickpay-{bank.slug}", listener.url)
                answer = await merchant.call("qpay/agreeapply", **(PERSON | {"acctno": bank.bins[0] + "1111111119876"}))
                assert (answer["trxstatus"] == "1999") is (bank.slug != "ccb"), bank.slug
        await sandbox.set_faults()
        merchant = Merchant(sandbox, "quickpay-icbc", listener.url)
        other = await merchant.call("qpay/agreeapply", **(PERSON | {"acctno": "6217001111111119876"}))
        assert "不支持此银行" in other["errmsg"]
