"""The payments desk: a customer calls with a number, a shop has not heard, money goes back, books are compared."""

from __future__ import annotations

import asyncio
import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from payswitch.domain.roles import Role
from payswitch.drill.client import Http
from payswitch.kit.clock import SystemClock, beijing_date
from tests.browser.console.house import DESK, PHONE, House, fits, says

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

SHOTS = os.environ.get("PAYSWITCH_SHOTS", "")
"""A folder: the pages are photographed there, for people."""


async def photograph(page: Page, name: str) -> None:
    if SHOTS:
        await page.wait_for_timeout(400)
        await page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


async def trade_no(house: House, payment_id: str) -> str:
    async with house.api() as api:
        found = json.loads((await api.call("GET", f"/v1/admin/payments/{payment_id}")).body)
    return str(found["out_trade_no"])


async def heard(house: House, payment_id: str) -> None:
    """The notification is here."""
    async with house.api() as api:
        for _ in range(100):
            found = json.loads((await api.call("GET", f"/v1/admin/payments/{payment_id}")).body)
            if found["state"] == "succeeded":
                return
            await asyncio.sleep(0.1)
    raise AssertionError("not paid")


async def void(house: House, *payers: str) -> None:
    """These customers' cards take nothing any more."""
    async with Http(house.stage.plan.sandbox_url, SystemClock()) as sandbox:
        assert (await sandbox.call("PUT", "/_sandbox/void-payers", {"payers": payers})).status == 200


async def test_a_customer_calls_and_the_operator_reads_the_whole_story_and_refunds_a_part(house: House) -> None:
    paid = await house.paid()
    number = await trade_no(house, paid.payment_id)
    async with house.visit("/payments") as page:
        await page.locator("input[name=number]").fill(number)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/payments/{paid.payment_id}")
        await expect(page.locator("[data-moment=request]")).to_contain_text(number)
        await expect(page.locator("[data-moment=decision]")).to_contain_text("首选")
        await expect(page.locator("[data-moment=payment]")).to_contain_text("支付成功", timeout=20_000)
        await page.get_by_text("展开决策理由").first.click()
        await says(page, "策略")

        await page.locator("[data-test=query]").click()
        await expect(page.locator("[data-test=heard]")).to_contain_text("paid")

        await page.locator("[data-test=refund]").click()
        await page.locator("input[name=amount]").fill("29.00")
        await page.locator("input[name=reason]").fill("包装破损")
        await page.locator("[data-test=refund-now]").click()
        await says(page, "退款已提交")
        await expect(page.locator("[data-moment=refund]").first).to_contain_text("29.00 元")
        await expect(page.locator("[data-moment=operator]").last).to_contain_text("包装破损")
        await photograph(page, "payment")

        async with page.expect_download() as taking:
            await page.locator("[data-test=evidence]").click()
        taken = await (await taking.value).path()
        with zipfile.ZipFile(taken) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        assert manifest["payment_id"] == paid.payment_id


async def test_filters_live_in_the_address_and_are_kept_under_a_name(house: House) -> None:
    await house.paid(amount_fen=8_800)
    waiting = await house.order(amount_fen=7_700, methods=["wechat"])  # an order that nobody scanned ends at once there
    async with house.visit("/payments?state=pending&min=77&max=77") as page:
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.locator("tbody tr")).to_contain_text("¥77.00")
        await page.locator("[data-test=views]").click()
        await page.get_by_label("名称").fill("77 元待支付")
        await page.locator("[data-test=keep-view]").click()
        await says(page, "已保存")
        await page.keyboard.press("Escape")
        await page.locator("[data-test=clear]").click()
        await page.wait_for_url(re.compile(r"/payments$"))
        await expect(page.locator("tbody tr").nth(1)).to_be_visible()
        await photograph(page, "payments")
        await page.locator("[data-test=switched]").click()
        await page.wait_for_url("**/payments?switched=yes")
        await page.locator("[data-test=views]").click()
        await page.get_by_text("77 元待支付").click()
        await page.wait_for_url("**/payments?state=pending&min=77&max=77")
        async with page.expect_download() as taking:
            await page.locator("[data-test=export]").click()
        content = await asyncio.to_thread((await (await taking.value).path()).read_text, encoding="utf-8-sig")
        assert waiting.payment_id in content
        assert "77.00" in content

        await page.locator("tbody tr").click()
        await page.locator("[data-test=close]").click()
        await page.locator("[data-test=confirm]").click()
        await says(page, "已关单：被取消")


async def test_a_phone_shows_payments_and_one_of_them(house: House) -> None:
    paid = await house.paid()
    async with house.visit("/payments", size=PHONE) as page:
        await expect(page.get_by_text("明前龙井 250 g").first).to_be_visible()
        await fits(page)
        await photograph(page, "payments-phone")
        await page.goto(f"{house.url}/payments/{paid.payment_id}")
        await expect(page.locator("[data-moment=request]")).to_be_visible()
        await fits(page)
        await photograph(page, "payment-phone")


