"""The failures page and the reports: four weeks of a shop, one of whose channels loses more than the others."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec
import pytest
import pytest_asyncio
from bench.history_rows import LINES, Maker
from msgspec.structs import replace
from playwright.async_api import expect

from payswitch.domain.attempt_fact import AttemptFact
from payswitch.kit.clock import SystemClock, beijing_date, beijing_midnight_ms
from payswitch.kit.durations import HOUR_MS
from payswitch.services.reports.attempt_facts import facts_of_payment
from payswitch.settings import load
from payswitch.storage.analytics.lake import ParquetLake
from tests.browser.console.house import PHONE, House, fits, says

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.usefixtures("_history"),
]

DAYS: Final = 28
PER_DAY: Final = 1_500
DAY_MS: Final = 86_400_000
HERE: Final = {
    "wechat-main": "wechat-main", "wechat-psp": "wechat-backup", "alipay-main": "alipay-main",
    "alipay-psp": "alipay-backup",
}  # fmt: skip
"""The history's channels as they are called in this house; what it has besides is left out."""
SICK: Final = "alipay-psp"
"""Loses an eighth of its payments more than the history has it lose."""
FEES: Final = {line.channel_id: line.fee_bp for line in LINES}


def at_home(row: AttemptFact, merchant_id: str) -> AttemptFact:
    """The same row of this house's merchant and channels."""

    def renamed(choice: str) -> str:
        channel_id, _, product = choice.partition("|")
        return f"{HERE.get(channel_id, channel_id)}|{product}"

    if row.first and row.channel_id == SICK and row.payment_id[-1] in "ABCD":
        row = replace(row, paid=False, payment_state="closed", state="closed", cause="not_paid", won=False)
    return replace(
        row,
        merchant_id=merchant_id,
        channel_id=HERE.get(row.channel_id, row.channel_id),
        switched_from=HERE.get(row.switched_from, row.switched_from),
        choices=[renamed(choice) for choice in row.choices],
    )


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def _history(_everything: House) -> AsyncIterator[None]:
    """Four weeks in the running service's analytics store, as its worker would have written them."""
    settings = load(_everything.stage.plan.station.config)
    path = settings.analytics_path
    assert path is not None
    maker, lake = Maker(3), ParquetLake(path)
    merchant_id = settings.shops[0].merchant_id
    today_ms = beijing_midnight_ms(beijing_date(SystemClock().now_ms()))
    for day in range(DAYS, 0, -1):
        begin_ms = today_ms - day * DAY_MS

        async def rows(begin_ms: int = begin_ms) -> AsyncIterator[Sequence[AttemptFact]]:
            made = [maker.payment(at_ms) for at_ms in maker.times(begin_ms, 1, PER_DAY)]
            facts = [row for one in made for row in facts_of_payment(one.file, one.decisions, FEES)]
            yield [at_home(row, merchant_id) for row in facts if row.channel_id in HERE]

        await lake.write_hours([begin_ms // HOUR_MS + hour for hour in range(24)], rows())
    await lake.aclose()
    yield


async def test_the_owner_sees_why_payments_fail_and_what_switching_saved(house: House) -> None:
    async with house.visit("/failures?days=28") as page:
        await says(page, "失败分析", "已出示，客户未付款", "切换矩阵")
        await expect(page.locator("[data-cause=payer_refused]")).to_contain_text("客户")
        await page.get_by_text("小时", exact=True).click()
        await page.wait_for_url(re.compile("by=hour"))
        await expect(page.locator("tbody tr").filter(has_text="20:00").first).to_be_visible()
    async with house.visit("/failures?days=28&by=channel", size=PHONE) as page:
        await says(page, "失败分析")
        await fits(page)


async def test_a_proposal_of_the_weekly_report_becomes_a_draft_with_one_press(house: House) -> None:
    async with house.visit("/reports") as page:
        await page.get_by_role("button", name="生成上周周报").click()
        await page.wait_for_url(re.compile("/reports/rep_"))
        await says(page, "策略建议", "预计每周多成功", "排到其他渠道之后")
        async with page.expect_download() as saved:
            await page.get_by_role("button", name="下载 HTML").click()
        file = await saved.value
        assert re.fullmatch(r"payswitch-.*-weekly-\d{4}-\d{2}-\d{2}\.html", file.suggested_filename)
        await page.locator("[data-act=draft]").first.click()
        await page.wait_for_url(re.compile(r"/routing\?.*policy=pol_"))

    async with house.api() as api:
        answer = await api.call("GET", "/v1/admin/policies")
    drafts = [one for one in msgspec.json.decode(answer.body)["data"] if one["state"] == "draft"]
    assert any(one["note"].startswith("weekly ") for one in drafts)
