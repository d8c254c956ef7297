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
        await patient.get_by_text("系统繁忙", exact=True).click()
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


async def test_on_a_phone_the_panel_fits(house: House) -> None:
    async with house.visit("/faults", size=PHONE) as page:
        await page.locator("[data-patient=alipay-main]").get_by_text("变慢", exact=True).click()
        await expect(page.locator("[data-patient=alipay-main]")).to_contain_text("延迟")
        await fits(page)
