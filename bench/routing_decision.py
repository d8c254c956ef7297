"""Routing decisions: time and memory over channels, rules and segments, beside two bandit libraries, in one run.

    make bench-routing                                     # or python -m bench.routing_decision: without the peers
    python -m bench.routing_decision --case 20,50,100      # one size; --only payswitch leaves the peers out
    .compiled/bin/python -m bench.routing_decision         # after `make compiled`: routing as machine code

As in production an outcome is learned after every decision: of its create call at once, of its payment some hundred
payments later; one call in seventy fails. Customers differ in bank, device and amount; channels share failure domains.
Only the decision is timed: on the wall, and in processor time of its thread, which a busy machine disturbs less.

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
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
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
from payswitch.domain.customer import Customer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.routing.build import is_machine_code
from payswitch.routing.planner import Router
from payswitch.routing.policy import Action, Condition, Policy, Rule, Target
from payswitch.routing.request import (
    CallObservation,
    ChannelBook,
    ExposedObservation,
    FinalObservation,
    RoutePlan,
    RouteRequest,
)
from payswitch.routing.segments import Segments

NOW_MS = 1_731_328_620_000
PRODUCT = Product.WECHAT_NATIVE
_CAPABILITY = Capability(
    product=PRODUCT, method=Method.WECHAT, environments=frozenset({Environment.DESKTOP}), push=True,
    server_created=True, closing=Closing.YES, credential=CredentialKind.QR,
)  # fmt: skip
UPSTREAMS = 6
AMOUNTS_FEN = (2_900, 9_900, 9_900, 19_900, 25_900, 68_800, 129_900, 599_900)
DEVICES = ("ios", "android", "iPhone", "harmony", None, "android")
WARM_UP = 4_000
"""Outcomes before the first decision."""
GAP_MS = 50
"""Twenty payments a second: the night of the story."""
WAITING = 400
"""Exposed payments whose customers have not paid yet."""
GOOD_CALLS = 0.985
GOOD = Outcome(kind=OutcomeKind.ACCEPTED)
BAD = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="BUSY")


def book_of(channels: int) -> ChannelBook:
    """So many accounts of one merchant, in two tiers, behind a few failure domains."""
    made = tuple(
        Channel(
            channel_id=f"c-{n}", connector="x", merchant_id="m", name="c", products=frozenset({PRODUCT}),
            upstream=f"u-{n % UPSTREAMS}", tier=1 + n % 2,
        )
        for n in range(channels)
    )  # fmt: skip
    return ChannelBook(channels=made, capabilities={"x": {PRODUCT: _CAPABILITY}})


_ASKED: tuple[tuple[str, ...], ...] = ((), ("ios", "iphone"), (), ("android",), ())


def policy_of(rules: int) -> Policy:
    """So many rules, of which about every third fires."""
    return Policy(
        version="bench",
        rules=tuple(
            Rule(
                name=f"r-{n}",
                when=Condition(
                    min_fen=n * 3_701 % 300_000, metadata={"k": "v"} if n % 2 else {}, devices=_ASKED[n % len(_ASKED)]
                ),
                then=Action(prefer=Target(channels=(f"c-{n % 20}",))),
            )
            for n in range(rules)
        ),
    )


class Contestant(Protocol):
    """Decides about the n-th payment, and is told afterwards what became of it."""

    def decide(self, n: int) -> object: ...
    def learn(self, n: int, decided: Any) -> None: ...


class Payswitch:
    def __init__(self, channels: int, rules: int, segments: int) -> None:
        self._router, self._book = Router(policy_of(rules)), book_of(channels)
        self._segments = segments
        self._rng = random.Random(1)
        self._waiting: deque[tuple[str, Segments]] = deque()
        self._now_ms = NOW_MS
        for n in range(WARM_UP + segments):  # every segment is met once, and every channel
            self._tell(f"c-{n % channels}", self._request(n).segments())

    def _request(self, n: int) -> RouteRequest:
        return RouteRequest(
            payment_id=f"pay_{n}", merchant_id="m", shop_id="s", amount_fen=AMOUNTS_FEN[n % len(AMOUNTS_FEN)] + n % 97,
            environment=Environment.DESKTOP, bank=f"bank-{n % self._segments}" if self._segments else "",
            customer=Customer(device=DEVICES[n % len(DEVICES)]), metadata={"k": "v"} if n % 3 else {},
        )  # fmt: skip

    def decide(self, n: int) -> RoutePlan:
        return self._router.plan(self._request(n), self._book, now_ms=self._now_ms, salt=f"dec_{n}")

    def learn(self, n: int, decided: RoutePlan) -> None:
        self._tell(decided.candidates[0].channel_id, self._request(n).segments())

    def _tell(self, channel_id: str, segments: Segments) -> None:
        self._now_ms += GAP_MS
        rng, router = self._rng, self._router
        seen: dict[str, Any] = {
            "at_ms": self._now_ms, "channel_id": channel_id, "product": PRODUCT, "segments": segments,
        }  # fmt: skip
        good = rng.random() < GOOD_CALLS
        router.observe_call(CallObservation(outcome=GOOD if good else BAD, latency_ms=rng.uniform(60, 120), **seen))
        if good:
            router.observe_exposed(ExposedObservation(**seen))
            self._waiting.append((channel_id, segments))
        if len(self._waiting) > WAITING:
            seen["channel_id"], seen["segments"] = self._waiting.popleft()
            router.observe_final(FinalObservation(paid=rng.random() < 0.9, waited_ms=WAITING * GAP_MS, **seen))


class MabWiser:
    def __init__(self, channels: int) -> None:
        module = importlib.import_module("mabwiser.mab")
        self._mab = module.MAB([f"c-{n}" for n in range(channels)], module.LearningPolicy.ThompsonSampling(), seed=1)
        arms = [f"c-{n % channels}" for n in range(max(WARM_UP, channels))]
        self._mab.fit(arms, [int(n % 10 != 0) for n in range(len(arms))])

    def decide(self, n: int) -> Any:
        return self._mab.predict()

    def learn(self, n: int, decided: Any) -> None:
        self._mab.partial_fit([decided], [int(n % 10 != 0)])


class River:
    def __init__(self, channels: int) -> None:
        bandit, proba = importlib.import_module("river.bandit"), importlib.import_module("river.proba")
        self._policy = bandit.ThompsonSampling(reward_obj=proba.Beta(), seed=1)
        self._arms = [f"c-{n}" for n in range(channels)]
        for n in range(WARM_UP):
            self.learn(n, self._arms[n % channels])

    def decide(self, n: int) -> Any:
        return self._policy.pull(self._arms)

    def learn(self, n: int, decided: Any) -> None:
        self._policy.update(decided, n % 10 != 0)


class Times(msgspec.Struct):
    """Microseconds of every decision."""

    wall: list[float] = []
    processor: list[float] = []


def measured(contestants: dict[str, Contestant], decisions: int, rounds: int) -> dict[str, Times]:
    times = {name: Times() for name in contestants}
    share = decisions // rounds
    for turn in range(rounds):
        for name, contestant in contestants.items():
            wall, processor = times[name].wall, times[name].processor
            for n in range(turn * share, (turn + 1) * share):
                thread_begun, begun = time.thread_time_ns(), time.perf_counter_ns()
                decided = contestant.decide(n)
                ended, thread_ended = time.perf_counter_ns(), time.thread_time_ns()
                wall.append((ended - begun) / 1_000)
                processor.append((thread_ended - thread_begun) / 1_000)
                contestant.learn(n, decided)
    return times


def made_with_memory(make: Callable[[], Contestant]) -> tuple[Contestant, float]:
    """(the contestant, what it keeps in KiB before its first decision)."""
    tracemalloc.start()
    made = make()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return made, used / 1_024


def contestants_for(channels: int, rules: int, segments: int, only: str) -> dict[str, Callable[[], Contestant]]:
    made: dict[str, Callable[[], Contestant]] = {"payswitch": lambda: Payswitch(channels, rules, segments)}
    peers: dict[str, Callable[[], Contestant]] = {
        "mabwiser": lambda: MabWiser(channels),
        "river": lambda: River(channels),
    }
    for name, peer in peers.items():
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(_MODULES[name])  # not part of its memory
            made[name] = peer
    return {only: made[only]} if only else made


_MODULES = {"mabwiser": "mabwiser.mab", "river": "river.bandit"}
CASES = (
    (5, 0, 0), (20, 50, 0), (20, 50, 100), (20, 50, 10_000), (20, 50, 100_000), (20, 1_000, 100), (100, 50, 100),
    (1_000, 50, 100), (1_000, 1_000, 100_000),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Routing decisions: time and memory, beside mabwiser and river")
    parser.add_argument("--decisions", type=int, default=20_000, help="per contestant; a tenth beyond 100 channels")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="one contestant: payswitch, mabwiser or river")
    parser.add_argument("--case", help="CHANNELS,RULES,SEGMENTS instead of all sizes")
    options = parser.parse_args()
    cases = [tuple(map(int, options.case.split(",")))] if options.case else CASES
    table = Table(
        "channels", "rules", "segments", "who", "median us", "p99 us", "cpu median", "cpu p99", "KiB", "of ours",
        title=f"PaySwitch's routing: {'machine code' if is_machine_code() else 'interpreted'}",
    )  # fmt: skip
    for channels, rules, segments in cases:
        makers = contestants_for(channels, rules, segments, options.only)
        made = {name: made_with_memory(make) for name, make in makers.items()}
        decisions = options.decisions if channels <= 100 else options.decisions // 10
        times = measured({name: contestant for name, (contestant, _) in made.items()}, decisions, options.rounds)
        own = statistics.median(next(iter(times.values())).wall)
        for name, found in times.items():
            median, p99 = _median_and_p99(found.wall)
            figures = [*_median_and_p99(found.processor), made[name][1]]
            table.add_row(
                f"{channels:,}", f"{rules:,}", f"{segments:,}", name, f"{median:.1f}", f"{p99:.1f}",
                *(f"{figure:,.0f}" for figure in figures), f"x {median / own:.2f}",
            )  # fmt: skip
    Console(width=120).print(table)


def _median_and_p99(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


if __name__ == "__main__":
    main()
