"""The shopper's wallet, its page, and the address that drills steer the sandbox by."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request
from tests.sandbox.support import Listener, RunningSandbox, until
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.admin import local


@pytest.fixture
def shop(channels: RunningSandbox, night: ManualClock, listener: Listener) -> Merchant:
    return Merchant(channels, channels.world.account("wechat-main"), night, listener.url)


async def ask(sandbox: RunningSandbox, method: str, path: str, **how: Any) -> tuple[int, Any]:
    timeout = aiohttp.ClientTimeout(total=5)
    async with sandbox.session.request(method, sandbox.base_url + path, timeout=timeout, **how) as answer:
        return answer.status, await (answer.json() if "json" in answer.content_type else answer.text())


# -- the wallet ------------------------------------------------------------------------------------------------------


async def test_a_shopper_pays_and_the_books_show_it(shop: Merchant, channels: RunningSandbox) -> None:
    result = await channels.pay(await shop.code())
    assert result == {
        "result": "paid",
        "message": "支付成功 / Paid",
        "account": "wechat-main",
        "channel_order_no": "NIGHT-0001",
    }
    (entry,) = await channels.ledger()
    assert (entry["n"], entry["state"], entry["amount_fen"]) == (1, "paid", 12_900)
    assert str(entry["transaction_id"]).startswith("4200")
    assert len(str(entry["transaction_id"])) == 28


async def test_a_shopper_without_money_leaves_the_order_open(shop: Merchant, channels: RunningSandbox) -> None:
    code = await shop.code()
    assert (await channels.pay(code, balance_fen=12_899))["result"] == "insufficient_balance"
    assert (await channels.pay(code, balance_fen=12_900))["result"] == "paid"


async def test_the_wrong_wallet_cannot_pay(shop: Merchant, channels: RunningSandbox) -> None:
    assert (await channels.pay(await shop.code(), wallet="alipay"))["result"] == "wrong_wallet"


@pytest.mark.parametrize("content", ["", "hello", "weixin://wxpay/bizpayurl?pr=NOSUCHCODE", "https://["])
async def test_a_code_that_leads_nowhere(channels: RunningSandbox, content: str) -> None:
    result = await channels.pay(content)
    assert (result["result"], result["channel_order_no"]) == ("not_found", None)


async def test_ten_thumbs_pay_once(shop: Merchant, channels: RunningSandbox, listener: Listener) -> None:
    code = await shop.code()
    results = await asyncio.gather(*(channels.pay(code) for _ in range(10)))
    assert sorted(str(r["result"]) for r in results) == ["already_paid"] * 9 + ["paid"]
    await until(lambda: channels.core.notifier.pending == 0)
    assert len(listener.heard) == 1


async def test_a_refunded_order_is_not_paid_again(shop: Merchant, channels: RunningSandbox, night: ManualClock) -> None:
    code = await shop.code()
    await channels.pay(code)
    await shop.refund(12_900)
    await until(lambda: channels.core.notifier.pending == 0)
    night.advance(seconds=1)
    await until(lambda: channels.core.ledger.entries()[0].state == "refunded")
    assert (await channels.pay(code))["result"] == "already_paid"


# -- its page --------------------------------------------------------------------------------------------------------


async def test_a_person_sees_what_is_paid_and_confirms(shop: Merchant, channels: RunningSandbox) -> None:
    code = await shop.code()
    status, page = await ask(channels, "GET", "/wallet", params={"c": code})
    assert status == 200
    for text in ("¥129.00", "微信支付·主", "直播间爆款", "确认支付", "取消", "余额不足", "沙箱"):
        assert text in page
    status, page = await ask(channels, "POST", "/wallet", data={"c": code, "action": "confirm", "wallet": "wechat"})
    assert 'data-result="paid"' in page
    assert "确认支付" not in page
    assert (await channels.ledger())[0]["state"] == "paid"


async def test_a_person_may_cancel_or_find_the_wallet_empty_and_still_pay(
    shop: Merchant, channels: RunningSandbox
) -> None:
    code = await shop.code()
    for action, result in (("cancel", "cancelled"), ("no_balance", "insufficient_balance"), ("confirm", "paid")):
        _, page = await ask(channels, "POST", "/wallet", data={"c": code, "action": action})
        assert f'data-result="{result}"' in page


async def test_the_page_of_a_finished_order_has_no_buttons(shop: Merchant, channels: RunningSandbox) -> None:
    code = await shop.code()
    await channels.pay(code)
    _, page = await ask(channels, "GET", "/wallet", params={"c": code})
    assert 'data-result="not_payable"' in page
    assert "确认支付" not in page


async def test_the_page_of_an_unknown_code(channels: RunningSandbox) -> None:
    for method, how in (("GET", {"params": {"c": "x"}}), ("POST", {"data": {"c": "x", "action": "confirm"}})):
        status, page = await ask(channels, method, "/wallet", **how)
        assert status == 200
        assert 'data-result="not_found"' in page


async def test_a_wallet_without_a_code_asks_for_one(channels: RunningSandbox) -> None:
    status, page = await ask(channels, "GET", "/wallet")
    assert status == 200
    assert 'name="c"' in page
    assert "data-result" not in page


async def test_an_unknown_button_does_nothing(shop: Merchant, channels: RunningSandbox) -> None:
    status, _ = await ask(channels, "POST", "/wallet", data={"c": await shop.code(), "action": "steal"})
    assert status == 400
    assert (await channels.ledger())[0]["state"] == "open"


async def test_what_a_shop_writes_stays_text(shop: Merchant, channels: RunningSandbox) -> None:
    code = await shop.code(description="<script>alert(1)</script>")
    order = channels.core.ledger.entries()[0]
    channels.core.ledger.come_back_to(order, "javascript:alert(1)")
    _, page = await ask(channels, "GET", "/wallet", params={"c": code})
    assert "<script>" not in page
    assert "javascript:" not in page


# -- steering --------------------------------------------------------------------------------------------------------


async def test_the_sandbox_says_that_it_is_well(channels: RunningSandbox) -> None:
    assert await ask(channels, "GET", "/_sandbox/health") == (200, {"ok": True})


async def test_faults_are_set_added_listed_and_cleared(channels: RunningSandbox, night: ManualClock) -> None:
    hang = {"kind": "hang", "account": "wechat-main", "from_s": 10}
    status, body = await ask(channels, "PUT", "/_sandbox/faults", json={"faults": [hang]})
    assert (status, len(body["faults"])) == (200, 1)
    await ask(channels, "POST", "/_sandbox/faults", json={"kind": "refuse", "account": "alipay-main"})
    _, body = await ask(channels, "GET", "/_sandbox/faults")
    assert [(f["kind"], f["account"], f["active"]) for f in body["faults"]] == [
        ("hang", "wechat-main", False),
        ("refuse", "alipay-main", True),
    ]
    _, body = await ask(channels, "PUT", "/_sandbox/faults", json={"faults": [{"kind": "hang"}]})
    assert len(body["faults"]) == 1
    assert await ask(channels, "DELETE", "/_sandbox/faults") == (200, {"faults": []})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/_sandbox/faults", b"{"),
        ("PUT", "/_sandbox/faults", b'{"faults": [{"kind": "plague"}]}'),
        ("PUT", "/_sandbox/faults", b"[]"),
        ("POST", "/_sandbox/faults", b'{"kind": "latency"}'),
        ("POST", "/_sandbox/wallet/pay", b'{"wallet": "wechat"}'),
        ("POST", "/_sandbox/wallet/pay", b'{"credential": {}, "wallet": "wechat", "balance": 5}'),
        ("POST", "/_sandbox/wallet/pay", b"\xff"),
        ("GET", "/_sandbox/ledger?after=-1", b""),
        ("GET", "/_sandbox/ledger?limit=many", b""),
    ],
)
async def test_what_cannot_be_read_is_refused_and_changes_nothing(
    channels: RunningSandbox, method: str, path: str, body: bytes
) -> None:
    await channels.set_faults({"kind": "hang", "account": "nobody"})
    status, answer = await ask(channels, method, path, data=body or None)
    assert status == 400
    assert answer["error"]
    assert len(channels.core.faults.all()) == 1


async def test_the_ledger_is_read_in_pages(shop: Merchant, channels: RunningSandbox) -> None:
    for n in range(3):
        await shop.create(f"PAGE-{n:04d}")
    _, first = await ask(channels, "GET", "/_sandbox/ledger?limit=2")
    _, second = await ask(channels, "GET", f"/_sandbox/ledger?after={first['next']}&limit=2")
    _, third = await ask(channels, "GET", f"/_sandbox/ledger?after={second['next']}")
    assert [e["channel_order_no"] for e in first["entries"] + second["entries"]] == [
        "PAGE-0000",
        "PAGE-0001",
        "PAGE-0002",
    ]
    assert third == {"entries": [], "next": 3}


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("127.8.8.8", 200), ("192.168.1.5", 403), ("", 403)]
)
async def test_only_this_machine_steers(channels: RunningSandbox, address: str, status: int) -> None:
    reached = []

    async def handler(request: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        reached.append(request)
        return aiohttp.web.Response()

    request = make_mocked_request("GET", "/_sandbox/faults").clone(remote=address)
    answer = await local(handler)(request)  # type: ignore[arg-type]
    assert (answer.status, len(reached)) == (status, 1 if status == 200 else 0)
