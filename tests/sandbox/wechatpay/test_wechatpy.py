"""The oracle for API V2: PyPI `wechatpy` (its own XML, its own signatures, its own TLS) takes money by payment code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.support import PATIENCE_S, RunningSandbox, running_sandbox, turn
from tests.sandbox.wechatpay.cashier import Cashier
from wechatpy.exceptions import WeChatPayException
from wechatpy.pay import WeChatPay

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.wechatpay.accounts import wechat_partner_account
from payswitch.sandbox.world import World, wechat_account


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    return World(
        base_url=address, accounts=[wechat_account("own", address), wechat_partner_account("partner", address)]
    )


@pytest.fixture
async def counters(world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=night) as running:
        yield running


class Counter:
    """wechatpy is synchronous: every call runs in a thread while the sandbox answers on the loop."""

    def __init__(self, sandbox: RunningSandbox, channel_id: str, folder: Path) -> None:
        self.cashier = Cashier(sandbox, sandbox.world.account(channel_id))
        keys = self.cashier.keys
        files = {"cert": keys.merchant_certificate, "key": keys.merchant_private_key, "ca": ""}
        files["ca"] = sandbox.world.authority.certificate
        for name, text in files.items():
            (folder / name).write_text(text)
        self._pay = WeChatPay(
            keys.appid,
            keys.api_v2_key,
            keys.mchid,
            sub_mch_id=keys.sub_mchid or None,
            mch_cert=str(folder / "cert"),
            mch_key=str(folder / "key"),
            timeout=PATIENCE_S,
        )
        self._pay._http.verify = str(folder / "ca")
        self._pay._http.trust_env = False
        self._sandbox = sandbox

    async def call(self, desk: str, name: str, *, tls: bool = False, **arguments: object) -> Any:
        world = self._sandbox.world
        self._pay.API_BASE_URL = f"{world.base_url_tls if tls else world.base_url}/"
        call = getattr(getattr(self._pay, desk), name)
        answer = dict(await asyncio.to_thread(call, **arguments))
        assert self._pay.check_signature(answer), "the answer's signature is not what wechatpy computes"
        return answer

    async def debit(self, code: str, **more: object) -> Any:
        wanted = {"body": "口红", "total_fee": 12_900, "client_ip": "203.0.113.7", "out_trade_no": "PY-000001"}
        return await self.call("micropay", "create", auth_code=code, **wanted | more)

    async def state(self) -> str:
        return str((await self.call("micropay", "query", out_trade_no="PY-000001"))["trade_state"])

    async def reverse(self) -> Any:
        return await self.call("order", "reverse", tls=True, out_trade_no="PY-000001")

    def close(self) -> None:
        self._pay._http.close()


@pytest.fixture(params=["own", "partner"])
async def counter(request: pytest.FixtureRequest, counters: RunningSandbox, tmp_path: Path) -> AsyncIterator[Counter]:
    counter = Counter(counters, request.param, tmp_path)
    yield counter
    counter.close()
    await turn()


async def test_paid_and_given_back_over_mutual_tls(counter: Counter, night: ManualClock) -> None:
    paid = await counter.debit(await counter.cashier.show_code())
    assert (paid["result_code"], paid["trade_type"], paid["total_fee"]) == ("SUCCESS", "MICROPAY", "12900")
    assert await counter.state() == "SUCCESS"
    night.advance(seconds=15)
    undone = await counter.reverse()
    assert (undone["result_code"], undone["recall"]) == ("SUCCESS", "N")
    assert await counter.state() == "REVOKED"


async def test_the_customer_is_asked_and_confirms(counter: Counter, counters: RunningSandbox) -> None:
    code = await counter.cashier.show_code(ask_above_fen=0)
    with pytest.raises(WeChatPayException) as raised:
        await counter.debit(code)
    assert (raised.value.return_code, raised.value.result_code, raised.value.errcode) == (
        "SUCCESS",
        "FAIL",
        "USERPAYING",
    )
    assert await counter.state() == "USERPAYING"
    assert (await counters.pay(code))["result"] == "paid"
    assert await counter.state() == "SUCCESS"


async def test_without_a_certificate_nothing_is_reversed(counter: Counter, night: ManualClock) -> None:
    await counter.debit(await counter.cashier.show_code())
    night.advance(seconds=15)
    counter._pay.mch_cert = None
    with pytest.raises(WeChatPayException):
        await counter.reverse()
    assert await counter.state() == "SUCCESS"
