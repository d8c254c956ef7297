"""An owner at night takes a sick channel of the file out with his phone, sees the traffic move, and brings it back."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from payswitch.domain.roles import Role
from tests.browser.console.house import PHONE, House, fits, says

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

MAIN, BACKUP = "[data-channel=alipay-main]", "[data-channel=alipay-backup]"


async def goes_to(house: House, payments: int = 6) -> set[str]:
    """Through which channels the next customers of Alipay pay."""
    codes = [(await house.paid(methods=["alipay"])).credential for _ in range(payments)]
    return {code.channel_id for code in codes if code is not None}


async def press(page: Page, act: str, name: str, reason: str) -> None:
    """The button, a reason under the thumb, and the act itself."""
    await page.get_by_label(f"{act} {name}").click()
    await page.get_by_role("button", name=reason, exact=True).click()
    await page.locator("[data-test=confirm]").click()


async def test_one_press_moves_the_traffic_and_one_brings_it_back(house: House) -> None:
    assert "alipay-main" in await goes_to(house)
    async with house.visit("/live", size=PHONE) as page:
        await press(page, "停用", "支付宝·主", "渠道故障")
        await expect(page.locator(f"{MAIN} [data-state=disabled]")).to_be_visible()
        await expect(page.locator(MAIN)).to_contain_text("渠道故障")
        await fits(page)

        now = await goes_to(house)
        assert "alipay-backup" in now
        assert "alipay-main" not in now
        await expect(page.locator(f"{BACKUP} .share")).not_to_contain_text("–")

    await house.stage.kill_service(0.0)

    async with house.visit("/live", size=PHONE) as page:
        await expect(page.locator(MAIN)).to_contain_text("渠道故障")
        assert "alipay-main" not in await goes_to(house), "still, after kill -9"
        await press(page, "启用", "支付宝·主", "渠道已恢复")
        await says(page, "已启用")
        assert "alipay-main" in await goes_to(house)
        await expect(page.locator(f"{MAIN} [data-state=healthy]").first).to_be_visible()


async def test_the_last_one_is_disabled_knowingly(house: House) -> None:
    async with house.visit("/channels/alipay-backup") as page:
        await page.locator("[data-test=move]").click()
        await expect(page.locator("[data-test=warning]")).to_have_count(0)
        await page.get_by_role("button", name="渠道维护").click()
        await page.locator("[data-test=confirm]").click()
        await expect(page.locator("h1 [data-state]")).to_have_attribute("data-state", "disabled")
        await expect(page.locator("[data-action=disable]").first).to_contain_text("渠道维护")

        await page.goto(f"{house.url}/channels/alipay-main")
        await page.locator("[data-test=move]").click()
        await expect(page.locator("[data-test=warning]")).to_contain_text("支付宝")
        await page.get_by_role("button", name="取消").click()

        await page.goto(f"{house.url}/channels")
        await expect(page.locator(f"{BACKUP} [data-disabled]")).to_contain_text("渠道维护")
        await page.locator(BACKUP).click()
        await page.locator("[data-test=move]").click()
        await page.get_by_role("button", name="维护结束").click()
        await page.locator("[data-test=confirm]").click()
        await expect(page.locator("h1 [data-state]")).to_have_attribute("data-state", "enabled")


async def test_who_moves_no_channel_sees_who_did(house: House) -> None:
    async with house.visit("/live", role=Role.FINANCE) as page:
        await says(page, "支付宝·主")
        await expect(page.get_by_label("停用 支付宝·主")).to_have_count(0)
