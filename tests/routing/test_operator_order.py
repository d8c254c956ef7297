"""The operator's order is believed until outcomes say otherwise."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.routing.world import NIGHT_MS, Night, best_only, book, channel, payment

from payswitch.domain.channel import Product
from payswitch.routing.health import Health, Line
from payswitch.routing.operator_order import REFRESH_MS, OperatorOrder, normal_scores
from payswitch.routing.policy import Policy, Scoring
from payswitch.routing.policy_default import default_policy
from payswitch.routing.rehearsal import rehearse
from payswitch.routing.request import Candidate, FinalObservation

QR = Product.ALIPAY_PRECREATE
LISTED = [f"alipay-{number}" for number in range(1, 6)]


def five_alike(*tiers: int) -> Night:
    """A shop with five accounts of one kind, each behind an acquirer of its own; all in one tier unless told."""
    channels = [
        channel(name, "alipay", name, tier, products=frozenset({QR}))
        for name, tier in zip(LISTED, tiers or (1,) * 5, strict=True)
    ]
    return Night(replace(default_policy(), split=best_only()), book(*channels))


def expected(night: Night) -> dict[str, Candidate]:
    return {found.channel_id: found for found in night.plan().candidates}


def ends(night: Night, channel_id: str, paid: int, unpaid: int) -> None:
    """So many customers of this channel paid, and so many did not, within a minute."""
    for n in range(paid + unpaid):
        night.later(60 / (paid + unpaid))
        night.call(channel_id)
        night.router.observe_final(
            FinalObservation(at_ms=night.now_ms, channel_id=channel_id, product=QR, paid=n >= unpaid, waited_ms=9_000)
        )


def refit(night: Night) -> None:
    night.later(REFRESH_MS / 1_000)
    night.plan()


def test_on_the_first_evening_the_channel_that_the_operator_lists_first_is_taken_for_the_best() -> None:
    night = five_alike()
    estimates = [expected(night)[name].estimate for name in LISTED]
    assert estimates == sorted(estimates, reverse=True)
    assert len(set(estimates)) == 5
    policy = default_policy()
    assert max(estimates) < 0.95 * policy.scoring.creation_prior
    assert min(estimates) > 0.80 * policy.scoring.creation_prior


def test_a_tier_comes_before_the_place_in_the_file() -> None:
    night = five_alike(2, 1, 1, 2, 1)
    found = expected(night)
    by_order = [found[LISTED[n]].estimate for n in (1, 2, 4, 0, 3)]
    assert by_order == sorted(by_order, reverse=True)


def test_a_shop_that_does_not_want_its_order_believed_starts_all_alike() -> None:
    policy = replace(default_policy(), scoring=replace(Scoring(), order_slope=0.0))
    night = five_alike()
    night.router.replace_policy(policy)
    assert len({found.estimate for found in expected(night).values()}) == 1


def test_an_order_that_is_upside_down_is_turned_around() -> None:
    """The first four channels turn out to be each worse than the next: of the fifth, never asked, more is expected than
    they do on the average."""
    night = five_alike()
    before = expected(night)
    assert before[LISTED[4]].estimate < before[LISTED[3]].estimate
    for name, unpaid in zip(LISTED, (32, 20, 11, 4), strict=False):
        ends(night, name, 80 - unpaid, unpaid)
    refit(night)
    after = expected(night)
    assert after[LISTED[4]].estimate > sum(after[name].estimate for name in LISTED[:4]) / 4


def test_an_order_that_says_nothing_is_no_argument_after_some_outcomes() -> None:
    """Four channels turn out to be alike, so the fifth is taken to be much like them, wherever it is listed."""
    night = five_alike()
    before = _shortfall(night)
    for name in LISTED[:4]:
        ends(night, name, 90, 10)
    refit(night)
    assert _shortfall(night) < before / 2


def _shortfall(night: Night) -> float:
    """How much less is expected of the last channel than of the others."""
    found = expected(night)
    return sum(found[name].estimate for name in LISTED[:4]) / 4 - found[LISTED[4]].estimate


def test_outcomes_of_its_own_outweigh_the_place() -> None:
    night = five_alike()
    ends(night, LISTED[0], 60, 40)
    ends(night, LISTED[4], 98, 2)
    refit(night)
    found = expected(night)
    assert found[LISTED[4]].estimate > found[LISTED[0]].estimate


@dataclass
class Place:
    line: Line
    order_odds: float = 1.0
    prior_weight: float = 0.0


def hears(health: Health, entry: Place, good: int, bad: int) -> None:
    for rate in (entry.line.completion, health.all_completion):
        rate.add_many(good, good + bad, NIGHT_MS, Scoring())


def test_what_the_order_says_is_reckoned_anew_now_and_then() -> None:
    health = Health(Policy(version="v"))
    entries = [Place(health.line(name, QR)) for name in LISTED]
    order, scoring = OperatorOrder([[entry] for entry in entries]), Scoring()
    said = []
    for at_ms, entry in zip((0, REFRESH_MS - 1, REFRESH_MS, -3_600_000), entries, strict=False):
        order.settle(health, NIGHT_MS + at_ms, scoring)
        said.append(entries[4].order_odds)
        hears(health, entry, 20, 5)
    first, soon, later, clock_set_back = said
    assert soon == first
    assert later != soon
    assert clock_set_back != later, "nobody waits an hour for the next fit"


def test_where_the_order_is_right_it_takes_more_outcomes_to_believe_something_else_of_a_channel() -> None:
    weights = []
    for unpaid in ((5, 7, 8, 10), (1, 30, 2, 25)):
        health = Health(Policy(version="v"))
        entries = [Place(health.line(name, QR)) for name in LISTED]
        for entry, bad in zip(entries, unpaid, strict=False):
            hears(health, entry, 100 - bad, bad)
        OperatorOrder([[entry] for entry in entries]).settle(health, NIGHT_MS, Scoring())
        weights += {entry.prior_weight for entry in entries}
    as_listed, anyhow = weights
    assert as_listed > 2 * anyhow > 0
    assert as_listed > Scoring().prior_calls


def test_another_policy_or_a_payment_that_is_only_tried_moves_nobody_elses_order() -> None:
    night = five_alike()
    before = expected(night)
    steep = replace(night.router.policy, scoring=replace(Scoring(), order_slope=2.0))
    tried = rehearse(night.router, steep, payment(), night.book, now_ms=night.now_ms)
    beside = night.router.beside(steep).plan(payment(), night.book, now_ms=night.now_ms, salt="s")
    for plan in (tried, beside):
        estimates = [found.estimate for found in plan.candidates]
        assert max(estimates) - min(estimates) > 0.3, "that policy believes its order"
    assert expected(night) == before


@given(count=st.integers(1, 200))
def test_places_are_scored_like_a_sorted_sample(count: int) -> None:
    scores = normal_scores(count)
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(0.0, abs=1e-9)
    assert max(scores, default=0.0) < 3.3, "twenty channels are not ten times as far apart as two"


@given(
    counts=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=12),
    slope=st.floats(0.0, 2.0),
)
def test_whatever_was_seen_the_prior_stays_a_chance_and_follows_one_direction(
    counts: list[tuple[int, int]], slope: float
) -> None:
    scoring = replace(Scoring(), order_slope=slope)
    health = Health(Policy(version="v"))
    entries: list[Place] = []
    for number, (good, bad) in enumerate(counts):
        line = health.line(f"c-{number}", QR)
        entries.append(Place(line))
        hears(health, entries[-1], good, bad)
    OperatorOrder([[entry] for entry in entries]).settle(health, NIGHT_MS, scoring)
    odds = [entry.order_odds for entry in entries]
    assert all(0.0 < value < float("inf") for value in odds)
    steps = [after / before for before, after in itertools.pairwise(odds)]
    assert all(step <= 1.0 + 1e-12 for step in steps) or all(step >= 1.0 - 1e-12 for step in steps)
