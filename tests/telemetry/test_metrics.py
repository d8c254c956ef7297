"""Prometheus scrapes a shop's evening: what happened can be read off the page, and nothing about anybody in person."""

from __future__ import annotations

import aiohttp
import pytest

from payswitch.domain.backlog import Backlog
from payswitch.domain.changes import StorageUnavailable
from payswitch.entry.metrics.catalog import METRICS
from payswitch.entry.metrics.own_port import OwnPort
from payswitch.services.books.auditing import audit
from payswitch.services.channels.channel_watch import watch_channels
from payswitch.services.events import deliveries
from tests.api.support import Web, order
from tests.services.fake_channel import MAINTENANCE
from tests.telemetry.scrape import TOKEN, Watched


async def an_eventful_evening(tonight: Watched) -> None:
    """A channel dies, one payment is switched and paid, another has no channel at all."""
    night, shop = tonight.evening.night, tonight.evening.shop
    night.channel("wechat-main").script.append(MAINTENANCE)
    made = (await shop.post("/v1/payments", order())).json
    file = await night.file(made["payment_id"])
    await night.pays(file.attempts[-1])
    await deliveries.deliver_due(night.ctx)
    await deliveries.settle_deliveries(night.ctx)
    refused = await shop.post("/v1/payments", order("order-2", methods=["ecny"]))
    assert refused.status == 422
    assert night.ctx.books is not None
    await audit(night.ctx, night.ctx.books)


async def test_a_switch_and_what_came_of_it(tonight: Watched) -> None:
    await an_eventful_evening(tonight)

    seen = await tonight.scrape()

    assert seen.value("payswitch_payments_created_total", credential="shown") == 1
    assert seen.value("payswitch_payments_without_candidate_total") == 1
    assert seen.value("payswitch_payments_succeeded_fen_total") == 12_900
    assert seen.value("payswitch_payments_saved_total") == 1
    assert seen.value("payswitch_channel_calls_total", channel="wechat-main", outcome="refused_channel") == 1
    assert seen.value("payswitch_channel_calls_total", call="create", outcome="accepted") == 1
    assert seen.value("payswitch_switches_total", from_channel="wechat-main") == 1
    assert seen.value("payswitch_breaker_state", channel="wechat-main", state="open") == 1
    assert seen.value("payswitch_breaker_state", channel="wechat-main", state="healthy") == 0
    assert seen.value("payswitch_credential_duration_seconds_count") == 1
    assert seen.value("payswitch_decision_duration_seconds_count") == 1
    assert seen.value("payswitch_notifications_total", result="applied") == 1
    assert seen.value("payswitch_event_deliveries_total", result="delivered") >= 1
    assert seen.value("payswitch_events_undelivered") == 0
    assert seen.value("payswitch_audit_violations") == 0
    assert seen.value("payswitch_storage_commit_units_count") >= 3
    assert seen.value("process_resident_memory_bytes") > 0


async def test_money_in_doubt_and_what_waits(tonight: Watched) -> None:
    night = tonight.evening.night
    await tonight.evening.shop.post("/v1/payments", order())
    night.clock.advance(seconds=60)

    seen = await tonight.scrape()

    assert seen.value("payswitch_payments_unfinished", state="pending") == 1
    assert seen.value("payswitch_payments_oldest_unfinished_age_seconds") == 60
    assert seen.value("payswitch_in_doubt_fen") == 0
    assert seen.value("payswitch_sweeper_due", kind="attempt") == 1, "nobody has swept for a minute"
    assert seen.value("payswitch_sweeper_oldest_due_age_seconds") > 0


async def test_every_metric_of_the_list_and_no_other_is_on_the_page(tonight: Watched) -> None:
    """The reference, the dashboard and the alert rules are checked against the list; this checks the list."""
    await an_eventful_evening(tonight)
    tonight.evening.night.ctx.feed.tell("refunded", {"kind": "merchant", "state": "succeeded", "age_ms": 3})
    await watch_channels(tonight.evening.night.ctx)

    seen = await tonight.scrape()

    ours = {name: family.type for name, family in seen.families.items() if name.startswith("payswitch_")}
    assert ours == {metric.name: metric.sort for metric in METRICS}
    for metric in METRICS:
        for labels in seen.labels_of(metric.series_names[0]):
            assert set(labels) - {"le"} == set(metric.labels), metric.name


async def test_nobody_in_person_is_in_a_label(tonight: Watched) -> None:
    """A label's values are bounded by the configuration: no payment, no attempt, no customer, no shop's number."""
    await an_eventful_evening(tonight)
    before = len((await tonight.scrape()).samples)
    for number in range(3, 9):
        customer = {"customer_id": f"c-{number}", "openid": f"oUpF8uMuAJO_{number}"}
        made = await tonight.evening.shop.post("/v1/payments", order(f"order-{number}", customer=customer))
        assert made.status == 201

    seen = await tonight.scrape()

    assert len(seen.samples) <= before + 40, "more payments, not more series"
    values = {value for sample in seen.samples for value in sample.labels.values()}
    somebody = ("pay_", "att_", "evt_", "order-", "oUpF8", "c-", "shop-", "127.")
    assert [value for value in values if value.startswith(somebody)] == []


async def test_while_storage_is_away_the_rest_is_still_told(tonight: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(now_ms: int) -> Backlog:
        raise StorageUnavailable("the disk is gone")

    await an_eventful_evening(tonight)
    monkeypatch.setattr(tonight.evening.night.store, "backlog", away)

    seen = await tonight.scrape()

    assert seen.value("payswitch_storage_up") == 0
    assert seen.value("payswitch_payments_succeeded_total") == 1
    assert "payswitch_events_undelivered" not in seen.families, "an old number would be a lie"


async def test_only_this_machine_or_who_bears_the_token_may_scrape(tonight: Watched) -> None:
    app = tonight.web.app
    allowed = {
        "this machine": await tonight.web.get("/metrics"),
        "with the token": await Web(app, client="203.0.113.9").get("/metrics", authorization=f"Bearer {TOKEN}"),
    }
    refused = {
        "from elsewhere": await Web(app, client="203.0.113.9").get("/metrics"),
        "with another token": await Web(app, client="203.0.113.9").get("/metrics", authorization="Bearer no"),
        "through a proxy": await Web(app).get("/metrics", x_forwarded_for="127.0.0.1"),
    }

    assert {name: heard.status for name, heard in allowed.items()} == dict.fromkeys(allowed, 200)
    assert {name: heard.status for name, heard in refused.items()} == dict.fromkeys(refused, 404)
    assert allowed["this machine"].headers["content-type"].startswith("text/plain")


async def test_openmetrics_for_who_asks_for_it(tonight: Watched) -> None:
    heard = await tonight.web.get("/metrics", accept="application/openmetrics-text; version=1.0.0")

    assert heard.headers["content-type"].startswith("application/openmetrics-text")
    assert heard.text.endswith("# EOF\n")


async def test_at_an_address_of_its_own(tonight: Watched, unused_tcp_port: int) -> None:
    server = OwnPort(tonight.page, "127.0.0.1", unused_tcp_port)
    await server.open()
    try:
        async with aiohttp.ClientSession() as prometheus:
            url = f"http://127.0.0.1:{unused_tcp_port}/metrics"
            async with prometheus.get(url) as without:
                assert without.status == 401
            async with prometheus.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
                assert answer.status == 200
                assert "payswitch_build_info" in await answer.text()
        with pytest.raises(OSError, match="address already in use"):
            await OwnPort(tonight.page, "127.0.0.1", unused_tcp_port).open()
    finally:
        await server.aclose()
