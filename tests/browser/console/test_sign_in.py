"""Getting in, getting out, and not getting in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, expect

from payswitch.domain.roles import Role
from tests.browser.console.house import DESK, PASSWORD, PATIENCE_MS, PHONE, House, says

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


@asynccontextmanager
async def two_tabs(house: House, first: str, size: tuple[int, int] = DESK) -> AsyncIterator[tuple[Page, Page]]:
    """Somebody with a password who has this page open, and another one beside it. (No `visit`: a browser writes down a
    refused session like an error, and here it is the story.)"""
    context = await house.browser.new_context(locale="zh-CN", viewport={"width": size[0], "height": size[1]})
    context.set_default_timeout(PATIENCE_MS)
    try:
        page, other = await context.new_page(), await context.new_page()
        await page.goto(await house.link(Role.OWNER))
        await page.wait_for_url(re.compile(r"/console/(?!sign-in|login)"))
        await page.goto(house.url + "/profile")
        await page.fill("input[name=new]", PASSWORD)
        await page.get_by_role("button", name="保存密码").click()
        await says(page, "密码已修改")
        await page.goto(house.url + first)
        await other.goto(house.url + "/shops")
        yield page, other
    finally:
        await context.close()


async def sign_in_again(page: Page, name: str) -> None:
    await expect(page.locator("[data-test=ended]")).to_contain_text("登录已过期")
    await page.fill("input[name=user]", name)
    await page.fill("input[name=password]", PASSWORD)
    await page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_a_session_that_ended_leads_to_the_sign_in_and_back_to_the_same_filters(
    house: House, size: tuple[int, int]
) -> None:
    await house.paid(amount_fen=6_600)
    async with two_tabs(house, "/payments?state=succeeded&min=66&max=66", size) as (page, other):
        await says(page, "¥66.00")
        name = await user_of(other)
        service = house.stage.plan.service_url
        gone = await other.request.delete(f"{service}/v1/console/session", headers={"X-PaySwitch-Console": "1"})
        assert gone.ok, await gone.text()

        await page.locator("[data-test=switched]").click()

        await page.wait_for_url("**/console/login?next=**")
        await sign_in_again(page, name)
        await page.wait_for_url(re.compile(r"/console/payments\?"))
        assert parse_qs(urlsplit(page.url).query) == {
            "state": ["succeeded"],
            "min": ["66"],
            "max": ["66"],
            "switched": ["yes"],
        }
        await says(page, "没有符合条件的支付单")


async def test_a_board_that_nobody_touches_notices_by_itself_and_an_open_question_is_taken_back(house: House) -> None:
    async with two_tabs(house, "/live?w=1h") as (page, other):
        await page.locator("button[aria-label^=立即探测]:enabled").first.click()
        await expect(page.locator("[data-test=confirm]")).to_be_visible()
        name = await user_of(other)
        await other.get_by_label("退出登录").click()
        await other.wait_for_url("**/console/login")

        await page.wait_for_url("**/console/login?next=/live?w=1h**")
        await expect(page.locator("[data-test=confirm]")).to_have_count(0)
        await sign_in_again(page, name)
        await page.wait_for_url("**/console/live?w=1h")
        await expect(page.locator("[data-channel]").first).to_be_visible()


async def user_of(page: Page) -> str:
    answer = await page.request.get(page.url.partition("/console")[0] + "/v1/console/session")
    found = await answer.json()
    return str(found["user"]["user_id"])


async def test_the_page_says_where_one_is_and_the_keyboard_gets_past_the_menu(house: House) -> None:
    paid = await house.paid()
    async with house.visit("/payments") as page:
        await expect(page).to_have_title("支付单 · PaySwitch")
        await page.locator("tbody tr").first.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile(r"/payments/pay_"))
        await page.goto(f"{house.url}/payments/{paid.payment_id}")
        await expect(page).to_have_title("明前龙井 250 g · 支付单 · PaySwitch")
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("跳到正文")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        await page.locator("[data-test=back]").click()
        await page.wait_for_url("**/payments")
        await page.goto(house.url + "/no-such-page")
        await expect(page).to_have_title("页面不存在 · PaySwitch")
