"""Routing decisions: time and memory over channels, rules and segments, beside two bandit libraries, in one run.

    make bench-routing                           # or python -m bench.routing_decision: without the peers

The peers choose among as many arms and learn one reward: no eligibility, rules, breakers, reasons or split. So their
figures say what the bare choice costs in a general library, not that they do the same. Ratios are of medians in this
run; rounds alternate between the contestants, so that a noisy neighbour hits all alike.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from payswitch.domain.channel import (
    Capability,
    Channel,
    Closing,
    CredentialKind,
    Environment,
    Method,
    Product,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.routing.planner import Router
from payswitch.routing.policy import Action, Condition, Policy, Rule, Target
from payswitch.routing.request import CallObservation, ChannelBook, FinalObservation, RouteRequest
from payswitch.routing.segments import Segments

NOW_MS = 1_731_328_620_000
PRODUCT = Product.WECHAT_NATIVE
_CAPABILITY = Capability(
    product=PRODUCT, method=Method.WECHAT, environments=frozenset({Environment.DESKTOP}), push=True,
    server_created=True, closing=Closing.YES, credential=CredentialKind.QR,
)  # fmt: skip
GOOD = Outcome(kind=OutcomeKind.ACCEPTED)
BAD = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="BUSY")


def book_of(channels: int) -> ChannelBook:
    """So many accounts of one merchant, each its own failure domain."""
    made = tuple(
        Channel(
            channel_id=f"c-{n}", connector="x", merchant_id="m", name="c", products=frozenset({PRODUCT}),
            upstream=f"u-{n}", tier=1,
        )
        for n in range(channels)
    )  # fmt: skip
    return ChannelBook(channels=made, capabilities={"x": {PRODUCT: _CAPABILITY}})


def policy_of(rules: int) -> Policy:
    """So many rules, of which about every third fires."""
    return Policy(
        version="bench",
        rules=tuple(
            Rule(
                name=f"r-{n}",
                when=Condition(min_fen=n * 37 % 30_000, metadata={"k": "v"} if n % 2 else {}),
                then=Action(prefer=Target(channels=(f"c-{n % 20}",))),
            )
            for n in range(rules)
        ),
    )


def learned(router: Router, channels: int, segments: int) -> None:
    """Two thousand outcomes, and every segment met once at the first channels."""
    rng = random.Random(1)
    for n in range(2_000 + segments):
        bank = f"bank-{n % segments}" if segments else ""
        where: dict[str, Any] = {
            "at_ms": NOW_MS + n, "channel_id": f"c-{n % min(channels, 20)}", "product": PRODUCT,
            "segments": Segments(bank=bank, amount="to_500", device="ios"),
        }  # fmt: skip
        good = rng.random() < 0.98
        router.observe_call(CallObservation(outcome=GOOD if good else BAD, latency_ms=1.0, **where))
        router.observe_final(FinalObservation(paid=rng.random() < 0.9, waited_ms=20_000, **where))


def payswitch(channels: int, rules: int, segments: int) -> Callable[[int], object]:
    router, book = Router(policy_of(rules)), book_of(channels)
    learned(router, channels, segments)

    def decide(n: int) -> object:
        request = RouteRequest(
            payment_id=f"pay_{n}", merchant_id="m", shop_id="s", amount_fen=9_900 + n, environment=Environment.DESKTOP,
            bank=f"bank-{n % segments}" if segments else "",
        )  # fmt: skip
        return router.plan(request, book, now_ms=NOW_MS + 10_000 + n, salt=f"pay_{n}")

    return decide


def mabwiser(channels: int) -> Callable[[int], object]:
    module = importlib.import_module("mabwiser.mab")
    mab = module.MAB([f"c-{n}" for n in range(channels)], module.LearningPolicy.ThompsonSampling(), seed=1)
    arms = [f"c-{n % channels}" for n in range(max(2_000, channels))]
    mab.fit(arms, [int(n % 10 != 0) for n in range(len(arms))])
    return lambda n: mab.predict()


def river(channels: int) -> Callable[[int], object]:
    bandit, proba = importlib.import_module("river.bandit"), importlib.import_module("river.proba")
    policy = bandit.ThompsonSampling(reward_obj=proba.Beta(), seed=1)
    arms = [f"c-{n}" for n in range(channels)]
    for n in range(2_000):
        policy.update(arms[n % channels], n % 10 != 0)
    return lambda n: policy.pull(arms)


def measured(contestants: dict[str, Callable[[int], object]], decisions: int, rounds: int) -> dict[str, list[float]]:
    """Microseconds of every decision, per contestant."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds):
        for name, decide in contestants.items():
            for n in range(turn * decisions, (turn + 1) * decisions):
                begun = time.perf_counter_ns()
                decide(n)
                times[name].append((time.perf_counter_ns() - begun) / 1_000)
    return times


def memory_kib(make: Callable[[], object]) -> float:
    tracemalloc.start()
    kept = make()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return used / 1_024


def contestants_for(channels: int, rules: int, segments: int) -> dict[str, Callable[[], Callable[[int], object]]]:
    made: dict[str, Callable[[], Callable[[int], object]]] = {"payswitch": lambda: payswitch(channels, rules, segments)}
    for name, peer in (("mabwiser", mabwiser), ("river", river)):
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(
                {"mabwiser": "mabwiser.mab", "river": "river.bandit"}[name]
            )  # not part of its memory
            made[name] = lambda peer=peer: peer(channels)  # type: ignore[misc]
    return made


CASES = (
    (5, 0, 0), (20, 50, 0), (20, 50, 100), (20, 50, 10_000), (20, 50, 100_000), (20, 1_000, 100), (100, 50, 100),
    (1_000, 50, 100),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Routing decisions: time and memory, beside mabwiser and river")
    parser.add_argument("--decisions", type=int, default=300, help="per round and contestant")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    table = Table("channels", "rules", "segments", "who", "median us", "p99 us", "KiB", "of payswitch's median")
    for channels, rules, segments in CASES:
        makers = contestants_for(channels, rules, segments)
        kib = {name: memory_kib(make) for name, make in makers.items()}
        times = measured({name: make() for name, make in makers.items()}, options.decisions, options.rounds)
        own = statistics.median(times["payswitch"])
        for name, found in times.items():
            median, p99 = statistics.median(found), statistics.quantiles(found, n=100)[98]
            table.add_row(
                f"{channels:,}", f"{rules:,}", f"{segments:,}", name, f"{median:.1f}", f"{p99:.1f}",
                f"{kib[name]:,.0f}", f"x {median / own:.2f}",
            )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
