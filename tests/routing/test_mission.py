"""The mission's rules, each as one short story: this is what was promised.

Tiers (first, second, bank direct, special), real-time triggers (2 of the last 3, 5 %, listed codes), the 70/20/10
split, the four customer profiles, one retry, and recovery. The figures are those of the default policy.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.routing.world import (
    ACCEPTED,
    BUSY,
    FIVE,
    LISTED,
    NO_MONEY,
    NO_ORDERS_BESIDE,
    TIMEOUT,
    Night,
    best_only,
    book,
    channel,
    customer,
    order,
    why_excluded,
)
from tests.services.harness import night as switch

from payswitch.domain.channel import Method, Product
from payswitch.domain.customer import AgeBand
from payswitch.domain.errors import PAYER_REFUSED, PaySwitchError
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState
from payswitch.routing.policy import Policy
from payswitch.routing.policy_default import default_policy
from payswitch.routing.request import RoutePlan

BEST, SECOND, BANK = "wechat-main", "alipay-main", "bank-alipay"


def evening(**changes: object) -> Night:
    """The default policy with everything sent to the best, for stories that are not about the split."""
    rules = default_policy().rules
    return Night(Policy(version="evening", rules=rules, split=best_only(), **changes))  # type: ignore[arg-type]


def first(plan: RoutePlan) -> str:
    return plan.candidates[0].channel_id


class TestTiers:
    """First the best channels at a reasonable fee, then the backups, then the bank; special customers elsewhere."""

    def test_the_first_tier_is_asked_first_then_the_second_then_the_bank(self) -> None:
        plan = evening().plan(methods=frozenset({Method.WECHAT, Method.ALIPAY}))
        tiers = {c.channel_id: c.reasons[0] for c in plan.candidates}
        assert (tiers[BEST], tiers["wechat-backup"], tiers[BANK]) == ("tier:best", "tier:backup", "tier:bank")
        assert first(plan) == BEST

    def test_when_the_first_tier_is_down_the_second_serves_and_at_last_the_bank(self) -> None:
        night = evening()
        for name in (BEST, SECOND):
            for _ in range(3):
                night.call(name, TIMEOUT)
        assert first(night.plan(products=frozenset({Product.WECHAT_NATIVE, Product.ALIPAY_PRECREATE}))).endswith(
            "-backup"
        )
        for name in ("wechat-backup", "alipay-backup"):
            for _ in range(3):
                night.call(name, TIMEOUT)
        assert first(night.plan(products=frozenset({Product.WECHAT_NATIVE, Product.ALIPAY_PRECREATE}))) == BANK

    def test_a_large_amount_goes_to_the_special_tier(self) -> None:
        plan = evening().plan(amount_fen=500_000)
        assert first(plan) == BANK
        assert "rule:large-amount" in plan.candidates[0].reasons

    def test_and_so_does_a_new_customer(self) -> None:
        assert evening().plan(customer=customer(is_new=True)).candidates[0].method is Method.ALIPAY


class TestTriggers:
    """A sick channel is left within a few calls; a customer's own trouble is never its illness."""

    def test_two_timeouts_among_the_last_three_calls_are_enough(self) -> None:
        night = evening()
        for outcome in (TIMEOUT, ACCEPTED, TIMEOUT):
            assert BEST in order(night.plan())
            night.call(BEST, outcome)
        assert why_excluded(night.plan(), BEST) == {"breaker_open"}
        assert night.moves[-1].reason == "timeouts"

    def test_one_timeout_among_three_is_not(self) -> None:
        night = evening()
        for outcome in (TIMEOUT, ACCEPTED, ACCEPTED, TIMEOUT, ACCEPTED, ACCEPTED):
            night.call(BEST, outcome)
        assert BEST in order(night.plan())
        assert night.moves == []

    def test_an_error_rate_clearly_above_five_per_cent_opens_the_breaker(self) -> None:
        """One bad answer in four: soon proven; never three in a row, no timeouts."""
        night = evening()
        calls = 0
        while not night.moves or night.moves[-1].after != "open":
            night.call(BEST, BUSY if calls % 4 == 3 else ACCEPTED, latency_ms=300)
            calls += 1
            assert calls <= 60
        assert night.moves[-1].reason == "error_rate"

    def test_two_errors_in_a_hundred_do_not(self) -> None:
        night = evening()
        for n in range(400):
            night.call(BEST, BUSY if n % 50 == 49 else ACCEPTED, latency_ms=300)
        assert all(move.after != "open" for move in night.moves)

    @pytest.mark.parametrize("words", ["系统繁忙", "通道维护"])
    def test_a_channel_that_says_it_is_busy_or_in_maintenance_is_left_at_once(self, words: str) -> None:
        night = evening()
        night.call(BEST, Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="SYSTEMERROR", message=words, listed=True))
        assert why_excluded(night.plan(), BEST) == {"breaker_open"}
        assert night.moves[-1].reason == "listed_code"

    def test_a_hundred_customers_without_money_are_not_an_illness(self) -> None:
        night = evening()
        for _ in range(100):
            night.call(BEST, NO_MONEY)
        assert first(night.plan()) == BEST


class TestSplit:
    """70 % to the best, 20 % keep the next best warm, 10 % find out about the rest: over any thousand payments."""

    def test_seventy_twenty_ten(self) -> None:
        night = Night()
        shares: Counter[str] = Counter()
        for _ in range(1_000):
            plan = night.plan()
            shares[next(reason for reason in plan.candidates[0].reasons if reason.startswith("split:"))] += 1
        assert abs(shares["split:best"] - 700) <= 10
        assert abs(shares["split:warm"] - 200) <= 10
        assert abs(shares["split:explore"] - 100) <= 10


