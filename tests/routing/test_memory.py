"""What was learned can be taken out as plain data and given to another router, which then decides alike."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.shop_day import Asked, ShopDay, healthy

from payswitch.domain.channel import Environment
from payswitch.domain.payment import Customer
from payswitch.routing.memory import RouterMemory
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy
from payswitch.routing.request import RoutePlan, RouteRequest


def evening() -> ShopDay:
    """Some minutes with a bank in trouble at one channel: everything that is kept has something in it."""

    def world(asked: Asked) -> float:
        return 0.05 if asked.bank == "CCB" and asked.channel_id == "wechat-main" else 0.97

    day = ShopDay(5, 5, world, completion=healthy(0.85))
    day.run(120)
    return day


def asked_for(amount_fen: int, device: str, bank: str) -> RouteRequest:
    return RouteRequest(
        payment_id="pay_x", merchant_id="m-1", shop_id="s", amount_fen=amount_fen, environment=Environment.DESKTOP,
        customer=Customer(device=device), bank=bank,
    )  # fmt: skip


def test_a_router_that_was_given_anothers_memory_decides_alike() -> None:
    day = evening()
    memory = msgspec.json.decode(msgspec.json.encode(day.router.export()), type=RouterMemory)
    other = Router(Policy(version="t"))
    other.restore(memory)
    assert other.export() == day.router.export()
    now_ms = int(day.at_ms)
    for bank in ("CCB", "ICBC", ""):
        mine = day.router.plan(asked_for(9_900, "ios", bank), day.book, now_ms=now_ms, salt="dec_1#best")
        its = other.plan(asked_for(9_900, "ios", bank), day.book, now_ms=now_ms, salt="dec_1#best")
        usable = {c.channel_id: (c.estimate, c.sd) for c in mine.candidates if "probe" not in c.reasons}
        assert usable.items() <= {c.channel_id: (c.estimate, c.sd) for c in its.candidates}.items()


_DAY = evening()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 10_000_000), st.sampled_from(["ios", "android", "", "fridge"]), st.sampled_from(["CCB", "", "新行"]),
    st.text(alphabet="abc123", min_size=1, max_size=8), st.integers(0, 600_000), st.sampled_from(["fixed", "learned"]),
)  # fmt: skip
def test_the_same_state_facts_policy_and_salt_give_the_same_plan(
    amount_fen: int, device: str, bank: str, salt: str, later_ms: int, mode: str
) -> None:
    memory, request = _DAY.router.export(), asked_for(amount_fen, device, bank)
    plans: list[RoutePlan] = []
    for _ in range(3):
        policy = msgspec.convert({"version": "t", "split": {"mode": mode}}, Policy)
        router = Router(policy)
        router.restore(memory)
        salt = plans[-1].salt if plans else salt  # what was recorded replays what was drawn
        plans.append(router.plan(request, _DAY.book, now_ms=int(_DAY.at_ms) + later_ms, salt=salt))
    assert plans[0] == plans[1] == plans[2]
    chances = [c.propensity for c in plans[0].candidates]
    assert not chances or abs(sum(chances) - 1) < 1e-9
