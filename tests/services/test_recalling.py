"""After a restart the brain knows what it knew: told again from the attempts in storage."""

from __future__ import annotations

import pytest

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState
from payswitch.routing.planner import Router
from payswitch.routing.request import CallObservation, ExposedObservation, FinalObservation
from payswitch.routing.segments import Segments
from payswitch.routing.snapshot import ChannelHealth
from payswitch.services.decisions.recalling import observations_of, recall
from tests.services.fake_channel import SILENT
from tests.services.harness import Night
from tests.storage.builders import NOW_MS, an_attempt


async def test_a_channel_that_was_left_before_the_restart_is_still_left_after_it(tonight: Night) -> None:
    for n in range(5):
        await tonight.order(f"before-{n}")
        await tonight.wait(1)
    tonight.channel("wechat-main").script.extend([SILENT] * 8)
    for n in range(3):
        await tonight.order(f"during-{n}")
        await tonight.wait(1)
    before = shown(tonight)
    assert before.state in ("open", "probing")

    tonight.ctx.router = Router(tonight.ctx.router.policy)
    assert await recall(tonight.ctx) >= 8

    after = shown(tonight)
    assert after.state in ("open", "probing")
    assert after.creation == pytest.approx(before.creation, abs=0.01)
    assert tonight.ctx.router.drain_moves() == [], "old news is not told again"


def shown(tonight: Night) -> ChannelHealth:
    """The live page's line of the best channel."""
    lines = tonight.ctx.router.health_snapshot(tonight.ctx.clock.now_ms())
    return max((line for line in lines if line.channel_id == "wechat-main"), key=lambda line: line.calls)


def test_an_attempt_is_told_as_it_happened() -> None:
    paid = an_attempt(
        state=AttemptState.SUCCEEDED, answered_at_ms=NOW_MS + 80, exposed_at_ms=NOW_MS + 82,
        finished_at_ms=NOW_MS + 30_082, outcome=Outcome(kind=OutcomeKind.PAID),
    )  # fmt: skip
    call, exposed, final = observations_of(paid, Segments())
    assert isinstance(call, CallObservation)
    assert (call.outcome.kind, call.latency_ms, call.at_ms) == (OutcomeKind.ACCEPTED, 80.0, NOW_MS + 80)
    assert isinstance(exposed, ExposedObservation)
    assert isinstance(final, FinalObservation)
    assert (final.paid, final.waited_ms, final.payer_side) == (True, 30_000, False)


@pytest.mark.parametrize(("finished_ms", "payer_side"), [(NOW_MS + 60_000, True), (NOW_MS + 900_000, False)])
def test_one_that_was_closed_before_its_time_is_not_held_against_the_channel(
    finished_ms: int, payer_side: bool
) -> None:
    closed = an_attempt(state=AttemptState.CLOSED, exposed_at_ms=NOW_MS + 82, finished_at_ms=finished_ms)
    final = observations_of(closed, Segments())[-1]
    assert isinstance(final, FinalObservation)
    assert (final.paid, final.payer_side) == (False, payer_side)


def test_one_that_nobody_has_answered_yet_tells_nothing() -> None:
    assert observations_of(an_attempt(), Segments()) == []
