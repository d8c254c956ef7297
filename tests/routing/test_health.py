"""What is learned from outcomes: two estimates that forget, an outage that leaves no scar, latencies, the live page."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.routing.world import ACCEPTED, BUSY, NO_MONEY, TIMEOUT, Night

from payswitch.domain.channel import Product
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.routing.latency import LatencyModel
from payswitch.routing.policy import Scoring, SoftLimit
from payswitch.routing.policy_default import default_policy
from payswitch.routing.rates import DecayedRate
from payswitch.routing.request import FinalObservation
from payswitch.routing.scoring import Margins, margin_rate, sick_estimate
from payswitch.routing.snapshot import ChannelHealth

SCORING = Scoring()
NATIVE = Product.WECHAT_NATIVE


def shown(night: Night, channel_id: str = "wechat-main") -> ChannelHealth:
    lines = night.router.health_snapshot(night.now_ms)
    return next(line for line in lines if (line.channel_id, line.product) == (channel_id, NATIVE))


def test_without_data_the_estimate_is_the_prior() -> None:
    assert DecayedRate().mean(0.97, 10_000, SCORING) == 0.97


def test_outcomes_outweigh_the_prior_as_they_come() -> None:
    rate = DecayedRate()
    for n in range(90):
        rate.add(n % 10 != 0, 0, SCORING)
    assert rate.mean(0.88, 0, SCORING) == pytest.approx((81 + 8.8) / 100)


def test_old_outcomes_fade_with_half_an_hour_and_the_prior_returns() -> None:
    rate = DecayedRate()
    for _ in range(100):
        rate.add(False, 0, SCORING)
    assert rate.weight(1_800_000, SCORING) == pytest.approx(36.8, abs=0.1)
    means = [rate.mean(0.9, hour * 3_600_000, SCORING) for hour in range(8)]
    assert means == sorted(means)
    assert means[0] < 0.1
    assert means[-1] > 0.89


def test_outcomes_that_arrive_out_of_order_count_the_same() -> None:
    rate = DecayedRate()
    rate.add(True, 5_000, SCORING)
    rate.add(False, 4_000, SCORING)
    assert rate.at_ms == 5_000
    assert rate.trials == pytest.approx(2.0)


def test_a_payer_without_money_never_counts_against_the_channel() -> None:
    night = Night()
    before = shown_after(night, NO_MONEY)
    assert before.creation == SCORING.creation_prior
    for _ in range(20):
        seen = FinalObservation(
            at_ms=night.now_ms, channel_id="wechat-main", product=NATIVE, paid=False, payer_side=True
        )
        night.router.observe_final(seen)
    assert shown(night).completion == pytest.approx(SCORING.completion_prior)


def shown_after(night: Night, outcome: Outcome, times: int = 20) -> ChannelHealth:
    for _ in range(times):
        night.call("wechat-main", outcome)
    return shown(night)


def test_exposed_but_never_paid_lowers_the_completion_estimate() -> None:
    night = Night()
    for _ in range(20):
        seen = FinalObservation(at_ms=night.now_ms, channel_id="wechat-main", product=NATIVE, paid=False)
        night.router.observe_final(seen)
    assert shown(night).completion < 0.3
    assert shown(night).creation == SCORING.creation_prior


def test_a_channel_without_data_is_taken_to_be_as_good_as_the_others() -> None:
    """Neither better nor worse for want of data: a new account starts where the shop's others stand."""
    night = Night()
    night.plan()
    for n in range(500):
        night.call("wechat-main")
        seen = FinalObservation(at_ms=night.now_ms, channel_id="wechat-main", product=NATIVE, paid=n % 4 != 0)
        night.router.observe_final(seen)
    newcomer = shown(night, "wechat-backup")
    assert newcomer.remembered == 0
    assert newcomer.creation == pytest.approx(shown(night).creation, abs=0.001)
    assert newcomer.completion == pytest.approx(0.75, abs=0.01)


def test_a_long_outage_makes_nothing_forgotten() -> None:
    """A channel that comes back after an hour has its old estimate, not that of a stranger."""
    night = Night()
    before = shown_after(night, ACCEPTED, 200)
    night.call("wechat-main", TIMEOUT)
    night.call("wechat-main", TIMEOUT)
    night.later(3_600)
    night.call("wechat-main")
    night.call("wechat-main")
    after = shown(night)
    assert after.state == "healthy"
    assert after.remembered == pytest.approx(before.remembered, rel=0.03)


def test_an_outage_leaves_no_scar_on_the_long_term_estimate() -> None:
    """The breaker answers for it; when the channel is back it has its old rank at once."""
    night = Night()
    before = shown_after(night, ACCEPTED, 50).creation
    night.call("wechat-main", TIMEOUT)
    night.call("wechat-main", TIMEOUT)
    for _ in range(10):
        night.call("wechat-main", TIMEOUT)
    assert shown(night).state == "open"
    assert shown(night).creation == pytest.approx(before, abs=1e-3)
    assert shown(night).estimate < before / 2


