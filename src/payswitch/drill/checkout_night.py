"""收银台之夜: shoppers use the real page in real browsers while channels die one after the other.

None may see an error page; none may pay twice without being told on that very page and getting it back; everybody who
wanted to pay has paid; and the three books agree.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from payswitch.domain.payment import AttemptState, RefundState
from payswitch.drill.books import Difference
from payswitch.drill.chromium import a_browser
from payswitch.drill.client import DrillError, one_reason
from payswitch.drill.page_shopper import PageShopper, PageVisit, visit_of
from payswitch.drill.settling import Settling
from payswitch.drill.stage import Stage, plan_of_night
from payswitch.drill.views import PaymentView
from payswitch.drill.watching import Watcher
from payswitch.kit.clock import Clock

AT_ONCE: Final = 3
"""Browser windows open at the same time: as many as two cores can show."""
_EXPIRES_IN_S: Final = 240
_SETTLE_S: Final = 280.0
_CHANNELS: Final = ("wechat-main", "wechat-backup", "alipay-main", "alipay-backup", "unionpay-main")
_EVENING: Final[tuple[tuple[float, tuple[dict[str, object], ...]], ...]] = (
    (0.0, ()),
    (0.15, ({"account": "wechat-main", "kind": "error_code", "code": "SYSTEM_ERROR", "operations": ["create"]},)),
    (0.35, ({"account": "alipay-main", "kind": "hang", "operations": ["create"]},)),
    (
        0.55,
        (
            {"account": "wechat-backup", "kind": "hang", "operations": ["create"]},
            {"account": "*", "kind": "notify_lost"},
        ),
    ),
    (0.75, ({"account": "alipay-backup", "kind": "http_5xx", "operations": ["create", "query"]},)),
    (0.9, ()),
)
"""What is broken from which share of the shoppers on."""


class CheckoutNightResult(msgspec.Struct, frozen=True, kw_only=True):
    """What `payswitch drill checkout-night --json` writes."""

    drill: str
    shoppers: int
    paid: int
    error_pages: Sequence[str]
    notices: Sequence[str]
    """What pages said about a way that did not work at all: honest, and with the others beside it."""
    dead_ends: int
    """Channels' own pages that did not come after a locally signed link: the shoppers went back and paid otherwise."""
    unseen_failures: int
    """Attempts that failed before anything was shown, and that no shopper knows of."""
    paid_twice: int
    paid_twice_told: int
    paid_twice_refunded: int
    open_to_green_ms: float
    """Median over the shoppers who paid: from opening the link to the green page, wallet included."""
    books_equal: bool
    differences: Sequence[Difference]

    @property
    def sound(self) -> bool:
        told = self.paid_twice == self.paid_twice_told == self.paid_twice_refunded
        return not self.error_pages and told and self.books_equal and self.paid == self.shoppers


async def run_checkout_night(
    folder: Path, shoppers: int, seed: int, clock: Clock, watcher: Watcher, database: str | None = None
) -> CheckoutNightResult:
    """Start everything, open the doors, break the channels, compare the books. DrillError without a browser."""
    watcher.phase("准备密钥 / making keys")
    plan = plan_of_night(folder, "night", seed, database)
    plan = replace(plan, channels=_CHANNELS)
    watcher.phase("启动服务、沙箱与浏览器 / starting service, sandbox and browser")
    with one_reason():
        async with Stage(plan, clock) as stage, a_browser() as browser:
            night = CheckoutNight(stage, clock, watcher, shoppers, seed)
            visits = await night.shop(lambda visit: PageShopper(visit, browser, stage.sandbox))
            return await night.count(visits)


