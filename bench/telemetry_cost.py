"""What telemetry costs on the path of a payment: told news by news, and over a whole service.

    python -m bench.telemetry_cost [--rounds 7] [--seconds 3]

First the feed alone: everything that is told while one payment is created, shown and paid is told to the live board
alone, to the board and the metrics, and to traces as well (of a tenth of the payments, of all), in turns; time of the
telling thread, the spans leave on another. Then two services (`metrics = false` and `true`) are driven in turns
with the load of `bench.create_payment`; the median of the rounds' CPU time per payment is compared. Ratios of one run
count: machines differ, and this one may be busy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.create_payment import Child, Side, drive, prepare, service
from bench.processes import free_port
from payswitch.entry.metrics.heard import HeardMetrics
from payswitch.kit.clock import SystemClock
from payswitch.senders.traces.sender import TraceSender
from payswitch.services.feeds import FanOut
from payswitch.services.live.live_board import LiveBoard
from payswitch.services.ports import LiveFeed

PAYMENTS = 4_000
"""Told in one round."""


def news_of(number: int) -> list[tuple[str, dict[str, Any]]]:
    """All that is told of one payment until it is paid."""
    payment = {"payment_id": f"pay_{number}", "attempt_id": f"att_{number}"}
    lane = {"channel_id": f"wechat-{number % 4}", "product": "wechat_native"}
    return [
        ("decided", {**payment, "policy_version": "p", "at_ms": number, "duration_us": 60, "channel_id": "wechat-0",
                     "candidates": 4, "excluded": 2, "decision_id": "dec_1"}),
        ("create_answered", {**payment, **lane, "call": "create", "outcome": "accepted", "code": "",
                             "latency_ms": 40 + number % 90}),
        ("exposed", {**payment, **lane, "credential_ms": 45 + number % 90, "hedge": False,
                     "started_ms": number}),
        ("payment_created", {**payment, "shop_id": "s", "amount_fen": 12_900, "took_ms": 60, "shown": True}),
    ]  # fmt: skip


def told_us(feed: LiveFeed) -> float:
    """Microseconds for the news of one payment."""
    news = [news_of(number) for number in range(PAYMENTS)]
    begun = time.thread_time()
    for payment in news:
        for kind, facts in payment:
            feed.tell(kind, facts)
    return (time.thread_time() - begun) / PAYMENTS * 1e6


def feed_alone(rounds: int) -> dict[str, float]:
    clock = SystemClock()
    nobody = f"http://127.0.0.1:{free_port()}/v1/traces"
    whole, tenth = (TraceSender(nobody, share=share, resource={}, clock=clock) for share in (1.0, 0.1))
    feeds = {
        "board alone": FanOut(LiveBoard(clock)),
        "board and metrics": FanOut(LiveBoard(clock), HeardMetrics()),
        "... traces of 10 %": FanOut(LiveBoard(clock), HeardMetrics(), tenth),
        "... traces of all": FanOut(LiveBoard(clock), HeardMetrics(), whole),
    }
    found: dict[str, list[float]] = {name: [] for name in feeds}
    for _ in range(rounds + 1):
        for name, feed in feeds.items():
            found[name].append(told_us(feed))
    return {name: statistics.median(values[1:]) for name, values in found.items()}


def two_services(folder: Path) -> tuple[Child, list[Side]]:
    config = prepare(folder)
    path = folder / "bench.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    env = {"BENCH_CONFIG": str(path)}
    stub = Child(
        "stub channel", ["-m", "bench.stub_channel", str(path)], int(str(config["stub_port"])), folder / "stub.log", env
    )
    sides = [
        service(f"metrics {word}", folder, config, f"{word}.sqlite", {**env, "PAYSWITCH_METRICS": word})
        for word in ("false", "true")
    ]
    for child in (stub, *(side.child for side in sides)):
        child.wait_until_listening()
    return stub, sides


async def whole(arguments: argparse.Namespace) -> list[Side]:
    with tempfile.TemporaryDirectory(prefix="payswitch-bench-") as name:
        stub, sides = await asyncio.to_thread(two_services, Path(name))
        try:
            for side in sides:
                await drive(side, label="w", seconds=1.5, concurrency=arguments.concurrency, record=False)
            for number in range(arguments.rounds):
                for side in sides if number % 2 else reversed(sides):
                    await drive(
                        side,
                        label=str(number),
                        seconds=arguments.seconds,
                        concurrency=arguments.concurrency,
                        record=True,
                    )
        finally:
            for child in (stub, *(side.child for side in sides)):
                await asyncio.to_thread(child.stop)
        return sides


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="per round and service")
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--feed-only", action="store_true")
    arguments = parser.parse_args()
    for name, cost_us in feed_alone(arguments.rounds).items():
        print(f"{name:<20}{cost_us:>8.2f} us CPU for the news of one payment")
    if arguments.feed_only:
        return
    without, with_metrics = asyncio.run(whole(arguments))
    for side in (without, with_metrics):
        print(
            f"{side.name:<20}{statistics.median(side.cpu_us):>8.0f} us CPU/payment"
            f"{statistics.median(side.rates):>10.0f} payments/s   failures {side.failures}"
        )
    pairs = zip(without.cpu_us, with_metrics.cpu_us, strict=True)
    print(f"with : without = {statistics.median(b / a for a, b in pairs):.3f} : 1 (median of the rounds)")


if __name__ == "__main__":
    main()
