"""The fault engine: whom an illness strikes, when, and how often."""

from __future__ import annotations

import msgspec
import pytest

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.faults import API_OPERATIONS, Fault, FaultEngine, FaultKind, allowed_operations


@pytest.fixture
def engine(night: ManualClock) -> FaultEngine:
    return FaultEngine(night, seed=7)


def struck(engine: FaultEngine, operation: str = "create", amount_fen: int | None = 12_900, **other: str) -> bool:
    account, product = other.get("account", "wechat-main"), other.get("product", "wechat_native")
    return bool(engine.pick(account, operation, product, amount_fen))


def test_an_illness_begins_and_ends_on_its_timeline(engine: FaultEngine, night: ManualClock) -> None:
    engine.replace([Fault(kind=FaultKind.HANG, from_s=10, to_s=20)])
    seen = []
    for _ in range(5):
        seen.append(struck(engine))
        night.advance(seconds=5)
    assert seen == [False, False, True, True, False]


def test_without_an_end_it_lasts(engine: FaultEngine, night: ManualClock) -> None:
    engine.add(Fault(kind=FaultKind.REFUSE))
    night.advance(seconds=1e6)
    assert struck(engine)
    engine.clear()
    assert not struck(engine)


def test_times_count_from_when_the_fault_was_set(engine: FaultEngine, night: ManualClock) -> None:
    night.advance(seconds=100)
    engine.add(Fault(kind=FaultKind.HANG, from_s=5))
    assert not struck(engine)
    night.advance(seconds=5)
    assert struck(engine)


def test_a_share_strikes_that_part_of_the_calls_and_always_the_same_ones(night: ManualClock) -> None:
    def night_of(seed: int) -> list[bool]:
        engine = FaultEngine(night, seed)
        engine.add(Fault(kind=FaultKind.HTTP_5XX, share=0.3))
        return [struck(engine) for _ in range(2_000)]

    assert night_of(1) == night_of(1)
    assert night_of(1) != night_of(2)
    assert 540 < sum(night_of(1)) < 660


def test_another_fault_does_not_change_whom_this_one_strikes(night: ManualClock) -> None:
    alone, together = FaultEngine(night, 1), FaultEngine(night, 1)
    sick = Fault(kind=FaultKind.HTTP_5XX, share=0.5)
    alone.replace([sick])
    together.replace([sick, Fault(kind=FaultKind.LATENCY, ms=5, share=0.5)])

    def of_first(engine: FaultEngine) -> list[bool]:
        picks = [engine.pick("a", "create", None, None) for _ in range(200)]
        return [any(active.fault == sick for active in picked) for picked in picks]

    assert of_first(alone) == of_first(together)


@pytest.mark.parametrize(
    ("fault", "hit", "missed"),
    [
        ({"account": "wechat-main"}, {}, {"account": "alipay-main"}),
        ({"operations": ["query"]}, {"operation": "query"}, {"operation": "create"}),
        ({"product": "wechat_h5"}, {"product": "wechat_h5"}, {"product": "wechat_native"}),
        ({"min_fen": 50_000}, {"amount_fen": 50_000}, {"amount_fen": 49_999}),
        ({"max_fen": 100}, {"amount_fen": 100}, {"amount_fen": 101}),
        ({"min_fen": 1}, {"amount_fen": 1}, {"amount_fen": None}),
    ],
)
def test_filters(engine: FaultEngine, fault: dict[str, object], hit: dict[str, str], missed: dict[str, str]) -> None:
    engine.add(msgspec.convert({"kind": "hang", **fault}, Fault))
    assert struck(engine, **hit)  # type: ignore[arg-type]
    assert not struck(engine, **missed)  # type: ignore[arg-type]


def test_a_kind_strikes_only_where_it_can() -> None:
    assert allowed_operations(FaultKind.HANG) == API_OPERATIONS
    assert allowed_operations(FaultKind.WALLET_ERROR) == {"pay"}
    assert allowed_operations(FaultKind.NOTIFY_LATE) == {"notify"}


def test_a_slow_channel_is_not_a_slow_wallet_unless_one_says_so(engine: FaultEngine) -> None:
    engine.add(Fault(kind=FaultKind.LATENCY, ms=100))
    assert not struck(engine, "pay")
    engine.add(Fault(kind=FaultKind.LATENCY, ms=100, operations=["pay"]))
    assert struck(engine, "pay")


def test_latency_is_its_base_and_a_part_of_its_jitter(engine: FaultEngine) -> None:
    engine.add(Fault(kind=FaultKind.LATENCY, ms=100, jitter_ms=50))
    (active,) = engine.pick("wechat-main", "create", None, None)
    delays = [active.delay_s() for _ in range(200)]
    assert 0.1 <= min(delays) < 0.11
    assert 0.14 < max(delays) <= 0.15


def test_victims_are_counted(engine: FaultEngine) -> None:
    engine.add(Fault(kind=FaultKind.HANG))
    for _ in range(3):
        struck(engine)
    assert [active.struck for active in engine.all()] == [3]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"kind": "plague"}, "Invalid enum value"),
        ({"kind": "hang", "sahre": 0.5}, "unknown field"),
        ({"kind": "hang", "share": 1.5}, "share"),
        ({"kind": "hang", "from_s": 10, "to_s": 10}, "to_s"),
        ({"kind": "hang", "operations": ["pay"]}, "operations of hang"),
        ({"kind": "hang", "operations": []}, "operations of hang"),
        ({"kind": "notify_lost", "operations": ["create"]}, "operations of notify_lost"),
        ({"kind": "hang", "when": "later"}, "when"),
        ({"kind": "latency"}, "latency needs"),
        ({"kind": "latency", "ms": -1}, "negative"),
        ({"kind": "error_code"}, "error_code needs a code"),
        ({"kind": "notify_late"}, "notify_late needs"),
        ({"kind": "notify_duplicate", "times": 0}, "times"),
        ({"kind": "http_5xx", "status": 404}, "500 to 599"),
        ({"kind": "error_code", "code": "X", "status": 42}, "100 to 599"),
    ],
)
def test_a_fault_that_could_never_mean_anything_is_refused(fault: dict[str, object], problem: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=problem):
        msgspec.convert(fault, Fault)
