"""A third-party client, pyallinpay, against the stand-in: its author never saw this project and must be able to pay.

Its answers' RSA check compares a signature with one made by the public key, which cannot work; there its own
`verify` is used instead. With MD5 everything is as published.
"""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import allinpay.client as allinpay_client
import allinpay.core.exceptions as allinpay_errors
import allinpay.core.utils as allinpay_utils
import pytest
from cryptography.hazmat.primitives import serialization
from tests.sandbox.quickpay.merchant import PERSON, private_key, public_key
from tests.sandbox.support import Listener, RunningSandbox

from payswitch.kit.clock import ManualClock, beijing
from payswitch.sandbox.quickpay.keys import QuickpayKeys
from payswitch.sandbox.quickpay.sms import SMS_CODE

SMS_SENT = "1999"


def der(key: Any) -> str:
    """Bare base64, as Allinpay's console shows keys and as this client wants them."""
    if hasattr(key, "private_bytes"):
        raw = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    else:
        raw = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


def make_client(sandbox: RunningSandbox, account: str) -> Any:
    keys = sandbox.world.account(account).keys
    assert isinstance(keys, QuickpayKeys)

    class Client(allinpay_client.AllInPayClient):  # type: ignore[misc, name-defined]
        API_BASE_URL = sandbox.base_url + "/"

        def check_sign(self, data: dict[str, str], sign_key: str = "sign", sign_type: str | None = None) -> None:
            if self.sign_type != "rsa":
                super().check_sign(data, sign_key, sign_type)
                return
            signer = allinpay_utils.AllInPayRsaSigner(delimiter=b"&", key=self.PUBLIC_RSA_KEY)
            for name, value in data.items():
                if name != sign_key and value:
                    signer.add_data(f"{name}={value}")
            assert signer.verify(data[sign_key])

        def add_sign(self, data: dict[str, Any], *args: Any, **more: Any) -> dict[str, Any]:
            data["signtype"] = self.sign_type.upper()
            signed: dict[str, Any] = super().add_sign(data, *args, **more)
            return signed

    if keys.md5_key:
        return Client(keys.appid, keys.cusid, keys.md5_key, timeout=5)
    return Client(
        keys.appid,
        keys.cusid,
        der(private_key(keys.merchant_private_key)),
        timeout=5,
        sign_type="rsa",
        public_key=der(public_key(keys.allinpay_public_key)),
    )


