"""The stand-in's daily bill: ready at ten the next morning, true to the books, and wrong on purpose when told."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from tests.sandbox.support import Listener, RunningSandbox
from tests.sandbox.wechatpay.merchant import Answered, Merchant
from tests.sandbox.wechatpay.sdk import open_sdk, sandbox_for_sdk

from payswitch.kit.clock import ManualClock, SystemClock, beijing
from payswitch.sandbox.wechatpay.accounts import wechat_partner_account
from payswitch.sandbox.world import World

NIGHT = "2026-11-09"
HOUR_S = 3_600


async def ask(shop: Merchant, day: str = NIGHT, more: str = "&tar_type=GZIP") -> Answered:
    return await shop.send("GET", f"/v3/bill/tradebill?bill_date={day}&bill_type=ALL{more}")


async def fetch(shop: Merchant, offered: Answered) -> bytes:
    """The file behind an offer, hash checked."""
    assert offered.status == 200, offered.raw
    file = await shop.send("GET", offered.body["download_url"].removeprefix(shop.sandbox.base_url))
    assert file.status == 200
    assert not file.verified, "the file itself is not signed"
    content = gzip.decompress(file.raw) if file.raw.startswith(b"\x1f\x8b") else file.raw
    assert offered.body["hash_type"] == "SHA1"
    assert hashlib.sha1(content, usedforsecurity=False).hexdigest() == offered.body["hash_value"]
    return content


def table(content: bytes) -> tuple[list[dict[str, str]], dict[str, str]]:
    """(rows, totals) of a file, by the columns' names."""
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines.pop() == ""
    values = [line.removeprefix("`").split(",`") for line in lines]
    header, totals_header = lines[0].split(","), lines[-2].split(",")
    rows = [dict(zip(header, row, strict=True)) for row in values[1:-2]]
    return rows, dict(zip(totals_header, values[-1], strict=True))


async def sell(shop: Merchant, number: str, total: int) -> None:
    code = await shop.code(number, amount={"total": total, "currency": "CNY"})
    assert (await shop.sandbox.pay(code))["result"] == "paid"


async def set_bills(shop: Merchant, **settings: object) -> int:
    address = f"{shop.sandbox.base_url}/_sandbox/bills/wechatpay"
    async with shop.sandbox.session.put(address, json=settings) as answer:
        return answer.status


async def test_the_bill_of_a_night(shop: Merchant, night: ManualClock) -> None:
    await sell(shop, "NIGHT-0001", 12_900)
    await sell(shop, "NIGHT-0002", 1)
    await shop.create("NIGHT-0003")
    await shop.refund(2_900, refund_no="BACK-1")
    night.advance(seconds=14 * HOUR_S)

    rows, totals = table(await fetch(shop, await ask(shop)))
    first, second, refund = rows
    assert [row["商户订单号"] for row in rows] == ["NIGHT-0001", "NIGHT-0002", "NIGHT-0001"], (
        "unpaid orders are not in it"
    )
    assert first["交易时间"] == "2026-11-09 20:37:00"
    assert (first["公众账号ID"], first["商户号"], first["特约商户号"]) == (shop.keys.appid, shop.keys.mchid, "0")
    assert (first["交易状态"], first["订单金额"], first["手续费"]) == ("SUCCESS", "129.00", "0.77000")
    assert (first["费率"], first["商品名称"], first["交易类型"]) == ("0.60%", "直播间爆款", "NATIVE")
    assert (second["订单金额"], second["手续费"]) == ("0.01", "0.00000")
    assert (refund["交易状态"], refund["申请退款金额"], refund["退款金额"]) == ("REFUND", "29.00", "29.00")
    assert (refund["商户退款单号"], refund["手续费"], refund["订单金额"]) == ("BACK-1", "-0.17000", "0.00")
    asked = await shop.query("NIGHT-0001")
    assert {row["微信订单号"] for row in (first, refund)} == {asked.body["transaction_id"]}
    assert list(totals.values()) == ["3", "129.01", "29.00", "0.00", "0.60000", "129.01", "29.00"]
    assert table(await fetch(shop, await ask(shop, more="")))[0] == rows, "unpacked it is the same"


async def test_together_the_refunds_give_back_the_whole_fee(shop: Merchant, night: ManualClock) -> None:
    await sell(shop, "NIGHT-0001", 12_900)
    for n, part in enumerate((1_000, 11_000, 900)):
        await shop.refund(part, refund_no=f"BACK-{n}")
    night.advance(seconds=14 * HOUR_S)
    _, totals = table(await fetch(shop, await ask(shop)))
    assert totals["手续费总金额"] == "0.00000"


async def test_a_refund_stands_in_the_bill_of_its_own_day(shop: Merchant, night: ManualClock) -> None:
    await sell(shop, "NIGHT-0001", 12_900)
    night.advance(seconds=14 * HOUR_S)
    await shop.refund(2_900)
    night.advance(seconds=24 * HOUR_S)
    assert [row["交易状态"] for row in table(await fetch(shop, await ask(shop)))[0]] == ["SUCCESS"]
    assert [row["交易状态"] for row in table(await fetch(shop, await ask(shop, "2026-11-10")))[0]] == ["REFUND"]