class TestTheFourProfiles:
    """New to Alipay, Apple devices to Apple Pay, the young to Huabei, large amounts to the bank."""

    def test_a_new_customer_meets_alipay(self) -> None:
        plan = evening().plan(customer=customer(is_new=True))
        assert plan.candidates[0].method is Method.ALIPAY
        assert plan.rules_fired == ("new-customer",)

    def test_an_apple_device_meets_apple_pay(self) -> None:
        apple = channel("apple", "alipay", "unionpay", 2, tags=frozenset({"apple_pay"}))
        night = Night(Policy(version="t", rules=default_policy().rules, split=best_only()), book(*FIVE, apple))
        assert first(night.plan(customer=customer(device="ios"))) == "apple"
        assert first(night.plan(customer=customer(device="android"))) == BEST

    @pytest.mark.parametrize("who", [customer(age=24), customer(age_band=AgeBand.FROM_18)])
    def test_a_young_customer_meets_huabei(self, who: object) -> None:
        assert evening().plan(customer=who, amount_fen=20_000).candidates[0].method is Method.HUABEI

    def test_a_large_amount_meets_the_bank(self) -> None:
        assert first(evening().plan(amount_fen=900_000)) == BANK

    def test_nobody_is_sent_to_a_sick_channel_for_the_sake_of_a_rule(self) -> None:
        night = evening()
        for _ in range(3):
            night.call(BANK, TIMEOUT)
        assert BANK not in order(night.plan(amount_fen=900_000))


class TestRecovery:
    """An open breaker probes with single payments and is back soon after its channel."""

    def test_a_channel_that_works_again_is_back_within_a_minute(self) -> None:
        night = evening()
        night.call(BEST, LISTED)
        left_ms = night.now_ms
        while night.state(BEST) != "healthy":
            night.later(0.5)
            plan = night.plan()
            night.shadow(plan)
            if first(plan) == BEST:
                night.call(BEST, ACCEPTED)
            assert night.now_ms - left_ms <= 60_000
        assert first(night.plan()) == BEST

    def test_while_it_is_down_nobody_is_lent_to_a_probe(self) -> None:
        """Ten minutes of total outage at two payments a second: orders beside theirs find out when it is over."""
        night = evening()
        night.call(BEST, LISTED)
        lost = 0
        for _ in range(1_200):
            night.later(0.5)
            plan = night.plan()
            night.shadow(plan, TIMEOUT, latency_ms=250)
            if first(plan) == BEST:
                night.call(BEST, TIMEOUT, latency_ms=250)
                lost += 1
        assert lost == 0

    def test_where_no_order_may_be_made_beside_one_single_payments_are_lent(self) -> None:
        night = evening(hedging=NO_ORDERS_BESIDE)
        night.call(BEST, LISTED)
        lost = 0
        for _ in range(1_200):
            night.later(0.5)
            if first(night.plan()) == BEST:
                night.call(BEST, TIMEOUT, latency_ms=250)
                lost += 1
        assert 10 <= lost <= 30

    def test_the_last_channel_is_never_taken_away(self) -> None:
        alone = Night(the_book=book(channel(BEST, "wechatpay", "wechat", 1)))
        for _ in range(10):
            alone.call(BEST, TIMEOUT)
        plan = alone.plan()
        assert order(plan) == [BEST]
        assert "last_resort" in plan.candidates[0].reasons


class TestRetryOnce:
    """A passing trouble is tried once more on the same channel, with the same number; then the customer is switched."""

    async def _ask(self, folder: Path, *answers: Outcome) -> tuple[list[tuple[str, AttemptState]], list[str]]:
        """What the best channel answers; then the attempts that were made, and how often it was asked."""
        async with switch(folder) as tonight:
            tonight.channel(BEST).script.extend(answers)
            made = await tonight.order()
            asked = [what for what, _ in tonight.channel(BEST).calls if what == "create"]
            return [(a.channel_id, a.state) for a in made.file.attempts], asked

    async def test_a_passing_trouble_that_passes_costs_no_switch(self, tmp_path: Path) -> None:
        passing = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="SYSTEM_ERROR", transient=True)
        attempts, asked = await self._ask(tmp_path, passing)
        assert attempts == [(BEST, AttemptState.EXPOSED)]
        assert asked == ["create", "create"]

    async def test_one_that_stays_is_switched_after_the_second_call(self, tmp_path: Path) -> None:
        passing = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="SYSTEM_ERROR", transient=True)
        attempts, asked = await self._ask(tmp_path, passing, passing, passing)
        assert attempts[0][0] == BEST
        assert attempts[-1][1] is AttemptState.EXPOSED
        assert attempts[-1][0] != BEST
        assert asked == ["create", "create"]

    async def test_a_channel_that_cannot_do_it_is_not_asked_twice(self, tmp_path: Path) -> None:
        attempts, asked = await self._ask(tmp_path, Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="NO_CONTRACT"))
        assert attempts[-1][0] != BEST
        assert asked == ["create"]

    async def test_a_customer_without_money_is_not_switched_silently(self, tmp_path: Path) -> None:
        async with switch(tmp_path) as tonight:
            tonight.channel(BEST).script.append(NO_MONEY)
            with pytest.raises(PaySwitchError) as refused:
                await tonight.order()
            assert refused.value.kind is PAYER_REFUSED
            assert not tonight.channel(SECOND).calls
