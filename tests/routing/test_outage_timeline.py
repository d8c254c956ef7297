"""Nights on a timeline: how fast a dead channel is left and back, and how rarely a healthy one is suspected.

The world is simulated in the test (seeded); the router is the real one and sees only what production would show it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.routing.world import ACCEPTED, BUSY, FIVE, NIGHT_MS, TIMEOUT, Night, best_only, book, payment, qr_product

from payswitch.domain.channel import Product
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.routing.policy import Policy
from payswitch.routing.policy_default import default_policy
from payswitch.routing.request import CallObservation

UNLISTED = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="ACQ.SOMETHING_NEW")
World = Callable[[str, float], Outcome]
"""(channel, second of the night) -> how a create call made then goes."""


class Traffic:
    """Payments at a steady rate, each with failover along fresh plans, as the service does it."""

    def __init__(self, world: World, *, per_s: float, policy: Policy | None = None, latency_ms: float = 80.0) -> None:
        self.night = Night(policy or default_policy())
        self.world = world
        self.gap_ms = 1_000 / per_s
        self.latency_ms = latency_ms
        self.at_ms = float(NIGHT_MS)
        self.first_choices: list[tuple[float, str]] = []
        self.calls: list[tuple[float, str, OutcomeKind]] = []
        self.lost = 0

    def run(self, until_s: float) -> None:
        while self.second < until_s:
            self._payment()
            self.at_ms += self.gap_ms

    @property
    def second(self) -> float:
        return (self.at_ms - NIGHT_MS) / 1_000

    def _payment(self) -> None:
        failed: frozenset[tuple[str, Product]] = frozenset()
        upstreams: frozenset[str] = frozenset()
        payment_id = f"pay_{len(self.first_choices)}"
        for attempt in range(3):
            self.night.now_ms = int(self.at_ms)
            request = payment(payment_id, failed=failed, failed_upstreams=upstreams)
            plan = self.night.router.plan(request, self.night.book, now_ms=self.night.now_ms, salt=payment_id)
            first = plan.candidates[0]
            if plan.shadow is not None:
                self._beside(plan.shadow.channel_id, plan.shadow.product)
            if attempt == 0:
                self.first_choices.append((self.second, first.channel_id))
            if self._call(first.channel_id, first.product):
                return
            failed |= {(first.channel_id, first.product)}
            upstreams |= {first.upstream}
        self.lost += 1

    def _beside(self, channel_id: str, product: Product) -> None:
        """A shadow probe: no customer's call."""
        self._hear(channel_id, product, self.world(channel_id, self.second))

    def _call(self, channel_id: str, product: Product) -> bool:
        outcome = self.world(channel_id, self.second)
        self.calls.append((self.second, channel_id, outcome.kind))
        self._hear(channel_id, product, outcome)
        return outcome.kind is OutcomeKind.ACCEPTED

    def _hear(self, channel_id: str, product: Product, outcome: Outcome) -> None:
        seen = CallObservation(
            at_ms=int(self.at_ms + self.latency_ms),
            channel_id=channel_id,
            product=product,
            outcome=outcome,
            latency_ms=self.latency_ms,
        )
        self.night.moves += self.night.router.observe_call(seen)

    def openings(self, channel_id: str) -> int:
        """How often it was taken out while it was in use: failed probes do not count."""
        return sum(
            move.channel_id == channel_id and move.after == "open" and move.before in ("healthy", "degraded")
            for move in self.night.moves
        )


def outage(channel_id: str, outcome: Outcome, from_s: float, to_s: float) -> World:
    return lambda asked, second: outcome if asked == channel_id and from_s <= second < to_s else ACCEPTED


@pytest.mark.parametrize("per_s", [0.2, 1.0, 10.0, 50.0])
@pytest.mark.parametrize("outcome", [TIMEOUT, UNLISTED, Outcome(kind=OutcomeKind.NOT_SENT)])
def test_a_dead_best_channel_is_left_after_at_most_three_failed_calls(outcome: Outcome, per_s: float) -> None:
    """Three calls that began before anybody could know are the most that a total outage may cost."""
    traffic = Traffic(outage("wechat-main", outcome, 120, 10_000), per_s=per_s, latency_ms=10)
    traffic.run(120)
    assert traffic.night.moves == []
    before = len(traffic.calls)
    while not traffic.night.moves:
        traffic.run(traffic.second + 1 / per_s)
        assert traffic.second < 400
    failed = [call for call in traffic.calls[before:] if call[2] is not OutcomeKind.ACCEPTED]
    assert len(failed) <= 3
    assert traffic.night.moves[0].after == "open"


