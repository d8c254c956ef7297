"""Getting in, getting out, and not getting in."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.console.house import House, says

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]


async def test_a_stranger_is_led_to_the_login_and_told_what_was_wrong(house: House) -> None:
    context = await house.browser.new_context(locale="zh-CN")
    try:
        page = await context.new_page()
        await page.goto(house.url + "/live?w=1h")
        await page.wait_for_url("**/console/login?next=/live?w=1h")
        await page.fill("input[name=user]", "nobody")
        await page.fill("input[name=password]", "not the password")
        await page.get_by_role("button", name="登录").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        assert page.url.endswith("/login?next=/live?w=1h")
        await page.get_by_text("English").click()
        await says(page, "User name")
    finally:
        await context.close()


async def test_the_link_is_gone_from_the_address_and_who_signs_out_is_out(house: House) -> None:
    async with house.visit("/live") as page:
        assert "link=" not in page.url
        await page.get_by_label("退出登录").click()
        await page.wait_for_url(re.compile("/console/login"))
