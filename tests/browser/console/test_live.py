"""The owner opens the console at night: does money come in, and what did the switch already do about it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from payswitch.domain.roles import Role
from tests.browser.console.house import PHONE, House, fits, says

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

BUSY = {"account": "alipay-main", "kind": "error_code", "operations": ["create"], "code": "ACQ.SYSTEM_ERROR"}


async def received_fen(page: Page) -> int:
    """What the board says came in, whatever the tests before have paid."""
    text = await page.locator("[data-figure=received]").inner_text()
    found = re.search(r"¥([\d,]+)\.(\d\d)", text)
    assert found, text
    return int(found[1].replace(",", "")) * 100 + int(found[2])


def shown(fen: int) -> str:
    return f"¥{fen // 100:,}.{fen % 100:02d}"


async def test_a_channel_dies_and_the_board_shows_it_and_where_the_traffic_went(house: House) -> None:
    async with house.visit("/live") as page:
        await expect(page.locator("[data-channel]").first).to_be_visible()
        before = await received_fen(page)
        await house.paid(methods=["alipay"])
        await expect(page.locator("[data-figure=received]")).to_contain_text(shown(before + 12_900))
        await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", re.compile("good|moved"))

        await house.stage.sandbox.set_faults([BUSY])
        sick = page.locator(
            "[data-channel=alipay-main][data-health=open], [data-channel=alipay-main][data-health=probing]"
        )
        paid = 1
        while paid < 20 and not await sick.count():
            await house.paid(methods=["alipay"])
            paid += 1

        await expect(sick).to_be_visible()
        await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "moved")
        await says(page, "收款正常，已绕开故障渠道")
        await expect(page.locator("[data-moment=breaker]").filter(has_text="熔断").first).to_be_visible()
        await expect(page.locator("[data-moment=switched]").first).to_be_visible()
        await expect(page.locator("[data-figure=received]")).to_contain_text(shown(before + paid * 12_900))


async def test_the_address_of_a_window_can_be_shared_and_a_phone_shows_all_of_it(house: House) -> None:
    async with house.visit("/live?w=1h", size=PHONE) as page:
        await expect(page.locator("[data-figure=received]")).to_contain_text("近 1 小时")
        await page.get_by_text("今日", exact=True).click()
        await page.wait_for_url("**/live?w=today")
        await fits(page)
        await expect(page.locator("nav.bar")).to_be_visible()
        await page.get_by_text("更多").click()
        await says(page, "现在")


async def test_who_may_only_look_has_no_buttons(house: House) -> None:
    async with house.visit("/live", role=Role.READ_ONLY) as page:
        await expect(page.locator("[data-channel]").first).to_be_visible()
        await expect(page.get_by_label(re.compile("立即探测"))).to_have_count(0)