@pytest.mark.parametrize("outcome", [TIMEOUT, UNLISTED])
def test_no_payment_is_lost_in_an_outage_and_few_customers_meet_it(outcome: Outcome) -> None:
    traffic = Traffic(outage("wechat-main", outcome, 60, 360), per_s=5)
    traffic.run(600)
    assert traffic.lost == 0
    met = sum(kind is not OutcomeKind.ACCEPTED for _, _, kind in traffic.calls)
    assert met <= 3 + 15  # the onset, and a probe at 2, 6, 14, 30, 60 ... seconds


@pytest.mark.parametrize(("length_s", "per_s"), [(5, 1.0), (47, 1.0), (300, 1.0), (1_700, 1.0), (5, 20.0), (300, 20.0)])
def test_a_recovered_channel_has_its_share_back_within_a_minute(length_s: int, per_s: float) -> None:
    over_s = 60 + length_s
    traffic = Traffic(outage("wechat-main", TIMEOUT, 60, over_s), per_s=per_s)
    traffic.run(over_s + 60 + 200)
    assert traffic.night.state("wechat-main") == "healthy"
    after = [channel_id for second, channel_id in traffic.first_choices if second >= over_s + 60]
    share = after.count("wechat-main") / len(after)
    assert abs(share - 0.7) <= 0.02
    closed = [move.at_ms for move in traffic.night.moves if move.after == "healthy"]
    assert closed[0] <= NIGHT_MS + (over_s + 60) * 1_000


@pytest.mark.parametrize("seed", range(20))
def test_a_partial_outage_of_a_third_is_left_within_sixty_calls(seed: int) -> None:
    rng = random.Random(seed)
    traffic = Traffic(
        lambda channel_id, second: (
            BUSY if channel_id == "wechat-main" and second >= 60 and rng.random() < 0.30 else ACCEPTED
        ),
        per_s=10,
        policy=Policy(version="t", split=best_only()),
    )
    traffic.run(60)
    begin = len(traffic.calls)
    while traffic.night.state("wechat-main") in ("healthy", "degraded"):
        traffic.run(traffic.second + 0.1)
        asked = sum(channel_id == "wechat-main" for _, channel_id, _ in traffic.calls[begin:])
        if traffic.first_choices[-1][1] != "wechat-main":
            break  # weak signs were enough: it gave way to its equal
        assert asked <= 60


def test_a_healthy_channel_with_two_percent_of_errors_is_hardly_ever_suspected() -> None:
    """A day at one payment a second, in four nights of their own seeds: at most one false opening."""
    openings = 0
    for seed in range(4):
        rng = random.Random(seed)
        traffic = Traffic(
            lambda channel_id, _second, rng=rng: BUSY if rng.random() < 0.02 else ACCEPTED,  # type: ignore[misc]
            per_s=1,
            policy=Policy(version="t", split=best_only()),
        )
        traffic.night.book = book(FIVE[0])
        traffic.run(6 * 3_600)
        openings += traffic.openings("wechat-main")
    assert openings <= 1


def test_flapping_is_met_with_longer_and_longer_absence() -> None:
    """Five seconds up, five down, for ten minutes: the channel is soon left alone for half a minute at a time."""
    traffic = Traffic(
        lambda channel_id, second: TIMEOUT if channel_id == "wechat-main" and int(second) % 10 < 5 else ACCEPTED,
        per_s=10,
    )
    traffic.run(600)
    assert traffic.lost == 0
    late = [m for m in traffic.night.moves if m.after == "open" and m.at_ms > NIGHT_MS + 300_000]
    assert late
    assert {move.evidence["open_s"] for move in late} == {30.0}
    failed = sum(kind is OutcomeKind.UNKNOWN for _, _, kind in traffic.calls)
    assert failed < 100  # of 6,000 payments


def test_when_everything_is_down_payments_keep_trying_and_the_first_recovery_is_noticed_at_once() -> None:
    def world(channel_id: str, second: float) -> Outcome:
        if not 60 <= second < 120:
            return ACCEPTED
        return ACCEPTED if channel_id == "bank-alipay" and second >= 100 else TIMEOUT

    traffic = Traffic(world, per_s=5)
    traffic.run(103)
    lost_before = traffic.lost
    assert lost_before > 0
    traffic.run(180)
    assert traffic.lost - lost_before <= 5
    assert {traffic.night.state(c.channel_id) for c in FIVE} == {"healthy"}


def test_the_same_night_again_is_the_same_night() -> None:
    runs = []
    for _ in range(2):
        traffic = Traffic(outage("wechat-main", TIMEOUT, 60, 120), per_s=5)
        traffic.run(240)
        runs.append((traffic.first_choices, traffic.calls, traffic.night.moves))
    assert runs[0] == runs[1]


def test_the_story_world_and_the_simulation_speak_of_the_same_products() -> None:
    traffic = Traffic(outage("nobody", TIMEOUT, 0, 0), per_s=1)
    traffic.run(50)
    assert {qr_product(channel_id) for _, channel_id in traffic.first_choices} <= set(Product)