async def test_when_there_is_a_bill(shop: Merchant, night: ManualClock) -> None:
    await sell(shop, "NIGHT-0001", 12_900)
    assert (await ask(shop)).code == "INVALID_REQUEST", "the day is not over"
    night.advance(seconds=4 * HOUR_S)
    assert (await ask(shop)).code == "STATEMENT_CREATING"
    night.advance(seconds=9 * HOUR_S + 1_400)
    assert (await ask(shop)).status == 200
    assert (await ask(shop, "2026-11-08")).code == "NO_STATEMENT_EXIST"
    for wrong in ("2026-11-31", "20261109", ""):
        assert (await ask(shop, wrong)).code == "PARAM_ERROR"
    assert (await ask(shop, more="&tar_type=ZIP")).code == "PARAM_ERROR"


async def test_an_address_works_for_five_minutes_and_for_its_merchant(
    shop: Merchant, migrating_shop: Merchant, night: ManualClock
) -> None:
    await sell(shop, "NIGHT-0001", 12_900)
    night.advance(seconds=14 * HOUR_S)
    address = (await ask(shop)).body["download_url"].removeprefix(shop.sandbox.base_url)
    assert (await migrating_shop.send("GET", address)).code == "NO_AUTH"
    assert (await shop.send("GET", address, signature="wrong")).code == "SIGN_ERROR"
    night.advance(seconds=299)
    assert (await shop.send("GET", address)).status == 200
    night.advance(seconds=1)
    assert (await shop.send("GET", address)).code == "INVALID_REQUEST"


async def test_a_bill_that_does_not_agree_with_the_books(shop: Merchant, night: ManualClock) -> None:
    await sell(shop, "NIGHT-0001", 12_900)
    await sell(shop, "NIGHT-0002", 500)
    await shop.refund(2_900, refund_no="BACK-1")
    edits = [
        {"channel_order_no": "NIGHT-0002", "change": "drop"},
        {"channel_order_no": "NIGHT-0001", "out_refund_no": "BACK-1", "change": "amount", "by_fen": -1},
    ]
    assert await set_bills(shop, edits=edits, at_once=True) == 200
    rows, totals = table(await fetch(shop, await ask(shop)))
    assert [(row["商户订单号"], row["订单金额"], row["申请退款金额"]) for row in rows] == [
        ("NIGHT-0001", "129.00", "0.00"),
        ("NIGHT-0001", "0.00", "28.99"),
    ]
    assert (totals["总交易单数"], totals["申请退款总金额"]) == ("2", "28.99"), "it agrees with itself"
    assert await set_bills(shop, edits=[{"channel_order_no": "X", "change": "lose"}]) == 400
    assert await set_bills(shop, edit=[]) == 400


# -- the third party's SDK -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def provider_world() -> World:
    return World(base_url="http://127.0.0.1:1", accounts=[wechat_partner_account("sub-1", "http://127.0.0.1:1")])


@pytest.fixture
async def sandbox(world: World, provider_world: World) -> AsyncIterator[RunningSandbox]:
    accounts = [*world.accounts, *provider_world.accounts]
    async with sandbox_for_sdk(World(base_url=world.base_url, accounts=accounts)) as running:
        yield running


@pytest.mark.parametrize("channel_id", ["wechat-main", "wechat-backup", "sub-1"])
async def test_the_sdk_fetches_a_bill(
    sandbox: RunningSandbox, listener: Listener, monkeypatch: pytest.MonkeyPatch, channel_id: str
) -> None:
    sdk = await open_sdk(sandbox, channel_id, listener.url, monkeypatch)
    sub = {"sub_mchid": sdk.keys.sub_mchid} if sdk.keys.sub_mchid else {}
    _, made = await sdk.call("pay", description="爆款", out_trade_no="BILL-0001", amount={"total": 12_900}, **sub)
    await sandbox.pay(made["code_url"])
    shop = Merchant(sandbox, sandbox.world.account(channel_id), SystemClock())
    await set_bills(shop, at_once=True)
    today = f"{beijing(SystemClock().now_ms()):%Y-%m-%d}"

    status, offered = await sdk.call("trade_bill", bill_date=today, **sub)
    assert status == 200, offered
    status, packed = await sdk.raw("download_bill", url=offered["download_url"])
    assert status == 200
    content = gzip.decompress(packed)
    assert hashlib.sha1(content, usedforsecurity=False).hexdigest() == offered["hash_value"]
    rows, totals = table(content)
    assert [(r["商户订单号"], r["订单金额"], r["特约商户号"]) for r in rows] == [
        ("BILL-0001", "129.00", sdk.keys.sub_mchid or "0")
    ]
    assert totals["订单总金额"] == "129.00"
    yesterday = f"{datetime.fromtimestamp(SystemClock().now_ms() / 1_000 - 2 * 86_400, UTC):%Y-%m-%d}"
    status, refused = await sdk.call("trade_bill", bill_date=yesterday, **sub)
    assert (status, refused["code"]) == (400, "NO_STATEMENT_EXIST")