async def test_a_shop_that_did_not_hear_is_told_again(house: House) -> None:
    await house.paid()
    async with house.visit("/events") as page:
        row = page.locator("tbody tr", has_text="支付成功").first
        await photograph(page, "events")
        await row.locator("td").first.click()
        await expect(page.locator("[data-test=body]")).to_contain_text("payment.succeeded")
        await page.locator("[data-test=resend]").click()
        await page.locator("[data-test=confirm]").click()
        await says(page, "已安排重发")


async def test_who_may_only_look_sees_no_button_that_moves_money(house: House) -> None:
    paid = await house.paid()
    async with house.visit(f"/payments/{paid.payment_id}", role=Role.READ_ONLY) as page:
        await expect(page.locator("[data-moment=payment]")).to_be_visible(timeout=20_000)
        for act in ("query", "close", "refund", "resend"):
            await expect(page.locator(f"[data-test={act}]")).to_have_count(0)


async def test_an_abnormal_refund_says_what_to_do_and_is_settled_by_hand(house: House) -> None:
    paid = await house.paid(methods=["wechat"])
    await heard(house, paid.payment_id)
    await void(house, "shopper")
    async with house.api() as api:
        wish = {"refund_no": "desk-1", "amount_fen": 5_000, "reason": "破损", "seen_refunded_fen": 0}
        made = await api.call("POST", f"/v1/admin/payments/{paid.payment_id}/refunds", wish)
    assert json.loads(made.body)["state"] in ("processing", "abnormal"), made.body
    async with house.visit("/refunds") as page:
        card = page.locator("[data-refund=abnormal]").first
        await expect(card).to_contain_text("建议", timeout=30_000)
        await void(house)
        await photograph(page, "refunds")
        await card.locator("[data-test=settle]").click()
        await page.get_by_label("原因").fill("工行转账 0007")
        await page.locator("[data-test=confirm]").click()
        await says(page, "已结清")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_bills_are_compared_now_and_the_day_stands_there(house: House, size: tuple[int, int]) -> None:
    async with house.visit("/reconciliation", size=size) as page:
        await page.locator("[data-test=reconcile]").click()
        await page.locator("[data-test=confirm]").click()
        await says(page, "已核对")
        await expect(page.locator("[data-run]").first).to_be_visible()
        await fits(page)
        await photograph(page, f"reconciliation-{size[0]}")


async def bills(house: House, *edits: dict[str, object]) -> None:
    """What WeChat's bills say from now on, today's too."""
    async with Http(house.stage.plan.sandbox_url, SystemClock()) as sandbox:
        wish = {"at_once": True, "edits": list(edits)}
        assert (await sandbox.call("PUT", "/_sandbox/bills/wechatpay", wish)).status == 200


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_a_bill_that_says_more_is_a_break_until_finance_settles_it_and_the_trail_knows_who(
    house: House, size: tuple[int, int]
) -> None:
    """The bill has 88.01 where the customer paid 88.00: shown with both sides and what to do, settled with a note."""
    paid = await house.paid(methods=["wechat"], amount_fen=8_800)
    await heard(house, paid.payment_id)
    async with house.api() as api:
        found = json.loads((await api.call("GET", f"/v1/admin/payments/{paid.payment_id}")).body)
        [won] = [one for one in found["attempts"] if one["attempt_id"] == found["winner_attempt_id"]]
        await bills(house, {"channel_order_no": won["channel_order_no"], "change": "amount", "by_fen": 1})
        today = {"date": beijing_date(SystemClock().now_ms()), "channel_id": won["channel_id"]}
        made = await api.call("POST", "/v1/admin/reconciliations", today)
        assert made.status == 200, made.body
    note = f"客服确认四舍五入，工单 {size[0]}"
    try:
        async with house.visit("/reconciliation", role=Role.FINANCE, size=size) as page:
            found_break = page.locator("[data-break=amount_differs]").filter(has_text=won["channel_order_no"])
            for said in ("¥88.00", "¥88.01", "¥0.01", "建议"):
                await expect(found_break).to_contain_text(said)
            await expect(page.locator("[data-run]").filter(has_text="差异").first).to_be_visible()
            await fits(page)
            await photograph(page, f"break-{size[0]}")

            await found_break.locator("[data-test=resolve]").click()
            await expect(page.locator("[data-test=confirm]")).to_be_disabled()
            await page.get_by_label("原因").fill(note)
            await page.locator("[data-test=confirm]").click()
            await expect(found_break).to_have_count(0)

            await page.get_by_text("全部", exact=True).click()
            await page.wait_for_url("**/reconciliation?state=all")
            await expect(found_break).to_contain_text(note)
            await expect(found_break.locator("[data-test=resolve]")).to_have_count(0)

            await page.goto(f"{house.url}/audit?kind=break")
            entry = page.locator("tbody tr, .cards > li").filter(has_text=note)
            await expect(entry).to_contain_text("处理完成")
            await expect(entry).to_contain_text("财务")
            await fits(page)
    finally:
        await bills(house)
