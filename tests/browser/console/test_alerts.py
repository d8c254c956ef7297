"""The phone rings at night: a channel is out. What happened, what was done already, I look after it, it is over."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from payswitch.domain.roles import Role
from payswitch.drill.client import Http
from payswitch.kit.clock import SystemClock
from tests.browser.console.house import PHONE, House, fits, says

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

BUSY = {"account": "alipay-main", "kind": "error_code", "operations": ["create"], "code": "ACQ.SYSTEM_ERROR"}
SHOTS = os.environ.get("PAYSWITCH_SCREENSHOTS")


async def shot(page: Page, name: str) -> None:
    """For a person to look at, where asked for."""
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def robots(house: House, *, about: str, over: bool = False) -> list[dict[str, Any]]:
    """What the group robots received about something, once at least DingTalk and Feishu did."""
    async with Http(house.stage.plan.sandbox_url, SystemClock()) as sandbox:
        for _ in range(600):
            answer = await sandbox.call("GET", "/_sandbox/robots")
            found = [one for one in answer.read(dict)["messages"] if about in one["title"] or about in one["text"]]
            if over:
                found = [one for one in found if "已恢复" in one["title"] or "RESOLVED" in one["title"]]
            if {"dingtalk", "feishu"} <= {one["platform"] for one in found}:
                return found
            await asyncio.sleep(0.1)
    raise AssertionError(f"no message about {about}")


async def customers_come(house: House, payments: int) -> None:
    """A probe needs a payment that tries it."""
    for _ in range(payments):
        await house.paid(methods=["alipay"])
        await asyncio.sleep(0.5)


async def test_a_channel_dies_at_night_until_it_is_over(house: House) -> None:
    await house.stage.sandbox.set_faults([BUSY])
    for _ in range(5):
        await house.paid(methods=["alipay"])
    told = await robots(house, about="支付宝·主")
    assert {(one["code"], one["signed"]) for one in told} == {(0, True)}, "signatures were checked"
    link = next(one["link"] for one in told if one["platform"] == "dingtalk")
    assert link.startswith(f"{house.url}/alerts/grp_")

    async with house.visit("/alerts", size=PHONE) as page:
        group = page.locator("[data-group]").first
        await expect(group).to_contain_text("支付宝·主")
        await expect(group).to_contain_text("已熔断")
        await expect(page.locator("[data-test=open-alerts]")).to_have_text("1")
        await fits(page)
        await shot(page, "alerts-open-390")
        await group.locator("[data-test=acknowledge]").click()
        await page.locator("[data-test=confirm]").click()
        await expect(group).to_contain_text("处理中")
        await expect(group).to_contain_text("owner-")

        await page.goto(link)
        await says(page, "通知记录", "钉钉值班群", "包含的告警")
        await fits(page)
        await shot(page, "alert-detail-390")

        await house.stage.sandbox.set_faults([])
        await asyncio.gather(customers_come(house, 40), robots(house, about="支付宝·主", over=True))
        await expect(page.locator("[data-group]")).to_contain_text("已恢复", timeout=60_000)
        await shot(page, "alert-over-390")

    async with house.visit("/alerts?tab=history") as page:
        await expect(page.locator("[data-group]").first).to_contain_text("已恢复")
        await shot(page, "alerts-history-1440")


async def test_rules_are_set_with_their_limits_and_given_back_their_defaults(house: House) -> None:
    async with house.visit("/alerts?tab=rules") as page:
        rule = page.locator("[data-rule=success_low]")
        await expect(rule.get_by_label("成功率低于")).to_have_value("95")
        await shot(page, "alert-rules-1440")
        await rule.get_by_label("成功率低于").fill("97")
        await rule.get_by_label("成功率低于").blur()
        await rule.locator("[data-test=save-rule]").click()
        await expect(rule).to_contain_text("默认 95 %")
        await page.reload()
        await expect(rule.get_by_label("成功率低于")).to_have_value("97")
        await rule.get_by_text("恢复默认").click()
        await expect(rule.get_by_label("成功率低于")).to_have_value("95")


async def test_a_receiver_is_added_and_tested_with_one_press(house: House) -> None:
    robot = next(one for one in house.stage.plan.station.world.robots if one.platform == "wecom")
    async with house.visit("/alerts?tab=receivers") as page:
        await expect(page.locator("[data-receiver=duty-dingtalk]")).to_contain_text("来自配置文件")
        await page.locator("[data-test=add-receiver]").click()
        dialog = page.get_by_role("dialog")
        await dialog.locator(".n-base-selection").first.click()
        await page.locator(".n-base-select-option").get_by_text("企业微信", exact=True).click()
        await dialog.get_by_label("编号").fill("night")
        await dialog.get_by_label("名称").fill("夜班群")
        await dialog.get_by_label("机器人地址（Webhook）").fill(robot.url(house.stage.plan.sandbox_url))
        await shot(page, "alert-receiver-form-1440")
        await page.locator("[data-test=save-receiver]").click()
        line = page.locator("[data-receiver=night]")
        await expect(line).to_contain_text("尚未送达过")
        await line.locator("[data-test=test]").click()
        await says(page, "测试消息已送达")
        await expect(line).to_contain_text("最近送达")
        await shot(page, "alert-receivers-1440")
        await line.get_by_text("删除").click()
        await page.locator("[data-test=confirm]").click()
        await expect(line).to_have_count(0)


async def test_a_silence_says_why_and_can_be_ended(house: House) -> None:
    async with house.visit("/alerts?tab=silences", size=PHONE) as page:
        await page.get_by_text("新建静默").click()
        await page.get_by_label("原因").fill("渠道升级")
        await page.locator("[data-test=save-silence]").click()
        line = page.locator("[data-test=silence-line]").first
        await expect(line).to_contain_text("渠道升级")
        await expect(line).to_contain_text("生效中")
        await fits(page)
        await shot(page, "alert-silences-390")
        await line.get_by_text("立即结束").click()
        await page.locator("[data-test=confirm]").click()
        await expect(line).to_contain_text("已结束")


async def test_who_may_only_look_has_no_buttons(house: House) -> None:
    async with house.visit("/alerts?tab=receivers", role=Role.READ_ONLY) as page:
        await expect(page.locator("[data-receiver=duty-dingtalk]")).to_be_visible()
        await expect(page.locator("[data-test=test], [data-test=add-receiver]")).to_have_count(0)
