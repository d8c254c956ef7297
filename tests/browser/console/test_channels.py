"""Somebody sets up a new channel: wrong once, then right, tested with a real fen, put to work, and changed."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from payswitch.domain.channel import Method
from payswitch.domain.roles import Role
from payswitch.drill.views import CodeView
from tests.browser.console.house import PHONE, House, fits, says

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

NEW = "epay-v1"
"""In the sandbox's world, and not among the service's channels."""


async def choose(page: Page, text: str) -> None:
    """From the first drop-down list."""
    await page.locator("[data-field=connector]").click()
    await page.locator(".n-base-select-option", has_text=text).click()


async def fill_account(page: Page, account: dict[str, str]) -> None:
    if await page.locator(".n-collapse-item__header").count():
        await page.locator(".n-collapse-item__header").first.click()
    for key, value in account.items():
        await page.locator(f"[data-field='account.{key}'] input, [data-field='account.{key}'] textarea").first.fill(
            value
        )


async def test_a_new_channel_is_checked_tested_and_put_to_work(house: House) -> None:
    account = house.stage.plan.station.world.account(NEW).connector_account()
    async with house.visit("/channels") as page:
        await expect(page.locator("[data-channel]")).to_have_count(4)
        await page.get_by_role("button", name="新建渠道").click()
        await choose(page, "易支付")
        await page.get_by_text("易支付 支付宝", exact=True).click()
        await page.locator("[data-field=channel_id] input").fill(NEW)
        await page.locator("[data-field=name] input").fill("易支付·新")
        await page.get_by_role("button", name="校验并创建草稿").click()
        await says(page, "请修正以下内容")
        await expect(page.locator("[data-field='account.pid']")).to_contain_text(re.compile("缺失|缺少|missing"))

        await fill_account(page, account)
        await page.get_by_role("button", name="校验并创建草稿").click()
        await page.wait_for_url(f"**/channels/{NEW}")
        await says(page, "草稿", "第 1 版")

        await page.locator("[data-test=check]").click()
        await expect(page.locator("[data-finding]").first).to_be_visible()
        await page.locator("[data-test=begin]").click()
        await expect(page.locator("[data-test-state]")).to_have_attribute("data-test-state", "waiting")
        await pay(house, await page.get_by_role("link", name="打开收银台付款").get_attribute("href"))
        await expect(page.locator("[data-test-state]")).to_have_attribute("data-test-state", "refunded", timeout=40_000)

        await page.locator("[data-test=move]").click()
        await page.get_by_label("原因").fill("测试通过，上线")
        await page.locator("[data-test=confirm]").click()
        await expect(page.locator("h1 [data-state]")).to_have_attribute("data-state", "enabled")
        await expect(page.locator("[data-action=enable]")).to_contain_text("测试通过，上线")

        await page.locator("[data-test=edit]").click()
        await page.locator("[data-field=daily_cap_fen] input").fill("500")
        await page.locator("[data-test=save]").click()
        await says(page, "¥500.00")
        await expect(page.locator("[data-action=update]")).to_contain_text("50000")


async def pay(house: House, checkout_url: str | None) -> None:
    """A customer scans what the test's own page shows."""
    assert checkout_url is not None
    page = await house.browser.new_page(locale="zh-CN")
    try:
        await page.goto(checkout_url)
        await page.wait_for_selector("html[data-ready]")
        shown = (await (await page.request.get(f"{checkout_url}/status?env=desktop")).json())["shown"]
        code = CodeView(
            attempt_id=shown["attempt_id"],
            channel_id="",
            method=Method(shown["method"]),
            kind=shown["kind"],
            content=shown["content"],
            params=shown["params"],
        )
        answer = await house.stage.sandbox.pay(code, code.method.value, "tester", enough=True)
        assert answer is not None
        assert answer.result == "paid"
    finally:
        await page.close()


async def test_on_a_phone_a_channel_of_the_file_can_be_looked_at_and_probed(house: House) -> None:
    async with house.visit("/channels", size=PHONE) as page:
        await fits(page)
        await page.get_by_text("微信支付·主").click()
        await page.wait_for_url("**/channels/wechat-main")
        await fits(page)
        await page.get_by_role("button", name="立即探测").click()
        await page.locator("[data-test=confirm]").click()
        await says(page, "探测结果")
        await expect(page.locator("[data-test=move]")).to_have_text("停用")


async def test_who_may_only_look_cannot_change_anything(house: House) -> None:
    async with house.visit("/channels/wechat-main", role=Role.READ_ONLY) as page:
        await says(page, "支付产品")
        await expect(page.get_by_role("button", name="修改")).to_have_count(0)
        await expect(page.get_by_role("button", name="立即探测")).to_have_count(0)