class CheckoutNight:
    """One evening over a stage that runs."""

    def __init__(self, stage: Stage, clock: Clock, watcher: Watcher, shoppers: int, seed: int) -> None:
        self._stage = stage
        self._clock = clock
        self._watcher = watcher
        self._shoppers = shoppers
        self._source = random.Random(f"checkout-night:{seed}")

    async def shop(self, shopper_of: Callable[[PageVisit], PageShopper]) -> list[PageVisit]:
        """Everybody comes, a few at a time; what is broken changes with the number of the shopper."""
        self._watcher.phase("顾客在浏览器中付款，渠道陆续故障 / shoppers pay, channels die", self._shoppers)
        windows = asyncio.Semaphore(AT_ONCE)
        visits: list[PageVisit] = []
        broken: tuple[dict[str, object], ...] = ()

        async def visit(one: PageVisit) -> None:
            begun_ms = self._clock.monotonic_ms()
            await shopper_of(one).run()
            one.took_ms = self._clock.monotonic_ms() - begun_ms
            windows.release()
            self._watcher.step(f"{one.screen.name} {one.ending}", ok=one.ending == "paid" and not one.error_pages)

        async with asyncio.TaskGroup() as group:
            for number in range(self._shoppers):
                await windows.acquire()
                self._stage.require_alive()
                now = broken_at(number / self._shoppers)
                if now != broken:
                    broken = now
                    await self._stage.sandbox.set_faults(list(now))
                    self._watcher.say(f"⚡ {_named(now)}")
                visits.append(visit_of(number, await self._order(number), self._source))
                group.create_task(visit(visits[-1]))
        await self._stage.sandbox.set_faults([])
        return visits

    async def _order(self, number: int) -> PaymentView:
        answer = await self._stage.switch.create(
            {
                "out_trade_no": f"night-{number:04d}",
                "amount_fen": self._source.randrange(100, 50_000),
                "subject": "直播间爆款 × 1",
                "expires_in_s": _EXPIRES_IN_S,
            }
        )
        if answer.status != 201:
            raise DrillError(f"the service refused an order: HTTP {answer.status}: {answer.body[:300]!r}")
        return answer.read(PaymentView)

    async def count(self, visits: Sequence[PageVisit]) -> CheckoutNightResult:
        """The books, and what the pages said against what really happened to the money."""
        orders = {visit.payment.payment_id: visit.payment.amount_fen for visit in visits}
        settled = await Settling(self._stage, self._clock, self._watcher).run(orders, _SETTLE_S)
        found = {payment.payment_id: payment for payment in settled.payments}
        twice = [v for v in visits if any(a.surplus for a in found[v.payment.payment_id].attempts)]
        attempts = [attempt for payment in found.values() for attempt in payment.for_customer]
        paid_ms = [visit.took_ms for visit in visits if visit.ending == "paid"]
        return CheckoutNightResult(
            drill="checkout-night",
            shoppers=len(visits),
            paid=sum(visit.ending == "paid" for visit in visits),
            error_pages=[f"{v.number} {v.screen.name}: {text}" for v in visits for text in v.error_pages],
            notices=[notice for visit in visits for notice in visit.notices],
            dead_ends=sum(visit.dead_ends for visit in visits),
            unseen_failures=sum(a.state in _FAILED and a.exposed_at_ms is None for a in attempts),
            paid_twice=len(twice),
            paid_twice_told=sum(visit.told_twice for visit in twice),
            paid_twice_refunded=sum(_all_back(found[visit.payment.payment_id]) for visit in twice),
            open_to_green_ms=round(statistics.median(paid_ms)) if paid_ms else 0.0,
            books_equal=not settled.differences,
            differences=settled.differences,
        )


_FAILED: Final = frozenset({AttemptState.FAILED, AttemptState.DISCARDED})


def broken_at(moment: float) -> tuple[dict[str, object], ...]:
    """The faults at this share of the evening."""
    return [faults for begin, faults in _EVENING if begin <= moment][-1]


def _named(faults: Sequence[dict[str, object]]) -> str:
    return ", ".join(f"{fault['account']} {fault['kind']}" for fault in faults) or "全部恢复 / all well again"


def _all_back(payment: PaymentView) -> bool:
    surplus = {attempt.attempt_id for attempt in payment.attempts if attempt.surplus}
    back = {refund.attempt_id for refund in payment.refunds if refund.state is RefundState.SUCCEEDED}
    return surplus <= back
