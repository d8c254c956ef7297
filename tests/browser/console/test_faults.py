"""A newcomer kills a channel and watches the traffic move."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.console.house import PHONE, House, fits

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]


async def test_a_channel_is_killed_in_the_panel_its_breaker_opens_and_the_traffic_moves(house: House) -> None:
    async with house.visit("/") as page:
        await page.get_by_role("link", name="故障演练").click()
        patient = page.locator("[data-patient=wechat-main]")
        await patient.get_by_text("错误码", exact=True).click()
        await patient.get_by_role("button", name="开始").click()
        await expect(patient).to_contain_text("已影响 0 次")

        for _ in range(4):
            await house.paid(methods=["wechat"])

        await expect(patient.locator("[data-state]")).to_have_attribute("data-state", re.compile("open|probing"))
        await expect(page.locator("[data-share=wechat-backup]")).to_contain_text("%")
        await expect(page.locator("[data-moment=breaker]").filter(has_text="熔断").first).to_be_visible()
        await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "moved")

        await patient.get_by_role("button", name="恢复正常").click()
        await expect(patient.get_by_role("button", name="恢复正常")).to_have_count(0)
        for _ in range(12):
            await house.paid(methods=["wechat"])
            if await patient.locator("[data-state=healthy]").count():
                break
            await page.wait_for_timeout(500)
        await expect(patient.locator("[data-state]")).to_have_attribute("data-state", "healthy")


async def test_one_banks_customers_with_large_amounts_cannot_pay_for_a_while_and_one_press_makes_all_well(
    house: House,
) -> None:
    async with house.visit("/faults") as page:
        patient = page.locator("[data-patient=alipay-backup]")
        await patient.get_by_text("断网", exact=True).click()
        await expect(patient).to_contain_text("按银行限定请选“付不了款”")
        await patient.get_by_text("付不了款", exact=True).click()
        await patient.locator("[data-test=banks]").click()
        await page.locator(".n-base-select-option").get_by_text("工商银行", exact=True).click()
        await page.keyboard.press("Escape")
        await patient.get_by_label("最低金额（元）").fill("500")
        await patient.get_by_label("最高金额（元）").fill("50")
        await patient.get_by_text("5 分钟", exact=True).click()
        await patient.get_by_role("button", name="开始").click()
        await expect(patient.locator("[data-field=max_fen]")).to_contain_text("不能小于")

        await patient.get_by_label("最高金额（元）").fill("5000")
        await patient.get_by_role("button", name="开始").click()

        line = patient.locator("[data-fault=wallet_error]")
        for words in ("工商银行", "¥500.00 至 ¥5,000.00", "还剩"):
            await expect(line).to_contain_text(words)
        await expect(page.locator("[data-test=ill]")).to_have_text("1 个渠道有故障")
        await page.locator("[data-test=all-well]").click()
        await expect(line).to_have_count(0)
        await expect(page.locator("[data-test=ill]")).to_have_text("没有渠道有故障")


async def test_the_rarer_kinds_are_behind_more_and_ask_for_what_they_need(house: House) -> None:
    async with house.visit("/faults") as page:
        patient = page.locator("[data-patient=alipay-backup]")
        await patient.get_by_role("button", name="更多").click()
        await expect(patient.get_by_text("伪造通知", exact=True)).to_be_visible()
        await expect(patient.get_by_text("通知探测流量", exact=True), "only WeChat has them").to_have_count(0)
        await patient.get_by_text("通知迟到", exact=True).click()
        await patient.get_by_role("button", name="开始").click()
        await expect(patient.locator("[data-fault=notify_late]")).to_contain_text("直到恢复")
        await patient.get_by_text("不应答", exact=True).click()
        await patient.get_by_role("switch", name="订单照样生成").click()
        await patient.get_by_role("button", name="修改").click()
        await expect(patient.locator("[data-fault=hang]")).to_contain_text("订单照样生成")
        await page.reload()
        await expect(patient.get_by_role("switch", name="订单照样生成")).to_be_checked()
        await patient.get_by_role("button", name="恢复正常").click()
        await expect(patient.locator("[data-fault]")).to_have_count(0)


async def test_on_a_phone_the_panel_fits(house: House) -> None:
    async with house.visit("/faults", size=PHONE) as page:
        await page.locator("[data-patient=alipay-main]").get_by_text("变慢", exact=True).click()
        await expect(page.locator("[data-patient=alipay-main]")).to_contain_text("延迟")
        await fits(page)
