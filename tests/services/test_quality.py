"""渠道质量: every number comes from where it is kept, and says what it rests on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from payswitch.domain.channel import Product
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.kit.certificates import CertificateEnd
from payswitch.services.channels.channel_watch import watch_channels
from payswitch.services.channels.quality import ChannelQuality, quality_of, quality_of_channel, rate
from payswitch.services.live.live_board import LiveBoard
from tests.services.fake_channel import BUSY, MAINTENANCE, PAYER_NO, SILENT
from tests.services.harness import Night, night

LIN = Operator(operator_id="op-lin", name="林", merchant_ids=frozenset({"m-1"}))
STRANGER = Operator(operator_id="op-2", name="别家", merchant_ids=frozenset({"m-2"}))


@pytest.fixture
async def seen(tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path) as tonight:
        tonight.ctx.board = LiveBoard(clock=tonight.clock)
        tonight.ctx.feed = tonight.ctx.board
        yield tonight


async def wechat(tonight: Night) -> ChannelQuality:
    return await quality_of_channel(tonight.ctx, LIN, "wechat-main")


async def test_a_channel_that_nobody_used_yet_knows_nothing_and_says_so(seen: Night) -> None:
    (line,) = (await wechat(seen)).lines
    assert (line.state, line.calls, line.p50_ms, line.last_error) == ("healthy", 0, None, None)
    assert (line.creates.share, line.creates.low, line.creates.high) == (None, 0.0, 1.0)
    assert (await wechat(seen)).probe is None
    assert (await wechat(seen)).remaining_today_fen is None


async def test_creates_count_what_the_channel_did_and_not_what_payers_decided(seen: Night) -> None:
    channel = seen.channel("wechat-main")
    channel.latency_ms = 80
    for number, answer in enumerate([None, None, PAYER_NO, BUSY, None]):
        if answer is not None:
            channel.script.append(answer)
        with suppress(PaySwitchError):  # a payer who is refused is told so
            await seen.order(f"order-{number}")
        seen.clock.advance(seconds=20)
    (line,) = (await wechat(seen)).lines
    # The busy answer was followed by a second call with the same number.
    assert (line.calls, line.creates.good, line.creates.of) == (6, 4.0, 5.0)
    assert line.creates.low < 0.8 < line.creates.high
    assert (line.p50_ms, line.p95_ms) == (80.0, 80.0)
    assert line.last_error is not None
    assert (line.last_error.outcome, line.last_error.code) == ("refused_channel", "SYSTEM_ERROR")


async def test_ten_minutes_later_the_calls_are_forgotten_and_the_last_error_is_not(seen: Night) -> None:
    seen.channel("wechat-main").script.extend([BUSY, BUSY])
    await seen.order()
    seen.clock.advance(seconds=601)
    (line,) = (await wechat(seen)).lines
    assert (line.calls, line.creates.of, line.p50_ms) == (0, 0.0, None)
    assert line.last_error is not None


async def test_completions_count_exposures_that_ended(seen: Night) -> None:
    paid = await seen.order("order-1")
    await seen.pays(paid.file.attempts[0])
    await seen.order("order-2", expires_in_s=60)
    assert (await wechat(seen)).lines[0].completions.of == pytest.approx(1.0), "the second one is not ended yet"
    await seen.wait(70, step_s=5)
    completions = (await wechat(seen)).lines[0].completions
    assert completions.good == pytest.approx(1.0, abs=0.1)
    assert completions.of == pytest.approx(2.0, abs=0.2)


async def test_the_breaker_shows_with_its_reason_and_its_next_probe(seen: Night) -> None:
    seen.channel("wechat-main").script.append(MAINTENANCE)
    await seen.order()
    (line,) = (await wechat(seen)).lines
    assert (line.state, line.reason) == ("open", "listed_code")
    assert line.since_ms == seen.clock.now_ms()
    assert line.next_probe_at_ms is not None


async def test_limits_of_product_and_channel_and_what_is_left_of_the_day(seen: Night) -> None:
    seen.directory.change("wechat-main", daily_cap_fen=20_000, min_fen=10, max_fen=50_000)
    seen.directory.teach(Product.WECHAT_NATIVE, min_fen=1, max_fen=40_000)
    answer = await seen.order()
    await seen.pays(answer.file.attempts[0])
    quality = await wechat(seen)
    assert (quality.used_today_fen, quality.remaining_today_fen) == (12_900, 7_100)
    assert (quality.lines[0].min_fen, quality.lines[0].max_fen) == (10, 40_000)
    seen.directory.change("wechat-main", daily_cap_fen=10_000)
    assert (await wechat(seen)).remaining_today_fen == 0
    seen.clock.advance(seconds=86_400)
    assert (await wechat(seen)).used_today_fen == 0


async def test_certificates_and_the_last_probe_stand_beside_it(seen: Night) -> None:
    end = CertificateEnd(key="app_certificate", ends_at_ms=seen.clock.now_ms() + 1)
    seen.directory.certificate_ends["wechat-main"] = [end]
    seen.channel("wechat-main").query_script.append(SILENT)
    for _ in range(2):
        await watch_channels(seen.ctx)
        seen.clock.advance(seconds=301)
    quality = await wechat(seen)
    assert quality.certificates == (end,)
    assert quality.probe is not None
    assert quality.probe.failed


async def test_an_operator_sees_the_channels_of_their_merchants_only(seen: Night) -> None:
    assert [one.channel.channel_id for one in await quality_of(seen.ctx, LIN)] == [
        "alipay-main",
        "wechat-backup",
        "wechat-main",
    ]
    assert await quality_of(seen.ctx, STRANGER) == []
    for channel_id, operator in [("wechat-main", STRANGER), ("nowhere", LIN)]:
        with pytest.raises(PaySwitchError) as caught:
            await quality_of_channel(seen.ctx, operator, channel_id)
        assert caught.value.kind is NOT_FOUND


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [
        # Newcombe's published example of Wilson's interval, without continuity correction: 81 of 263.
        (81, 263, 0.2553, 0.3662),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_an_interval_as_published(good: int, of: int, low: float, high: float) -> None:
    found = rate(good, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
