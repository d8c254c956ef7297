"""Huifu's own Python SDK (PyPI `dg-sdk`) against the stand-in: another author's idea of the same wire.

The SDK signs with pycryptodome, verifies every answer's signature over its own sorting of the data, and raises when one
does not hold.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import dg_sdk
import pytest
from tests.sandbox.huifu.merchant import BUYER, ORDER_NO, REFUND_NO, WALLETS, shown
from tests.sandbox.huifu.shop import Shop
from tests.sandbox.support import RunningSandbox

from payswitch.kit.clock import ManualClock, beijing
from payswitch.sandbox.huifu.trades import TRADE_TYPES
from payswitch.sandbox.world import AccountSpec


def bare(pem: str) -> str:
    """Keys as the SDK wants them: without armour."""
    return "".join(line for line in pem.splitlines() if not line.startswith("-"))


def configure(spec: AccountSpec, base_url: str, **changes: str) -> None:
    keys: Any = spec.keys
    settings = {
        "private_key": bare(keys.merchant_private_key),
        "public_key": bare(keys.huifu_public_key),
        "sys_id": keys.sys_id,
        "product_id": keys.product_id,
    }
    dg_sdk.DGClient.mer_config = dg_sdk.MerConfig(**(settings | changes))
    dg_sdk.DGClient.BASE_URL = base_url


@pytest.fixture(params=["direct", "provider"])
def spec(request: pytest.FixtureRequest, huifu: RunningSandbox) -> Iterator[AccountSpec]:
    """The SDK keeps its settings in classes; they are put back."""
    before = dg_sdk.DGClient.BASE_URL
    spec = huifu.world.account(request.param)
    configure(spec, huifu.base_url)
    yield spec
    dg_sdk.DGClient.BASE_URL = before


async def post(request: Any, **extended: str) -> dict[str, Any]:
    """The SDK blocks: it gets a thread of its own."""
    answer: dict[str, Any] = await asyncio.to_thread(request.post, extended)
    return answer


def today(huifu: RunningSandbox) -> str:
    return beijing(huifu.core.clock.now_ms()).strftime("%Y%m%d")


def ordered(huifu: RunningSandbox, spec: AccountSpec, trade_type: str) -> tuple[Any, dict[str, str]]:
    keys: Any = spec.keys
    request = dg_sdk.V2TradePaymentJspayRequest()
    request.req_date, request.req_seq_id, request.huifu_id = today(huifu), ORDER_NO, keys.huifu_id
    request.goods_desc, request.trade_type, request.trans_amt = "秋冬外套 “一件”", trade_type, "129.00"
    extended = {"notify_url": "http://127.0.0.1:9/notify", "remark": ""}
    if trade_type in BUYER:
        name, inside = BUYER[trade_type]
        appid = keys.wx_appid if trade_type == "T_JSAPI" else keys.wx_mini_appid
        extended[name] = json.dumps({**inside, "sub_appid": appid} if name == "wx_data" else inside)
    return request, extended


def about(kind: str, huifu: RunningSandbox, spec: AccountSpec, **fields: str) -> Any:
    """One of the SDK's request objects about the order."""
    keys: Any = spec.keys
    request = getattr(dg_sdk, f"V2TradePaymentScanpay{kind}Request")()
    request.huifu_id, request.org_req_date = keys.huifu_id, today(huifu)
    for name, value in fields.items():
        setattr(request, name, value)
    return request


@pytest.mark.parametrize("trade_type", TRADE_TYPES)
async def test_the_sdk_orders_asks_and_pays_back(
    huifu: RunningSandbox, spec: AccountSpec, night: ManualClock, trade_type: str
) -> None:
    request, extended = ordered(huifu, spec, trade_type)
    made = await post(request, **extended)
    assert (made["resp_code"], made["trans_stat"]) == ("00000100", "P"), made
    query = about("Query", huifu, spec, org_req_seq_id=ORDER_NO)
    assert (await post(query))["trans_stat"] == "P"
    content, params = shown(made)
    assert (await huifu.pay(content, params=params, wallet=WALLETS[trade_type[0]]))["result"] == "paid"
    assert (await post(query))["trans_stat"] == "S"

    own = {"req_date": today(huifu), "req_seq_id": REFUND_NO}
    refund = about("Refund", huifu, spec, ord_amt="29.00", **own)
    given = await post(refund, org_req_seq_id=ORDER_NO, remark="七天无理由")
    assert (given["resp_code"], given["trans_stat"]) == ("00000100", "P"), given
    night.advance(seconds=1)
    asked = await post(about("Refundquery", huifu, spec, org_req_seq_id=REFUND_NO))
    assert (asked["trans_stat"], asked["remark"]) == ("S", "七天无理由")


async def test_the_sdk_closes_and_asks_about_the_close(
    huifu: RunningSandbox, spec: AccountSpec, night: ManualClock
) -> None:
    request, extended = ordered(huifu, spec, "A_NATIVE")
    await post(request, **extended)
    night.advance(seconds=60)
    own = {"req_date": today(huifu), "req_seq_id": "C1"}
    for kind in ("Close", "Closequery"):
        closed = await post(about(kind, huifu, spec, **own), org_req_seq_id=ORDER_NO)
        assert (closed["resp_code"], closed["trans_stat"]) == ("00000000", "S"), closed


async def test_the_sdk_verifies_a_notification(huifu: RunningSandbox, spec: AccountSpec, shop: Shop) -> None:
    request, extended = ordered(huifu, spec, "D_NATIVE")
    made = await post(request, **(extended | {"notify_url": shop.url}))
    await huifu.pay(made["qr_code"], wallet="ecny")
    await shop.count(1)
    form = dict(parse_qsl(shop.bodies[0].decode(), strict_parsing=True))
    data, sign = json.loads(form["resp_data"]), form["sign"]
    assert dg_sdk.DGTools.verify_sign(data, sign) == (True, "")
    assert dg_sdk.DGTools.verify_sign(data | {"trans_amt": "1.00"}, sign)[0] is False


async def test_the_sdk_refuses_a_strangers_answer(huifu: RunningSandbox, spec: AccountSpec) -> None:
    await huifu.set_faults({"kind": "bad_signature", "operations": ["create"]})
    request, extended = ordered(huifu, spec, "D_NATIVE")
    with pytest.raises(RuntimeError):
        await post(request, **extended)


async def test_the_sdk_with_a_wrong_key_hears_no_signed_word(huifu: RunningSandbox, spec: AccountSpec) -> None:
    other = next(account for account in huifu.world.accounts if account is not spec)
    keys: Any = other.keys
    configure(spec, huifu.base_url, private_key=bare(keys.merchant_private_key))
    request, extended = ordered(huifu, spec, "D_NATIVE")
    assert await post(request, **extended) == {"resp_code": "10000000", "resp_desc": "签名验证失败"}
