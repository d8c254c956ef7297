"""The demo tells how traffic moved: the numbers behind its sentences."""

from __future__ import annotations

import itertools

from payswitch.drill.demo_board import DemoBoard, moved
from payswitch.drill.journey import Ending, Visit
from payswitch.drill.outages import FIRST_AFTER_S, outages
from tests.drill.builders import InstantClock, code, shopper


def test_shares_count_the_codes_of_one_stretch_of_time() -> None:
    clock = InstantClock()
    board = DemoBoard(clock)
    visit = Visit(shopper(), "N1")
    start_ms = clock.monotonic_ms()
    for channel in ("wechat-main", "wechat-main", "wechat-main", "alipay-main"):
        board.code(visit, code(channel_id=channel))
    clock.ms += 10_000
    board.code(visit, code(channel_id="wechat-backup"))

    assert board.shares(start_ms, start_ms + 5_000) == {"wechat-main": 0.75, "alipay-main": 0.25}
    assert board.shares(start_ms + 5_000) == {"wechat-backup": 1.0}
    assert board.shares(start_ms + 60_000) == {}


def test_the_sentence_names_what_changed_and_nothing_else() -> None:
    before = {"wechat-main": 0.48, "wechat-backup": 0.02, "alipay-main": 0.5}
    after = {"wechat-backup": 0.47, "alipay-main": 0.53}

    assert moved(before, after) == "wechat-main 48% → 0%, wechat-backup 2% → 47%"


def test_who_paid_and_who_was_lost_is_counted() -> None:
    board = DemoBoard(InstantClock())
    broke = shopper(money={"wechat": False})
    for person, ending in (
        (shopper(), Ending.PAID),
        (shopper(), Ending.PAID),
        (shopper(), Ending.GAVE_UP),
        (broke, Ending.GAVE_UP),
    ):
        visit = Visit(person, "N1", ending=ending)
        board.came(visit)
        board.left(visit)

    assert (board.arrived, board.paid, board.lost) == (4, 2, 1), "who has no money is not lost by the shop"


def test_outages_come_about_once_a_minute_and_never_two_at_once() -> None:
    first = list(itertools.islice(outages(1), 20))

    assert first[0].from_s == FIRST_AFTER_S
    assert first == list(itertools.islice(outages(1), 20))
    for one, following in itertools.pairwise(first):
        assert one.to_s < following.from_s
        assert 50 <= following.from_s - one.from_s <= 70