def test_a_raised_error_rate_stays_in_the_estimate() -> None:
    night = Night()
    for _ in range(30):
        for outcome in (ACCEPTED, ACCEPTED, BUSY):
            night.call("wechat-main", outcome, latency_ms=1_000)
        if shown(night).state == "open":
            break
    assert shown(night).reason == "error_rate"
    assert shown(night).creation < 0.85


def test_the_soft_limit_is_mean_plus_three_deviations_of_the_log_latency() -> None:
    model, limits = LatencyModel(), SoftLimit(min_ms=1, max_ms=10_000)
    for n in range(2_000):
        model.add(100.0 if n % 2 else 200.0, n, limits)
    # log-mean = log(sqrt(100 x 200)), deviation = log(2) / 2: 141.4 x exp(3 x 0.3466) = 400
    assert model.soft_limit_ms(limits) == pytest.approx(400, rel=0.02)
    assert model.typical_ms == pytest.approx(141.4, rel=0.01)


def test_before_there_is_data_the_soft_limit_is_the_longest_allowed() -> None:
    model, limits = LatencyModel(), SoftLimit()
    for _ in range(9):
        model.add(50.0, 0, limits)
    assert model.soft_limit_ms(limits) == 250
    model.add(50.0, 0, limits)
    assert model.soft_limit_ms(limits) == 120


def test_calls_that_were_given_up_raise_the_limit_instead_of_vanishing() -> None:
    model, limits = LatencyModel(), SoftLimit()
    for _ in range(50):
        model.add(70.0, 0, limits)
    quick = model.soft_limit_ms(limits)
    for _ in range(10):
        model.add(500.0, 0, limits)
    assert quick == 120
    assert model.soft_limit_ms(limits) == 250


def test_a_channel_that_became_quick_again_gets_a_short_limit_within_some_minutes() -> None:
    model, limits = LatencyModel(), SoftLimit()
    for second in range(300):
        model.add(400.0, second * 1_000, limits)
    for second in range(300, 3_000):
        model.add(60.0, second * 1_000, limits)
    assert model.soft_limit_ms(limits) <= 150


def test_the_live_page_sees_calls_failures_latencies_shares_and_the_next_probe() -> None:
    night = Night()
    for n in range(30):
        night.call("wechat-main", latency_ms=100 + n)
        if n % 3 == 0:
            night.call("wechat-backup", BUSY if n == 0 else ACCEPTED)
    main, backup = shown(night), shown(night, "wechat-backup")
    assert (main.state, main.calls, main.failures) == ("healthy", 30, 0)
    assert (backup.calls, backup.failures) == (10, 1)
    assert main.traffic_share == pytest.approx(0.75)
    assert (main.p50_ms, main.p95_ms) == (115.0, 128.0)
    assert main.next_probe_at_ms is None
    night.call("wechat-main", TIMEOUT)
    night.call("wechat-main", TIMEOUT)
    ill = shown(night)
    assert (ill.state, ill.reason, ill.since_ms) == ("open", "timeouts", night.now_ms)
    assert ill.next_probe_at_ms == night.now_ms + 2_000
    night.later(300)
    assert shown(night).calls == 0
    assert shown(night).traffic_share == 0.0


def test_a_channel_that_was_never_called_is_shown_with_its_priors() -> None:
    night = Night(replace(default_policy(), scoring=replace(SCORING, order_slope=0.0)))
    night.plan()
    line = shown(night)
    assert (line.calls, line.p50_ms, line.remembered) == (0, None, 0.0)
    assert line.estimate == pytest.approx(0.97 * 0.88)


def test_a_connection_that_failed_says_nothing_about_the_channels_speed() -> None:
    night = Night()
    night.call("wechat-main", Outcome(kind=OutcomeKind.NOT_SENT), latency_ms=2)
    assert shown(night).p50_ms is None


def test_the_score_is_money() -> None:
    """100 yuan, 10 % margin, 0.6 % fee, 90 % success, 100 ms: 0.9 x (100 + 940) - 0.2 = 935.8 fen."""
    expected_margin_fen = Margins(SCORING, 10_000).expected_fen
    rate = margin_rate(SCORING, fee_bp=60)
    assert expected_margin_fen(rate, 0.9, 100.0, False) == pytest.approx(935.8)
    assert expected_margin_fen(rate, 0.9, 100.0, True) == pytest.approx(915.8)


def test_behind_an_open_breaker_hope_shrinks_with_every_failed_return() -> None:
    hopes = [sick_estimate(0.9, openings) for openings in range(1, 6)]
    assert hopes == sorted(hopes, reverse=True)
    assert hopes[0] == pytest.approx(0.3)
