"""A payment's whole life is one trace at the operator's collector, and says nothing about anybody in person."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from payswitch.app import build
from payswitch.entry.http.traceparent import Traceparent
from payswitch.senders.traces.identity import trace_of
from payswitch.senders.traces.sender import TraceSender, note_caller
from payswitch.services.events import deliveries
from payswitch.services.feeds import FanOut
from payswitch.settings import SettingsError
from tests.api.support import KEY, Evening, Web, evening, order
from tests.services.fake_channel import MAINTENANCE
from tests.telemetry.collector import Collector, attributes, collecting
from tests.telemetry.test_switched import QUIET

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PERSON = {"customer_id": "c-40917", "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "client_ip": "198.51.100.77", "age": 23}


@dataclass
class Traced:
    """An evening whose payments are traced."""

    evening: Evening
    shop: Web
    sender: TraceSender
    collector: Collector

    async def sent(self) -> Collector:
        """Everything has arrived."""
        await self.sender.aclose()
        return self.collector


@pytest.fixture
async def tonight(tmp_path: Path, unused_tcp_port: int) -> AsyncIterator[Traced]:
    async with collecting(unused_tcp_port) as collector, evening(tmp_path) as opened:
        ctx = opened.night.ctx
        sender = TraceSender(collector.endpoint, share=1.0, resource={"service.name": "payswitch"}, clock=ctx.clock)
        ctx.feed = FanOut(opened.board, sender)
        shop = Web(Traceparent(opened.app, note_caller), {"authorization": f"Bearer {KEY}"})
        yield Traced(opened, shop, sender, collector)
        await sender.aclose()


async def a_life(tonight: Traced) -> str:
    """Switched, paid, told to the shop, refunded."""
    night = tonight.evening.night
    night.channel("wechat-main").script.append(MAINTENANCE)
    made = (await tonight.shop.post("/v1/payments", order(customer=PERSON), traceparent=CALLER)).json
    payment_id: str = made["payment_id"]
    file = await night.file(payment_id)
    night.clock.advance(seconds=20)
    await night.pays(file.attempts[-1])
    await deliveries.deliver_due(night.ctx)
    await deliveries.settle_deliveries(night.ctx)
    refund = await tonight.shop.post(f"/v1/payments/{payment_id}/refunds", {"amount_fen": 900, "refund_no": "R-1"})
    assert refund.status in (200, 201, 202), refund.text
    await night.wait(5)
    return payment_id


async def test_one_trace_tells_the_whole_life(tonight: Traced) -> None:
    payment_id = await a_life(tonight)

    heard = await tonight.sent()

    trace = trace_of(payment_id)
    assert {span.trace_id for span in heard.spans} == {trace.trace_id.to_bytes(16, "big")}
    [root] = heard.named("payment")
    assert root.span_id == trace.root_id.to_bytes(8, "big")
    assert root.parent_span_id == b""
    names = [span.name for span in heard.spans]
    assert names.count("attempt") == names.count("channel create") == 2, "the failed one and the other"
    assert {"decision", "customer pays", "notify", "deliver event", "channel refund", "refund"} <= set(names)
    known = {span.span_id for span in heard.spans}
    assert all(span.parent_span_id in known for span in heard.spans if span is not root and span.parent_span_id)
    assert heard.resource["service.name"] == "payswitch"


async def test_each_span_lies_where_it_belongs_and_says_what_it_is(tonight: Traced) -> None:
    await a_life(tonight)

    heard = await tonight.sent()

    lost, won = sorted(heard.named("attempt"), key=lambda span: span.start_time_unix_nano)
    assert (attributes(lost)["channel_id"], attributes(lost)["result"]) == ("wechat-main", "given_up")
    assert lost.status.message == "refused_channel"
    assert attributes(won)["result"] == "exposed"
    failed, accepted = sorted(heard.named("channel create"), key=lambda span: span.start_time_unix_nano)
    assert (failed.parent_span_id, attributes(failed)["code"]) == (lost.span_id, "MAINTENANCE")
    assert (accepted.parent_span_id, attributes(accepted)["outcome"]) == (won.span_id, "accepted")
    [waited] = heard.named("customer pays")
    assert waited.end_time_unix_nano - waited.start_time_unix_nano == 20_000_000_000
    assert all(span.end_time_unix_nano >= span.start_time_unix_nano for span in heard.spans)


async def test_the_shops_own_trace_is_linked(tonight: Traced) -> None:
    await a_life(tonight)
    for number, header in enumerate(["", "00-zz-yy-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "x" * 5_000]):
        answered = await tonight.shop.post("/v1/payments", order(f"strange-{number}"), traceparent=header)
        assert answered.status == 201, "a strange header is nobody's trouble"

    heard = await tonight.sent()

    links = [[(link.trace_id.hex(), link.span_id.hex()) for link in span.links] for span in heard.named("payment")]
    assert sorted(links) == [[], [], [], [], [("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")]]


async def test_nothing_about_anybody_in_person_leaves(tonight: Traced) -> None:
    """Invariant 14: no secret, openid or card number in what is exported; nor what somebody bought or paid."""
    payment_id = await a_life(tonight)
    file = await tonight.evening.night.file(payment_id)

    heard = await tonight.sent()

    everything = b"".join(heard.bodies)
    private = [
        *(str(value) for value in PERSON.values() if not isinstance(value, int)),
        KEY,
        "order-1",
        "明前龙井",
        file.payment.checkout_token,
        *(attempt.channel_order_no for attempt in file.attempts),
        *(attempt.transaction_id or "none" for attempt in file.attempts),
        "shop.example",
    ]
    assert [word for word in private if word.encode() in everything] == []
    numbers = {value for span in heard.spans for value in attributes(span).values() if isinstance(value, int)}
    assert 12_900 not in numbers
    assert 23 not in numbers


async def test_a_share_of_the_payments_is_traced_each_wholly(tonight: Traced) -> None:
    tonight.sender._share = 0.5
    made = [(await tonight.shop.post("/v1/payments", order(f"o-{n}"))).json["payment_id"] for n in range(40)]

    heard = await tonight.sent()

    traced = {trace_of(one).trace_id.to_bytes(16, "big") for one in made if trace_of(one).is_sampled(0.5)}
    assert 0 < len(traced) < 40
    assert {span.trace_id for span in heard.spans} == traced
    assert len(heard.named("payment")) == len(heard.named("decision")) == len(traced)


def test_the_share_is_kept_over_many() -> None:
    """And a payment that is traced at a small share is traced at a larger one."""
    traces = [trace_of(f"pay_{hashlib.sha256(str(n).encode()).hexdigest()}") for n in range(4_000)]
    small, large = ([trace for trace in traces if trace.is_sampled(share)] for share in (0.1, 0.5))

    assert 320 < len(small) < 480
    assert 1_850 < len(large) < 2_150
    assert set(small) <= set(large)
    assert not any(trace.is_sampled(0.0) for trace in traces)
    assert all(trace.is_sampled(1.0) for trace in traces)


async def test_a_collector_that_is_away_costs_spans_and_nothing_else(tmp_path: Path, unused_tcp_port: int) -> None:
    async with evening(tmp_path) as opened:
        ctx = opened.night.ctx
        sender = TraceSender(f"http://127.0.0.1:{unused_tcp_port}/v1/traces", share=1.0, resource={}, clock=ctx.clock)
        ctx.feed = FanOut(opened.board, sender)
        assert (await opened.shop.post("/v1/payments", order())).status == 201
        sender._provider.shutdown = lambda: None  # type: ignore[method-assign]  # its retries would take seconds


def test_switched_off_nothing_of_it_is_there(tmp_path: Path) -> None:
    app = build(msgspec.structs.replace(QUIET, folder=tmp_path))

    assert app.telemetry._traces is None
    assert not isinstance(app.asgi, Traceparent)


def test_without_its_library_the_service_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = msgspec.structs.replace(QUIET.service, traces_endpoint="http://127.0.0.1:4318/v1/traces")
    monkeypatch.setitem(__import__("sys").modules, "payswitch.senders.traces.sender", None)

    with pytest.raises(SettingsError, match=r"pip install 'payswitch\[traces\]'"):
        build(msgspec.structs.replace(QUIET, service=service, folder=tmp_path))
