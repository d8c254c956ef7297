"""The analytics store under what can happen to it: crashes, late changes, long histories, other merchants."""

from __future__ import annotations

from pathlib import Path

import pytest

from payswitch.domain.analysis import By, Scope
from payswitch.services.commands import CreateRefund
from payswitch.services.refunds import refunds as refunds_service
from payswitch.services.reports import analytics_writing
from payswitch.services.reports.analytics_ports import Analytics
from payswitch.services.reports.analytics_writing import write_due
from payswitch.storage.analytics.lake import ParquetLake
from tests.analytics.conftest import Watched
from tests.services.harness import SHOP

DAY_S = 86_400


async def paid_payment(watched: Watched, number: str = "order-1") -> str:
    answer = await watched.night.order(number)
    await watched.night.pays(answer.file.attempts[0])
    return answer.file.payment.payment_id


async def test_what_changes_days_later_is_written_again(watched: Watched) -> None:
    payment_id = await paid_payment(watched)
    await write_due(watched.night.ctx)
    watched.night.clock.advance(seconds=40 * DAY_S)
    await write_due(watched.night.ctx)
    assert (await watched.lake.totals(watched.everything())).refunds == 0

    command = CreateRefund(refund_no="r-1", amount_fen=5_000, reason="")
    await refunds_service.create_refund(watched.night.ctx, SHOP, payment_id, command)
    await write_due(watched.night.ctx)

    totals = await watched.lake.totals(watched.everything())
    assert (totals.payments, totals.refunds, totals.refunded_fen) == (1, 1, 5_000)


async def test_an_open_payment_is_counted_open_until_it_has_ended(watched: Watched) -> None:
    await watched.night.order("left alone")
    await write_due(watched.night.ctx)
    before = await watched.lake.totals(watched.everything())

    await watched.night.wait(600, step_s=60)
    await write_due(watched.night.ctx)

    after = await watched.lake.totals(watched.everything())
    assert (before.payments, before.ended) == (1, 0)
    assert (after.payments, after.closed, after.customers_own) == (1, 1, 1)


async def test_writing_twice_changes_nothing(watched: Watched) -> None:
    await paid_payment(watched)
    await write_due(watched.night.ctx)
    first = await watched.lake.totals(watched.everything())
    await write_due(watched.night.ctx)
    assert await watched.lake.totals(watched.everything()) == first


class Crash(BaseException):
    """kill -9."""


@pytest.mark.parametrize("at", ["put", "save_state"])
async def test_a_crash_at_any_point_leaves_whole_files_and_is_made_good(
    watched: Watched, at: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await paid_payment(watched, "before")
    await write_due(watched.night.ctx)
    await paid_payment(watched, "after")

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(watched.lake.files, at, crash)
        with pytest.raises(Crash):
            await write_due(watched.night.ctx)
    restarted = ParquetLake(tmp_path / "lake")
    watched.night.ctx.analytics = Analytics(watched.night.store, restarted, watched.night.store)
    survived = await restarted.totals(watched.everything())
    await write_due(watched.night.ctx)

    assert survived.payments in (1, 2), "the file of before, or the whole new one"
    assert (await restarted.totals(watched.everything())).payments == 2
    assert [path.name for path in restarted.files.scratch.iterdir() if path.is_file()] == []
    await restarted.aclose()


async def test_a_long_history_is_caught_up_with_over_several_rounds(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analytics_writing, "MOST_DAYS", 2)
    for day in range(5):
        await paid_payment(watched, f"day-{day}")
        watched.night.clock.advance(seconds=DAY_S)

    counts = []
    for _ in range(5):
        await write_due(watched.night.ctx)
        counts.append((await watched.lake.totals(watched.everything())).payments)

    assert counts == [1, 2, 3, 4, 5], "today, which has none yet, and the newest day that is missing"


async def test_a_lost_state_is_written_anew(watched: Watched) -> None:
    await paid_payment(watched)
    await write_due(watched.night.ctx)
    (watched.lake.files.root / "state.json").write_text("{broken")
    await write_due(watched.night.ctx)
    assert (await watched.lake.totals(watched.everything())).payments == 1


async def test_a_day_that_is_written_again_is_counted_again(watched: Watched) -> None:
    await paid_payment(watched, "first")
    await write_due(watched.night.ctx)
    before = await watched.lake.of_days(watched.everything(), By.CHANNEL)
    await paid_payment(watched, "second")
    await write_due(watched.night.ctx)
    after = await watched.lake.of_days(watched.everything(), By.CHANNEL)
    shop = Scope(merchant_ids=frozenset({"m-1"}), from_ms=0, to_ms=1 << 41, shop_id="another-shop")
    assert [(one.totals.paid, one.rates[0].tried) for one in (before, after)] == [(1, 1), (2, 2)]
    assert (await watched.lake.of_days(shop, By.CHANNEL)).totals.payments == 0


async def test_merchants_never_see_each_other(watched: Watched) -> None:
    await paid_payment(watched)
    await write_due(watched.night.ctx)
    scope = watched.everything("m-2")
    assert (await watched.lake.totals(scope)).payments == 0
    assert await watched.lake.rates(scope, [By.CHANNEL]) == []
    assert await watched.lake.choices(scope, By.HOUR) == []


async def test_the_first_choice_has_its_propensity_and_the_others_beside_it(watched: Watched) -> None:
    await paid_payment(watched)
    await write_due(watched.night.ctx)
    (cell,) = await watched.lake.choices(watched.everything(), By.HOUR)
    assert cell.choices[cell.chosen] == "wechat-main|wechat_native"
    assert (cell.count, cell.paid, cell.paid_fen) == (1, 1, 12_900)
    assert cell.chances[cell.chosen] == 1.0
    assert set(cell.choices) == {
        "wechat-main|wechat_native", "wechat-backup|wechat_native", "alipay-main|alipay_precreate",
    }  # fmt: skip


async def test_old_days_are_pruned_and_rows_exported(watched: Watched, tmp_path: Path) -> None:
    await paid_payment(watched)
    await write_due(watched.night.ctx)
    target = tmp_path / "rows.csv"
    assert await watched.lake.export(watched.everything(), target) == 1
    header, row = target.read_text(encoding="utf-8").splitlines()
    assert "propensity" in header
    assert "wechat-main" in row

    (day,) = await watched.lake.days("m-1")
    assert await watched.lake.prune(day) == 0
    assert await watched.lake.prune("2999-01-01") == 1
    assert await watched.lake.days("m-1") == []
