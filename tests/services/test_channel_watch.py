"""探测: a channel that nobody pays through is asked whether it would answer, and a person is told what to mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from payswitch.domain.channel import Product
from payswitch.domain.exchange import OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Incident
from payswitch.entry.worker import Worker
from payswitch.kit.certificates import CertificateEnd
from payswitch.kit.durations import DAY_MS
from payswitch.services.channels.channel_incidents import stage_of
from payswitch.services.channels.channel_watch import PLACES, watch_channels
from payswitch.services.channels.checkup import Severity
from payswitch.services.channels.watch_memory import ChannelWatch
from payswitch.services.live.live_board import LiveBoard, RecentIds
from payswitch.services.timings import Timings
from tests.services.fake_channel import MAINTENANCE, SILENT, FakeChannel
from tests.services.harness import Night, night

CONFIG = Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="SIGN_ERROR", message="签名错误")
FORGED = Outcome(kind=OutcomeKind.UNTRUSTED, code="bad_signature")
ALL = ["alipay-main", "wechat-backup", "wechat-main"]


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[Night]:
    """Three channels, nobody pays. The watch has just begun."""
    async with night(tmp_path) as tonight:
        tonight.ctx.board = LiveBoard(clock=tonight.clock)
        tonight.ctx.feed = tonight.ctx.board
        await watch_channels(tonight.ctx)
        yield tonight


async def later(tonight: Night, seconds: float, *, step_s: float = 5.0) -> None:
    """The watch goes on as in production."""
    for _ in range(int(seconds / step_s)):
        tonight.clock.advance(seconds=step_s)
        await watch_channels(tonight.ctx)


def asked(tonight: Night) -> list[str]:
    """Which channels were asked, once per question."""
    clients = tonight.directory.clients.items()
    return sorted(channel_id for channel_id, client in clients for name, _ in client.calls if name == "query")


async def incidents(tonight: Night) -> list[Incident]:
    return list(await tonight.store.list_incidents(limit=50))


async def test_after_five_quiet_minutes_every_channel_is_asked_once_and_then_every_five(quiet: Night) -> None:
    await later(quiet, 295)
    assert asked(quiet) == []
    await later(quiet, 10)
    assert asked(quiet) == ALL
    await later(quiet, 290)
    assert asked(quiet) == ALL
    await later(quiet, 10)
    assert asked(quiet) == sorted(ALL * 2)


async def test_a_channel_with_payments_is_left_in_peace(quiet: Night) -> None:
    for number in range(6):
        await quiet.order(f"order-{number}")
        await later(quiet, 60)
    assert asked(quiet) == ["alipay-main", "wechat-backup"]


async def test_orders_that_are_signed_here_say_nothing_of_the_channel(quiet: Night) -> None:
    quiet.directory.teach(Product.WECHAT_NATIVE, server_created=False)
    for number in range(6):
        await quiet.order(f"order-{number}")
        await later(quiet, 60)
    assert "wechat-main" in asked(quiet)


async def test_a_probe_orders_nothing_and_counts_as_no_traffic(quiet: Night) -> None:
    quiet.channel("wechat-main").silent = True
    await later(quiet, 1_000)
    assert all(client.orders == {} for client in quiet.directory.clients.values())
    lines = quiet.ctx.router.health_snapshot(quiet.clock.now_ms())
    assert sum(line.calls for line in lines) == 0
    assert all(line.state == "healthy" for line in lines)
    assert quiet.ctx.board is not None
    assert quiet.ctx.board.lane("wechat-main", "wechat_native") is None
    probed = quiet.ctx.watch.last("wechat-main")
    assert probed is not None
    assert (probed.failed, probed.outcome.kind, probed.finding.severity) == (True, SILENT.kind, Severity.PROBLEM)


async def test_a_channel_that_failed_its_probe_is_asked_more_often_and_then_less(quiet: Night) -> None:
    quiet.channel("wechat-main").silent = True
    times = []
    for _ in range(450):
        before = asked(quiet).count("wechat-main")
        await later(quiet, 5)
        if asked(quiet).count("wechat-main") > before:
            times.append(quiet.clock.monotonic_ms() / 1_000)
    gaps = [round(b - a) for a, b in pairwise(times)]
    for gap, expected in zip(gaps, [30, 60, 120, 300, 300], strict=False):
        assert expected <= gap <= expected + 8, "its own three seconds, and the round"


async def test_a_channel_that_is_well_again_is_asked_as_seldom_as_the_others(quiet: Night) -> None:
    quiet.channel("wechat-main").silent = True
    await later(quiet, 310)
    quiet.channel("wechat-main").silent = False
    await later(quiet, 60)
    seen = asked(quiet).count("wechat-main")
    await later(quiet, 200)
    assert asked(quiet).count("wechat-main") == seen


async def test_behind_an_open_breaker_it_is_asked_soon_and_the_breaker_does_not_hear_of_it(quiet: Night) -> None:
    quiet.channel("wechat-main").script.append(MAINTENANCE)
    await quiet.order()
    assert states(quiet)["wechat-main"] == "open"
    await later(quiet, 40)
    assert "wechat-main" in asked(quiet)
    probed = quiet.ctx.watch.last("wechat-main")
    assert probed is not None
    assert not probed.failed
    assert states(quiet)["wechat-main"] == "open", "reachability is shown, payments decide"


def states(tonight: Night) -> dict[str, str]:
    return {line.channel_id: line.state for line in tonight.ctx.router.health_snapshot(tonight.clock.now_ms())}


async def test_only_where_asking_is_harmless_and_only_enabled_channels(quiet: Night) -> None:
    quiet.directory.teach(Product.ALIPAY_PRECREATE, probe=False)
    quiet.directory.change("wechat-backup", enabled=False)
    await later(quiet, 700)
    assert set(asked(quiet)) == {"wechat-main"}


async def test_it_can_be_switched_off(tmp_path: Path) -> None:
    async with night(tmp_path, timings=Timings(probe_idle_s=0)) as tonight:
        tonight.channel("wechat-main").script.append(MAINTENANCE)
        await tonight.order()
        await later(tonight, 4_000, step_s=50)
        assert asked(tonight) == []


async def test_a_refused_configuration_is_told_once_a_day_and_not_again_after_a_restart(quiet: Night) -> None:
    quiet.channel("wechat-main").query_script.extend([CONFIG] * 50)
    await later(quiet, 1_000)
    (told,) = await incidents(quiet)
    assert (told.kind, told.channel_id) == ("channel_refused", "wechat-main")
    assert "SIGN_ERROR" in told.detail
    assert "请核对" in told.detail
    quiet.ctx.watch, quiet.ctx.incidents_told = ChannelWatch(), RecentIds()
    await later(quiet, 1_000)
    assert len(await incidents(quiet)) == 1
    quiet.clock.advance(seconds=86_400)
    await later(quiet, 10)
    assert len(await incidents(quiet)) == 2


async def test_an_answer_that_is_not_believed_is_told_as_well(quiet: Night) -> None:
    quiet.channel("alipay-main").query_script.append(FORGED)
    await later(quiet, 310)
    (told,) = await incidents(quiet)
    assert (told.kind, told.channel_id) == ("channel_refused", "alipay-main")


async def test_silence_is_no_incident(quiet: Night) -> None:
    quiet.channel("wechat-main").silent = True
    await later(quiet, 1_000)
    assert await incidents(quiet) == []


async def test_a_certificate_is_told_at_each_stage_once_and_restarts_do_not_repeat_it(quiet: Night) -> None:
    ends_ms = quiet.clock.now_ms() + 40 * DAY_MS
    end = CertificateEnd(key="platform_certificates", ends_at_ms=ends_ms)
    quiet.directory.certificate_ends["wechat-main"] = [end]
    told = []
    for _ in range(45):
        await watch_channels(quiet.ctx)
        quiet.ctx.incidents_told = RecentIds()
        told.append(len(await incidents(quiet)))
        quiet.clock.advance(seconds=86_400)
    assert [day for day in range(1, 45) if told[day] > told[day - 1]] == [10, 33, 39, 40]
    words = [one.detail for one in reversed(await incidents(quiet))]
    assert [text.partition("（")[0] for text in words[:3]] == [
        "platform_certificates 证书剩余 30 天",
        "platform_certificates 证书剩余 7 天",
        "platform_certificates 证书剩余 1 天",
    ]
    assert "过期" in words[3]


async def test_a_service_that_starts_late_tells_only_how_it_stands_now(quiet: Night) -> None:
    ends_ms = quiet.clock.now_ms() + 5 * DAY_MS
    quiet.directory.certificate_ends["wechat-main"] = [
        CertificateEnd(key="app_certificate", ends_at_ms=ends_ms),
    ]
    await watch_channels(quiet.ctx)
    (told,) = await incidents(quiet)
    assert told.kind == "certificate_ends"


@pytest.mark.parametrize(
    ("days_left", "stage"), [(31, None), (30, 30), (8, 30), (7, 7), (1.5, 7), (1, 1), (0.5, 1), (0, 0), (-3, 0)]
)
def test_the_narrowest_stage(days_left: float, stage: int | None) -> None:
    assert stage_of(int(days_left * DAY_MS), 0) == stage


class Counting(FakeChannel):
    """Notices how many questions are open at once; one of them fails in a way that no channel should."""

    open = most = 0

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        Counting.open += 1
        Counting.most = max(Counting.most, Counting.open)
        await asyncio.sleep(0)
        Counting.open -= 1
        if self.channel_id == "c-3":
            raise RuntimeError("a bug of the connector")
        return await super().query(order, timeout_ms)


async def test_many_channels_are_asked_side_by_side_within_bounds_and_one_bug_stops_nobody(quiet: Night) -> None:
    example = quiet.directory.all_channels()[0]
    for number in range(40):
        quiet.directory.add(example, Counting(f"c-{number}", quiet.clock))
    await later(quiet, 310)
    assert Counting.most == PLACES
    assert len([c for c in asked(quiet) if c.startswith("c-")]) == 39
    assert quiet.ctx.watch.last("c-3") is None


async def test_the_products_of_a_channel_are_asked_in_turn(quiet: Night) -> None:
    quiet.directory.tables["alipay"][Product.ALIPAY_JSAPI] = quiet.directory.tables["alipay"][Product.ALIPAY_PRECREATE]
    quiet.directory.change("alipay-main", products=frozenset({Product.ALIPAY_PRECREATE, Product.ALIPAY_JSAPI}))
    seen = []
    for _ in range(3):
        await later(quiet, 305)
        probed = quiet.ctx.watch.last("alipay-main")
        assert probed is not None
        seen.append(probed.product)
    assert seen == [Product.ALIPAY_PRECREATE, Product.ALIPAY_JSAPI, Product.ALIPAY_PRECREATE]
    assert set(quiet.ctx.watch.probes("alipay-main")) == {Product.ALIPAY_PRECREATE, Product.ALIPAY_JSAPI}


async def test_a_product_that_failed_is_asked_again_and_shown_until_it_works(quiet: Night) -> None:
    quiet.directory.tables["alipay"][Product.ALIPAY_JSAPI] = quiet.directory.tables["alipay"][Product.ALIPAY_PRECREATE]
    quiet.directory.change("alipay-main", products=frozenset({Product.ALIPAY_PRECREATE, Product.ALIPAY_JSAPI}))
    quiet.channel("alipay-main").query_script.extend([CONFIG] * 3)
    await later(quiet, 350)
    shown = quiet.ctx.watch.last("alipay-main")
    assert shown is not None
    assert (shown.product, shown.failed) == (Product.ALIPAY_PRECREATE, True)
    assert set(quiet.ctx.watch.probes("alipay-main")) == {Product.ALIPAY_PRECREATE}
    await later(quiet, 800)
    shown = quiet.ctx.watch.last("alipay-main")
    assert shown is not None
    assert not shown.failed
    assert Product.ALIPAY_JSAPI in quiet.ctx.watch.probes("alipay-main")


async def test_a_stop_does_not_wait_for_a_channel_that_hangs(quiet: Night) -> None:
    hanging = asyncio.Event()

    class Hangs(FakeChannel):
        async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
            hanging.set()
            await asyncio.Event().wait()
            raise AssertionError

    quiet.directory.clients["wechat-main"] = Hangs("wechat-main", quiet.clock)
    quiet.clock.advance(seconds=301)
    worker = Worker(quiet.ctx)
    worker.start()
    await asyncio.wait_for(hanging.wait(), 10)
    await asyncio.wait_for(worker.stop(), 10)
