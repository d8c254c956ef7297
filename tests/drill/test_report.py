"""The report says plainly what came out: to eyes in both languages, and never better than it was."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console

from payswitch.domain.channel import Method
from payswitch.drill.books import Difference, DifferenceKind
from payswitch.drill.journey import Ending, Request, Step, Visit
from payswitch.drill.measure import DrillResult, RunResult, measure
from payswitch.drill.report import details, table, verdict
from payswitch.drill.run import Drill, Run
from tests.drill.builders import attempt, payment, shopper

LOST = Difference(kind=DifferenceKind.EVENT_LOST, payment_id="pay_1", detail="payment.succeeded")


def paid_visit() -> Visit:
    visit = Visit(shopper(), "N1", payment_id="pay_1", ending=Ending.PAID, channels=["wechat-main"])
    visit.requests.append(Request(step=Step.CREATE, started_at_ms=0, took_ms=12.3, status=201, got_code=True))
    return visit


def drill(*differences: Difference, kills: int = 0, in_time: bool = True) -> Drill:
    visit = paid_visit()
    good: RunResult = measure([visit], [payment(attempt(1))], [], frozenset({Method.WECHAT}))
    mixed = measure([visit], [payment(attempt(1))], differences, frozenset({Method.WECHAT}))
    base = Run(
        name="single", result=good, visits=[visit], differences=(), repeats=0, kills=0, settle_s=1.0, in_time=True
    )
    switching = msgspec.structs.replace(
        base, name="switching", result=mixed, differences=differences, kills=kills, in_time=in_time, repeats=3
    )
    return Drill(result=DrillResult(scenario="night", seed=7, single=good, switching=mixed), runs=(base, switching))


def shown(of: Drill) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(table(of))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_the_table_has_both_runs_and_both_languages() -> None:
    text = shown(drill())

    for words in ("单渠道 / one channel", "自动切换 / switching", "night, seed 7", "100.00%", "12.3", "是 yes"):
        assert words in text
    assert "-" in text, "what was not measured is a dash, not a zero"


def test_a_sound_night_is_called_sound() -> None:
    text = verdict(drill())

    assert "Nothing was lost and the three books agree" in text
    assert "三本账一致" in text


def test_a_lost_event_is_named_and_the_night_is_not_called_sound() -> None:
    bad = drill(LOST)

    assert "否 NO" in shown(bad)
    assert "Something was lost" in verdict(bad)
    assert "(switching)" in verdict(bad)
    assert any("event_lost pay_1" in line for line in details(bad))


def test_many_differences_are_counted_when_they_are_not_all_shown() -> None:
    lines = list(details(drill(*[LOST] * 25)))

    assert sum("event_lost" in line for line in lines) == 20
    assert any("5 more" in line for line in lines)


def test_the_details_tell_endings_channels_kills_and_lateness() -> None:
    text = "\n".join(details(drill(kills=2, in_time=False)))

    assert "paid 1" in text
    assert "wechat-main 100%" in text
    assert "killed 2 times" in text
    assert "not settled" in text
    assert "same id: 3" in text


def test_an_answer_that_no_shop_should_get_is_shown() -> None:
    broken = drill()
    broken.runs[1].visits[0].problems.append("create: HTTP 500: boom")

    assert any("HTTP 500" in line for line in details(broken))
