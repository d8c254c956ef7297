"""Daily caps: what a channel has taken today counts, and yesterday does not."""

from __future__ import annotations

from payswitch.kit.clock import beijing
from payswitch.kit.durations import DAY_MS
from payswitch.services.decisions.usage import Usage, day_start_ms, month_start_ms
from tests.services.harness import Night

NOW_MS = 1_762_864_620_000


def test_a_day_begins_at_midnight_in_beijing() -> None:
    start = beijing(day_start_ms(NOW_MS))
    assert (start.hour, start.minute, start.second) == (0, 0, 0)
    assert 0 <= NOW_MS - day_start_ms(NOW_MS) < DAY_MS


def test_yesterday_does_not_count() -> None:
    usage = Usage()
    usage.restore({"wechat-main": 500}, {"wechat-main": 4_500}, NOW_MS)
    usage.add("wechat-main", 100, NOW_MS)
    assert usage.today(NOW_MS) == {"wechat-main": 600}
    assert usage.this_month(NOW_MS) == {"wechat-main": 4_600}
    assert usage.today(NOW_MS + DAY_MS) == {}
    assert usage.this_month(NOW_MS + DAY_MS) == {"wechat-main": 4_600}


def test_a_month_begins_on_the_first_in_beijing() -> None:
    start = beijing(month_start_ms(NOW_MS))
    assert (start.month, start.day, start.hour) == (beijing(NOW_MS).month, 1, 0)
    usage = Usage()
    usage.restore({}, {"wechat-main": 4_500}, NOW_MS)
    last_moment = month_start_ms(NOW_MS + 31 * DAY_MS) - 1
    assert usage.this_month(last_moment) == {"wechat-main": 4_500}
    assert usage.this_month(last_moment + 1) == {}


async def test_a_channel_at_its_monthly_cap_is_left_alone_until_the_next_month(tonight: Night) -> None:
    tonight.directory.change("wechat-main", monthly_cap_fen=20_000)
    first = await tonight.order("order-1")
    await tonight.pays(first.file.attempts[0])
    second = await tonight.order("order-2")
    assert second.file.attempts[0].channel_id != "wechat-main"


async def test_a_channel_at_its_daily_cap_is_left_alone(tonight: Night) -> None:
    tonight.directory.cap("wechat-main", 20_000)
    first = await tonight.order("order-1")
    assert first.file.attempts[0].channel_id == "wechat-main"
    await tonight.pays(first.file.attempts[0])
    second = await tonight.order("order-2")
    assert second.file.attempts[0].channel_id != "wechat-main"
