"""The operator changes the routing policy: written as what it is, tried, simulated, put in force, taken back."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import Locator, Page, expect

from payswitch.domain.roles import Role
from tests.browser.console.house import PHONE, House, fits, says

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]


def share(page: Page, name: str) -> Locator:
    return page.locator(f"[data-section=split] [data-share={name}] .number input")


def tier(page: Page, name: str) -> Locator:
    return page.locator(f"[data-tier={name}]")


def figure(page: Page, place: str) -> Locator:
    return page.locator(f"[data-figure='{place}']")


async def fill(figure: Locator, value: str) -> None:
    await figure.locator("input").fill(value)
    await figure.locator("input").blur()


async def choose(page: Page, opener: Locator, option: str) -> None:
    """Opens a menu and takes one of its entries."""
    await opener.click()
    await page.locator(".n-dropdown-option, .n-base-select-option").get_by_text(option, exact=True).click()


async def reason(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="原因").fill(text)
    await page.locator("[data-test=confirm]").click()


async def a_rule(page: Page, name: str, at_least: str, channel: str) -> None:
    """Large amounts go first to this channel."""
    await page.locator("[data-test=add-rule]").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("规则名称").fill(name)
    await choose(page, dialog.locator("[data-test=add-condition]"), "金额（元）")
    await dialog.locator("input[name=min_fen]").fill(at_least)
    await choose(page, dialog.locator("[data-test=add-action]"), "优先")
    await choose(page, dialog.locator("[data-action=prefer] .n-base-selection").nth(1), channel)
    await dialog.locator("strong", has_text="优先").click()
    await expect(dialog).to_contain_text("读作 当金额不低于 ¥2,000.00时，优先 微信支付·备")
    await page.locator("[data-test=rule-done]").click()


async def test_from_an_idea_to_a_policy_in_force_and_back(house: House) -> None:
    for _ in range(4):
        await house.paid()
    async with house.visit("/routing") as page:
        force = page.locator("[data-test=in-force]")
        await expect(force).to_have_text("default-1")

        await share(page, "best").fill("80")
        await share(page, "best").blur()
        await expect(page.locator("[data-test=sum]")).to_have_text("100%")
        await expect(share(page, "warm")).to_have_value("13")
        await expect(share(page, "explore")).to_have_value("7")
        await a_rule(page, "large-to-backup", "2000", "微信支付·备")
        await expect(page.locator("[data-test=valid]")).to_be_visible()

        tried = page.locator("[data-section=try]")
        await choose(page, tried.locator("[data-test=try-environment]"), "电脑")
        await tried.get_by_label("金额（元）").fill("3000")
        await tried.get_by_label("金额（元）").blur()
        await expect(tried.locator("[data-channel-planned]").first).to_have_attribute(
            "data-channel-planned", "wechat-backup"
        )
        await expect(page.locator("[data-rule=large-to-backup]")).to_have_class(re.compile("fired"))

        await page.get_by_label("说明").fill("大额走备用微信")
        await page.locator("[data-test=save]").click()
        await expect(page.locator("[data-place='split.best'] .now")).to_have_text("80")
        await page.locator("[data-test=simulate]").click()
        await expect(page.locator("[data-test=simulated]")).to_be_visible()
        await page.locator("[data-test=activate]").click()
        await reason(page, "大促前上线")
        await expect(force).to_have_text(re.compile(r"merchant-1@\d+$"))

        large = await house.order(amount_fen=300_000)
        assert large.credential is not None
        assert large.credential.channel_id == "wechat-backup"

        await page.get_by_text("历史版本").click()
        await expect(page.locator("[data-section=history]")).to_contain_text("大促前上线")
        await page.locator("[data-test=back]").click()
        await reason(page, "先回到原来的")
        await expect(force).to_have_text("default-1")
        again = await house.order(amount_fen=300_000)
        assert again.credential is not None
        assert again.credential.channel_id != "wechat-backup"


async def test_channels_move_between_tiers_by_mouse_keyboard_and_menu(house: House) -> None:
    async with house.visit("/routing") as page:
        backup = page.locator("[data-channel=wechat-backup]")
        await expect(tier(page, "backup").locator("[data-channel=wechat-backup]")).to_be_visible()

        await backup.drag_to(tier(page, "best"))
        await expect(tier(page, "best").locator("[data-channel=wechat-backup]")).to_be_visible()
        await backup.press("ArrowDown")
        await backup.press("ArrowDown")
        await expect(tier(page, "bank").locator("[data-channel=wechat-backup]")).to_be_focused()
        await choose(page, backup, "backup")
        await expect(tier(page, "backup").locator("[data-channel=wechat-backup]")).to_be_visible()
        await says(page, "与生效策略相同")


async def test_every_mistake_stands_at_its_field_with_its_fix(house: House) -> None:
    async with house.visit("/routing") as page:
        rate = page.locator("input[name=error_rate]")
        await rate.fill("500")
        await rate.blur()
        wrong = page.locator("[data-trigger=rate] [data-field='triggers.error_rate']")
        await expect(wrong).to_contain_text("1")
        await tier(page, "backup").get_by_label("档位名称").fill("best")
        await expect(page.locator("[data-section=tiers] [role=alert]").first).to_be_visible()
        await expect(page.locator("[data-test=mistakes]")).to_contain_text("处需要修正")
        await expect(page.locator("[data-test=save]")).to_be_disabled()

        await page.get_by_role("button", name="放弃修改").click()
        await expect(wrong).to_have_count(0)
        await says(page, "与生效策略相同")


async def test_hedging_and_a_weight_of_the_score_are_changed_simulated_put_in_force_and_taken_back(
    house: House,
) -> None:
    for _ in range(2):
        await house.paid()
    async with house.visit("/routing") as page:
        force = page.locator("[data-test=in-force]")
        await expect(force).to_have_text("default-1")
        hedging = figure(page, "hedging.share")
        await expect(hedging).to_contain_text("默认 0.05 · 范围 0 – 1")
        await fill(hedging, "5")
        await expect(hedging.locator("[data-field='hedging.share']")).to_contain_text("必须在 0 到 1 之间")
        await expect(page.locator("[data-test=save]")).to_be_disabled()
        await fill(hedging, "0.02")
        await fill(figure(page, "scoring.latency_fen_per_s"), "8")
        await expect(page.locator("[data-test=valid]")).to_be_visible()

        await page.locator("[data-test=save]").click()
        await expect(page.locator("[data-place='hedging.share'] .now")).to_have_text("0.02")
        await expect(page.locator("[data-place='scoring.latency_fen_per_s']")).to_contain_text("评分")
        await page.locator("[data-test=simulate]").click()
        await expect(page.locator("[data-test=simulated]")).to_be_visible()
        await page.locator("[data-test=activate]").click()
        await reason(page, "少对冲，更看重快")
        await expect(force).to_have_text(re.compile(r"merchant-1@\d+$"))

        await page.get_by_text("历史版本").click()
        await page.locator("[data-test=back]").click()
        await reason(page, "先回到原来的")
        await expect(force).to_have_text("default-1")


async def test_every_field_of_the_document_stands_somewhere_in_the_form(house: House) -> None:
    async with house.api() as api:
        parts = json.loads((await api.call("GET", "/v1/admin/policies/schema")).body)["parts"]
    sections = {name: one["$ref"] for name, one in parts["Policy"]["properties"].items() if "$ref" in one}
    async with house.visit("/routing") as page:
        await expect(figure(page, "scoring.margin_bp")).to_be_visible()
        named = set(await page.locator("input[name]").evaluate_all("all => all.map((one) => one.name)"))
    figures = {
        (section, field)
        for section, part in sections.items()
        if section != "split"
        for field, one in parts[part]["properties"].items()
        if one.get("type") in ("number", "integer")
    }
    assert {(section, field) for section, field in figures if not named & {field, f"{section}.{field}"}} == set()
    others = set(parts["Policy"]["properties"]) - set(sections) - {"version"}
    assert others == {"tiers", "rules", "maintenance", "on_request"}, "each has a card of its own"


async def test_planned_maintenance_and_methods_on_request(house: House) -> None:
    async with house.visit("/routing") as page:
        await page.locator("[data-test=add-window]").click()
        window = page.locator("[data-window='0']")
        await window.get_by_label("开始").fill("25:00")
        await expect(window.locator("[role=alert]")).to_contain_text("北京时间")
        await window.get_by_label("开始").fill("01:30")
        await choose(page, page.locator("[data-test=on-request]"), "微信支付")
        await page.keyboard.press("Escape")
        await expect(page.locator("[data-test=valid]")).to_be_visible()

        await page.locator("[data-test=save]").click()

        await expect(page.locator("[data-place=on_request] .now")).to_contain_text("微信支付")
        await expect(page.locator("[data-place^=maintenance]").first).to_contain_text("计划维护")


async def test_on_a_phone_every_tab_fits(house: House) -> None:
    async with house.visit("/routing", size=PHONE) as page:
        await fill(figure(page, "learned_caps.hold_s"), "600")
        await expect(page.locator("[data-test=valid]")).to_be_visible()
        await fits(page)
        await page.locator("[data-test=save]").click()
        await expect(page.locator("[data-place='learned_caps.hold_s']")).to_be_visible()
        await fits(page)
        await page.get_by_text("历史版本").click()
        await expect(page.locator("[data-section=history]")).to_be_visible()
        await fits(page)


async def test_a_shop_may_have_a_split_of_its_own(house: House) -> None:
    async with house.visit("/routing") as page:
        await page.locator("[data-test=scope]").click()
        await page.locator(".n-base-select-option").nth(1).click()
        await page.wait_for_url(re.compile(r"shop="))
        await expect(share(page, "best")).to_be_disabled()
        await page.locator("[data-section=split] .n-switch").click()
        await share(page, "warm").fill("50")
        await share(page, "warm").blur()
        await expect(page.locator("[data-test=valid]")).to_be_visible()
        await expect(page.locator("[data-test=sum]")).to_have_text("100%")


async def test_who_may_only_look_changes_nothing_and_a_phone_shows_all_of_it(house: House) -> None:
    async with house.visit("/routing", role=Role.READ_ONLY, size=PHONE) as page:
        await says(page, "您的角色只能查看", "当顾客是新客户时，优先 支付宝")
        await expect(page.locator("[data-test=add-rule]")).to_be_disabled()
        await expect(page.locator("[data-test=plan] li").first).to_be_visible()
        await fits(page)