@pytest.fixture(params=["allinpay-md5", "allinpay-rsa"])
def client(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Iterator[Any]:
    made = make_client(sandbox, request.param)
    yield made
    made._http.close()


async def ask(call: Callable[..., Any], *args: Any, **fields: Any) -> dict[str, str]:
    """In a thread: the client is synchronous."""
    answer: dict[str, str] = await asyncio.to_thread(call, *args, **fields)
    return answer


async def refused(call: Callable[..., Any], **fields: Any) -> dict[str, str]:
    """The answer behind the exception that this client raises for everything but `0000`."""
    with pytest.raises(allinpay_errors.AllInPayClientException) as caught:
        await ask(call, **fields)
    answer: dict[str, str] = json.loads(caught.value.response.content)
    return answer


async def refused_message(call: Callable[..., Any], message: str, *args: Any) -> None:
    """`retcode=FAIL`, which this client raises, too."""
    with pytest.raises(allinpay_errors.AllInPayClientException, match=message):
        await asyncio.to_thread(call, *args)


async def test_a_payment_from_code_to_refund(client: Any, sandbox: RunningSandbox, listener: Listener) -> None:
    orders = client.unitorder
    made = await ask(orders.pay, "PS1", 129900, "W01", body="秋冬外套", notify_url=listener.url, validtime=15)
    assert (await refused(orders.query, reqsn="PS1", trxid=None))["trxstatus"] == "2008"
    assert (await sandbox.pay(made["payinfo"]))["result"] == "paid"
    paid = await ask(orders.query, "PS1", None)
    assert (paid["trxstatus"], paid["trxamt"]) == ("0000", "129900")
    back = await ask(orders.refund, "R1", 29900, oldreqsn="PS1")
    assert back["trxstatus"] == "0000"
    assert (await ask(orders.query, "R1", None))["trxamt"] == "29900"
    assert (await refused(orders.refund, reqsn="R1", trxamt=29900, oldreqsn="PS1"))["trxstatus"] == "3888"
    told = dict(piece.split("=", 1) for piece in (await listener.count(1))[0].body.decode().split("&"))
    assert told["cusorderid"] == "PS1"


async def test_a_cancel_on_the_same_day(client: Any, sandbox: RunningSandbox) -> None:
    made = await ask(client.unitorder.pay, "PS1", 100, "A01")
    await sandbox.pay(made["payinfo"], wallet="alipay")
    assert (await ask(client.unitorder.cancel, "C1", 100, oldtrxid=made["trxid"]))["trxstatus"] == "0000"
    assert (await sandbox.ledger())[0]["state"] == "refunded"


async def test_a_payment_code_is_debited_and_cancelled(client: Any, sandbox: RunningSandbox) -> None:
    orders = client.unitorder
    code = sandbox.core.payment_codes.issue("wechat").code
    assert (await ask(orders.scanqrpay, "PS1", 12900, code, body="外套"))["trxstatus"] == "0000"
    again = await refused(orders.scanqrpay, reqsn="PS2", trxamt=12900, authcode=code)
    assert again["trxstatus"] == "3999"
    assert (await ask(orders.query, "PS1", None))["trxamt"] == "12900"
    assert (await ask(orders.cancel, "C1", 12900, oldreqsn="PS1"))["trxstatus"] == "0000"
    assert (await refused(orders.query, reqsn="PS1", trxid=None))["trxstatus"] == "3050"


async def test_the_days_bill(client: Any, sandbox: RunningSandbox, night: ManualClock) -> None:
    day = f"{beijing(night.now_ms()):%Y%m%d}"
    await ask(client.unitorder.scanqrpay, "PS1", 12900, sandbox.core.payment_codes.issue("wechat").code)
    await refused_message(client.trxfile.get, "对账文件不存在", day)
    night.advance(seconds=86_400)
    address = await asyncio.to_thread(client.trxfile.get, day)
    async with sandbox.session.get(address) as answer:
        packed = zipfile.ZipFile(io.BytesIO(await answer.read()))
    [row] = list(csv.DictReader(packed.read(packed.namelist()[0]).decode("gbk").splitlines()))
    assert (row["订单号"], row["交易金额"], row["交易类型"]) == ("PS1", "129.00", "微信支付")
    night.advance(seconds=121)
    async with sandbox.session.get(address) as answer:
        assert answer.content_type == "text/html", "the address works for two minutes"


async def test_a_debit_over_a_signed_card_is_cancelled(client: Any, sandbox: RunningSandbox) -> None:
    desk = client.qpay
    applied = await refused(desk.agreeapply, **PERSON)
    agreeid = (await ask(desk.agreeconfirm, **PERSON, smscode=SMS_CODE, thpinfo=applied["thpinfo"]))["agreeid"]
    order = {"orderid": "PS1", "agreeid": agreeid, "amount": 129900, "subject": "外套", "notifyurl": ""}
    asked = await refused(desk.payapplyagree, **order)
    await ask(desk.payagreeconfirm, "PS1", agreeid, asked["thpinfo"], smscode=SMS_CODE)
    assert (await ask(desk.cancel, "C1", 129900, oldorderid="PS1"))["trxstatus"] == "0000"
    assert (await ask(desk.query, "C1"))["trxamt"] == "129900"
    assert (await refused(desk.query, orderid="PS1"))["trxstatus"] == "3050"
    assert (await sandbox.ledger())[0]["state"] == "refunded"


async def test_a_bank_card_from_signing_up_to_giving_back(client: Any, sandbox: RunningSandbox) -> None:
    desk = client.qpay
    applied = await refused(desk.agreeapply, **PERSON)
    assert applied["trxstatus"] == SMS_SENT
    signed = await ask(desk.agreeconfirm, **PERSON, smscode=SMS_CODE, thpinfo=applied["thpinfo"])
    agreeid = signed["agreeid"]
    order = {"orderid": "PS1", "agreeid": agreeid, "amount": 129900, "subject": "外套", "notifyurl": ""}
    asked = await refused(desk.payapplyagree, **order)
    assert asked["trxstatus"] == SMS_SENT
    resent = await ask(desk.paysmsagree, "PS1", agreeid=agreeid, thpinfo=asked["thpinfo"])
    assert resent["thpinfo"] == asked["thpinfo"]
    wrong = await refused(desk.payagreeconfirm, orderid="PS1", agreeid=agreeid, thpinfo=asked["thpinfo"], smscode="1")
    assert wrong["errmsg"] == "短信验证码错误"
    paid = await ask(desk.payagreeconfirm, "PS1", agreeid, asked["thpinfo"], smscode=SMS_CODE)
    assert paid["trxstatus"] == "0000"
    assert (await ask(desk.query, "PS1"))["trxamt"] == "129900"
    assert (await ask(desk.refund, "R1", 29900, oldorderid="PS1"))["trxstatus"] == "0000"
    [card] = json.loads(await asyncio.to_thread(desk.agreequery, "u-7"))
    assert (card["agreeid"], card["bankcode"]) == (agreeid, "01020000")
    assert (await ask(desk.unbind, agreeid))["trxstatus"] == "0000"


async def test_the_connector_signs_as_this_client_does(sandbox: RunningSandbox) -> None:
    """The connector's own signatures, judged by the third party's code."""
    from payswitch.connectors.quickpay.account import read_account

    fields = {"cusid": "1", "body": "秋冬外套 a+b/c", "empty": "", "trxamt": "129900", "appid": "2"}
    for account in ("allinpay-md5", "allinpay-rsa"):
        theirs = make_client(sandbox, account)
        ours = read_account(account, sandbox.world.account(account).connector_account()).signatures
        given = theirs.add_sign(dict(fields), None)
        sign = given.pop("sign")
        assert ours.sign(given).lower() == sign.lower()
        theirs._http.close()
