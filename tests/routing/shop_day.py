"""A shop's traffic in a simulated world: banks, amounts and devices, customers who take their time to pay.

The world is drawn from one seed; the router is the real one and is told only what production would tell it: calls as
they are answered, exposures, payments as they arrive, credentials that ran out.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.routing.world import ACCEPTED, NIGHT_MS, TIMEOUT, book, channel

from payswitch.domain.channel import Environment, Product
from payswitch.domain.customer import Customer
from payswitch.domain.outcome import Outcome
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy
from payswitch.routing.request import (
    BreakerMove,
    CallObservation,
    ExposedObservation,
    FinalObservation,
    RouteRequest,
)

THREE = (
    channel("wechat-main", "wechatpay", "wechat", 1, fee_bp=60),
    channel("alipay-main", "alipay", "alipay", 2, fee_bp=65, products=frozenset({Product.ALIPAY_PRECREATE})),
    channel("bank-alipay", "alipay", "bank", 3, fee_bp=60, products=frozenset({Product.ALIPAY_PRECREATE})),
)
BANKS = ("ICBC", "CCB", "ABC", "BOC", "CMB")
DEVICES = ("ios", "android", "desktop")
AMOUNTS = (2_000, 9_900, 60_000)
EXPIRY_MS = 900_000


@dataclass(frozen=True)
class Asked:
    """What the world may look at when it decides how a create or a completion goes."""

    channel_id: str
    second: float
    bank: str
    amount_fen: int
    device: str


World = Callable[[Asked], float]
"""Probability of success, 0..1."""


def healthy(creation: float) -> World:
    return lambda asked: creation


def down(channel_id: str, from_s: float, to_s: float = 1e9, *, left: float = 0.0, otherwise: float = 0.995) -> World:
    """One channel succeeds with probability `left` for a while."""
    return lambda asked: left if asked.channel_id == channel_id and from_s <= asked.second < to_s else otherwise


@dataclass
class ShopDay:
    """Payments at a Poisson rate, at most three attempts each, failover along fresh plans."""

    seed: int
    per_s: float
    creation: World
    completion: World = field(default_factory=lambda: healthy(0.9))
    policy: Policy = field(default_factory=lambda: Policy(version="t"))
    bad: Outcome = TIMEOUT
    delay_ms: float = 20_000
    banks: Iterable[str] = BANKS

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.router = Router(self.policy)
        self.book = book(*THREE)
        self.at_ms = float(NIGHT_MS)
        self.firsts: list[tuple[float, str]] = []
        self.calls: list[tuple[float, str, bool, str]] = []
        """(second, channel, answered well, bank)"""
        self.moves: list[BreakerMove] = []
        self.was_probe = False
        """The last payment was lent to a probe."""
        self._due: list[tuple[float, int, FinalObservation]] = []
        self._banks = tuple(self.banks)

    @property
    def second(self) -> float:
        return (self.at_ms - NIGHT_MS) / 1_000

    def run(self, until_s: float) -> None:
        while self.second < until_s:
            self.pay()

    def pay(self) -> None:
        """The next payment, a random while later."""
        self.at_ms += self.rng.expovariate(self.per_s) * 1_000
        self._hear_ends()
        n = len(self.firsts)
        asked = self._customer()
        failed: frozenset[tuple[str, Product]] = frozenset()
        upstreams: frozenset[str] = frozenset()
        for attempt in range(3):
            request = RouteRequest(
                payment_id=f"pay_{self.seed}_{n}", merchant_id="m-1", shop_id="s", amount_fen=asked.amount_fen,
                environment=Environment.DESKTOP, customer=Customer(device=asked.device), bank=asked.bank,
                failed=failed, failed_upstreams=upstreams,
            )  # fmt: skip
            plan = self.router.plan(request, self.book, now_ms=int(self.at_ms), salt=request.payment_id)
            first = plan.candidates[0]
            if plan.shadow is not None:
                self._beside(replace(asked, channel_id=plan.shadow.channel_id), request, plan.shadow.product)
            if attempt == 0:
                self.firsts.append((self.second, first.channel_id))
                self.was_probe = first.probe
            if self._call(replace(asked, channel_id=first.channel_id), request, first.product):
                return
            failed |= {(first.channel_id, first.product)}
            upstreams |= {first.upstream}

    def _customer(self) -> Asked:
        rng = self.rng
        bank = rng.choice(self._banks) if self._banks else ""
        return Asked("", self.second, bank, rng.choice(AMOUNTS), rng.choice(DEVICES))

    def _beside(self, asked: Asked, request: RouteRequest, product: Product) -> None:
        """A shadow probe: its answer is heard, and nobody is shown anything."""
        where: dict[str, Any] = {"channel_id": asked.channel_id, "product": product, "segments": request.segments()}
        self._answer(asked, where)

    def _call(self, asked: Asked, request: RouteRequest, product: Product) -> bool:
        where: dict[str, Any] = {"channel_id": asked.channel_id, "product": product, "segments": request.segments()}
        good = self._answer(asked, where)
        self.calls.append((self.second, asked.channel_id, good, asked.bank))
        if good:
            self.moves += self.router.observe_exposed(ExposedObservation(at_ms=int(self.at_ms), **where))
            paid = self.rng.random() < self.completion(asked)
            wait_ms = self.rng.gammavariate(2, self.delay_ms / 2) if paid else EXPIRY_MS
            end_ms = self.at_ms + wait_ms
            final = FinalObservation(at_ms=int(end_ms), paid=paid, waited_ms=int(wait_ms), **where)
            heapq.heappush(self._due, (end_ms, len(self.calls), final))
        return good

    def _answer(self, asked: Asked, where: dict[str, Any]) -> bool:
        good = self.rng.random() < self.creation(asked)
        latency_ms = self.rng.lognormvariate(4.5, 0.3) if good else 250.0
        outcome = ACCEPTED if good else self.bad
        seen = CallObservation(at_ms=int(self.at_ms), outcome=outcome, latency_ms=min(latency_ms, 1.0), **where)
        self.moves += self.router.observe_call(seen)
        return good

    def _hear_ends(self) -> None:
        while self._due and self._due[0][0] <= self.at_ms:
            self.moves += self.router.observe_final(heapq.heappop(self._due)[2])

    def openings(self, channel_id: str) -> list[BreakerMove]:
        """How often it was taken out while it was in use: failed probes do not count."""
        return [
            m for m in self.moves
            if m.channel_id == channel_id and m.after == "open" and m.before in ("healthy", "degraded")
        ]  # fmt: skip

    def share(self, channel_id: str, since_s: float) -> float:
        """Part of the first attempts since then."""
        firsts = [who for second, who in self.firsts if second >= since_s]
        return firsts.count(channel_id) / len(firsts)
