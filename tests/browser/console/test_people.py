"""The owner's pages about people: inviting, disabling, the audit trail, two-step sign-in, what is configured."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.async_api import Page, expect

from payswitch.domain.roles import Role
from tests.browser.console.house import PASSWORD, PATIENCE_MS, PHONE, House, fits, says

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]


async def invite(page: Page, user_id: str, name: str, role: str) -> str:
    """Fill the form; the link that is to be handed over."""
    await page.locator("[data-test=add-user]").click()
    await page.fill("input[name=user_id]", user_id)
    await page.fill("input[name=name]", name)
    await page.get_by_role("dialog").get_by_text(role, exact=True).click()
    await page.locator("[data-test=save-user]").click()
    link = page.locator("[data-test=sign-in-link]").locator("button")
    found = await link.get_attribute("title", timeout=PATIENCE_MS)
    assert found is not None
    await page.get_by_role("button", name="已交给本人").click()
    return found


async def set_password(page: Page) -> None:
    await page.fill("input[name=new]", PASSWORD)
    await page.get_by_role("button", name="保存密码").click()
    await says(page, "密码已修改")


async def test_an_owner_invites_somebody_who_sets_a_password_and_is_disabled_again(house: House) -> None:
    async with house.visit("/users") as page:
        link = await invite(page, "fang", "方会计", "财务")
        row = page.get_by_role("row", name=re.compile("方会计"))
        await expect(row).to_contain_text("待设密码")

        guest = await (await house.browser.new_context(locale="zh-CN")).new_page()
        guest.set_default_timeout(PATIENCE_MS)
        await guest.goto(link)
        await says(guest, "您还没有登录密码")
        await guest.get_by_role("button", name="设置密码").click()
        await set_password(guest)
        await guest.goto(house.url + "/users")
        await says(guest, "没有权限")

        await page.reload()
        await expect(row).to_contain_text("可登录")
        await page.locator("[data-test=menu-fang]").click()
        await page.get_by_text("登录会话", exact=True).last.click()
        await says(page, "最近使用")
        await page.keyboard.press("Escape")
        await page.locator("[data-test=menu-fang]").click()
        await page.get_by_text("停用", exact=True).last.click()
        await page.locator("[data-test=confirm]").click()
        await expect(row).to_contain_text("已停用")

        await guest.goto(house.url + "/live")
        await guest.wait_for_url(re.compile("/console/login"))
        await guest.context.close()


async def test_two_steps_from_the_profile_to_the_next_sign_in(house: House) -> None:
    async with house.visit("/users") as page:
        link = await invite(page, "gao", "高", "运营")
    context = await house.browser.new_context(locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    try:
        gao = await context.new_page()
        await gao.goto(link)
        await gao.wait_for_url(re.compile("/console/(?!sign-in)"))
        await gao.goto(house.url + "/profile")
        await set_password(gao)
        await gao.locator("[data-test=totp-begin]").click()
        await expect(gao.locator("[data-test=totp-qr]")).to_be_visible()
        secret = await gao.locator("[data-test=totp-secret]").get_attribute("title")
        assert secret is not None
        app = pyotp.TOTP(secret)
        await gao.locator(".n-input-otp input").first.click()
        await gao.keyboard.type(app.now())
        codes = await gao.locator("[data-test=recovery-codes]").locator("li").all_inner_texts()
        assert len(codes) == 10
        await gao.get_by_role("button", name="我已保存").click()
        await says(gao, "剩余 10 个恢复码")

        await gao.get_by_label("退出登录").click()
        await gao.wait_for_url(re.compile("/console/login"))
        await gao.fill("input[name=user]", "gao")
        await gao.fill("input[name=password]", PASSWORD)
        await expect(gao.locator("input[name=totp]")).to_have_count(0)
        await gao.get_by_role("button", name="登录").click()
        await gao.fill("input[name=totp]", codes[0])
        await gao.get_by_role("button", name="登录").click()
        await gao.wait_for_url(re.compile("/console/(?!login)"))
    finally:
        await context.close()


async def test_the_trail_is_filtered_by_its_address_and_by_pressing_a_number(house: House) -> None:
    async with house.visit("/users") as page:
        await invite(page, "he", "何", "只读")
        await page.goto(house.url + "/audit?kind=user&object_id=he")
        await expect(page.get_by_role("row", name=re.compile("新建"))).to_contain_text("角色 只读")
        await page.get_by_text("清除筛选").click()
        await expect(page).to_have_url(re.compile("/audit$"))
        await page.get_by_role("button", name="he", exact=True).first.click()
        await expect(page).to_have_url(re.compile(r"kind=user"))
        await expect(page.locator("tbody tr")).to_have_count(1)


async def test_what_is_configured_is_shown_and_how_it_is_changed(house: House) -> None:
    async with house.visit("/shops", role=Role.READ_ONLY) as page:
        await says(page, "payswitch.toml", "使用中", "运营密钥", "迟到成功")
        await page.get_by_text("配置示例").click()
        await says(page, "accept_late_s")


@pytest.mark.parametrize("path", ["/users", "/audit", "/shops", "/profile"])
async def test_they_fit_a_phone(house: House, path: str) -> None:
    async with house.visit(path, size=PHONE) as page:
        await expect(page.locator("h1")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        await fits(page)
