"""Journeys of single shoppers: what they see, what they do, when they stop, and what is written down about it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from payswitch.domain.channel import Method
from payswitch.drill.client import Answer
from payswitch.drill.journey import Ending, Journey, Step, Visit
from payswitch.drill.shopper import Shopper
from payswitch.drill.views import CodeView, WalletAnswer
from tests.drill.builders import InstantClock, code, shopper

WECHAT = code(Method.WECHAT, "wechat-main", "att_1")
ALIPAY = code(Method.ALIPAY, "alipay-main", "att_2")


def shows(credential: CodeView | None, *, state: str = "pending", attempts: int = 1, status: int = 201) -> Answer:
    """The service answers with a payment (and a code)."""
    view: dict[str, Any] = {
        "payment_id": "pay_1",
        "out_trade_no": "N1",
        "amount_fen": 8_800,
        "state": state,
        "credential": None if credential is None else msgspec.to_builtins(credential),
        "attempts": [
            {
                "attempt_id": f"att_{n}",
                "ordinal": n,
                "channel_id": "c",
                "channel_order_no": f"PS{n}",
                "state": "exposed",
                "surplus": False,
                "amount_fen": 8_800,
                "refunded_fen": 0,
                "created_at_ms": 0,
                "started_at_ms": 0,
            }
            for n in range(1, attempts + 1)
        ],
    }
    return Answer(status=status, body=json.dumps(view).encode(), started_at_ms=0, took_ms=20.0)


def refuses(status: int, **members: Any) -> Answer:
    return Answer(status=status, body=json.dumps(members).encode(), started_at_ms=0, took_ms=500.0)


class FakeShop:
    """Answers creates and switches from two lists; the last answer repeats."""

    def __init__(self, creates: Iterable[Answer], switches: Iterable[Answer] = ()) -> None:
        self._creates, self._switches = list(creates), list(switches)
        self.orders: list[dict[str, object]] = []
        self.wishes: list[dict[str, object]] = []

    async def create(self, order: dict[str, object]) -> Answer:
        self.orders.append(order)
        return self._creates.pop(0) if len(self._creates) > 1 else self._creates[0]

    async def switch(self, payment_id: str, wish: dict[str, object]) -> Answer:
        assert payment_id == "pay_1"
        self.wishes.append(wish)
        return self._switches.pop(0) if len(self._switches) > 1 else self._switches[0]


class FakePhone:
    """Wallets that answer by the code's attempt; `paid` unless told otherwise, and only once per code."""

    def __init__(self, **results: str) -> None:
        self._results = results
        self.paid: list[str] = []

    async def pay(self, code: CodeView, wallet: str, payer: str, *, enough: bool) -> WalletAnswer | None:
        assert wallet == code.method.value
        result = self._results.get(code.attempt_id, "paid")
        if not enough:
            result = "insufficient_balance"
        if code.attempt_id in self.paid:
            result = "already_paid"
        if result == "paid":
            self.paid.append(code.attempt_id)
        return WalletAnswer(result=result)


async def walk(
    person: Shopper, shop: FakeShop, phone: FakePhone | None = None, offered: frozenset[Method] = frozenset(Method)
) -> Visit:
    visit = Visit(person, "N000001")
    return await Journey(visit, shop, phone or FakePhone(), InstantClock(), expires_in_s=40, offered=offered).run()


async def test_an_easy_evening_sees_a_code_and_pays_it() -> None:
    shop, phone = FakeShop([shows(WECHAT)]), FakePhone()
    visit = await walk(shopper(), shop, phone)

    assert visit.ending is Ending.PAID
    assert phone.paid == ["att_1"]
    assert visit.channels == ["wechat-main"]
    assert shop.orders[0]["methods"] == ["wechat", "alipay"]


async def test_a_shopper_who_is_asked_to_try_again_presses_again_with_the_same_order() -> None:
    shop = FakeShop([refuses(503, payment_id="pay_1"), refuses(503, payment_id="pay_1"), shows(WECHAT)])
    visit = await walk(shopper(), shop)

    assert visit.ending is Ending.PAID
    assert shop.orders[0] == shop.orders[1] == shop.orders[2]
    assert [request.got_code for request in visit.requests] == [False, False, True]


async def test_patience_ends_and_the_payment_that_was_kept_is_remembered() -> None:
    shop = FakeShop([refuses(503, payment_id="pay_1")])
    visit = await walk(shopper(patience_s=5.0), shop)

    assert visit.ending is Ending.GAVE_UP
    assert visit.payment_id == "pay_1"
    assert visit.waited_s <= 5.0
    assert len(shop.orders) == 4


async def test_a_service_that_is_not_there_is_tried_again_too() -> None:
    nobody = Answer(status=0, started_at_ms=0, took_ms=1.0)
    visit = await walk(shopper(), FakeShop([nobody, shows(WECHAT)]))

    assert visit.ending is Ending.PAID
    assert visit.problems == []


async def test_a_shop_without_a_channel_for_this_wallet_is_no_loss_of_patience() -> None:
    visit = await walk(shopper(money={"alipay": True}), FakeShop([refuses(422, code="no_candidate")]))

    assert visit.ending is Ending.NO_WAY


async def test_an_answer_that_no_shop_should_get_is_written_down() -> None:
    visit = await walk(shopper(patience_s=2.0), FakeShop([refuses(500, code="internal")]))

    assert "HTTP 500" in visit.problems[0]


async def test_an_empty_wallet_leads_to_the_other_one() -> None:
    shop = FakeShop([shows(WECHAT)], [shows(ALIPAY, attempts=2)])
    visit = await walk(shopper(money={"wechat": False, "alipay": True}), shop)

    assert visit.ending is Ending.PAID
    assert shop.wishes == [{"methods": ["alipay"]}]
    assert [request.step for request in visit.requests] == [Step.CREATE, Step.SWITCH]


async def test_nobody_can_pay_without_money() -> None:
    shop = FakeShop([shows(WECHAT)], [shows(ALIPAY, attempts=2)])
    visit = await walk(shopper(money={"wechat": False, "alipay": False}), shop)

    assert visit.ending is Ending.NO_MONEY


async def test_a_wallet_that_fails_brings_the_shopper_back_for_another_way() -> None:
    shop, phone = FakeShop([shows(WECHAT)], [shows(ALIPAY, attempts=2)]), FakePhone(att_1="wallet_error")
    visit = await walk(shopper(), shop, phone)

    assert visit.ending is Ending.PAID
    assert phone.paid == ["att_2"]


async def test_no_shopper_switches_for_ever() -> None:
    shop, phone = FakeShop([shows(WECHAT)], [shows(WECHAT, attempts=2)]), FakePhone(att_1="wallet_error")
    visit = await walk(shopper(switches=2), shop, phone)

    assert visit.ending is Ending.GAVE_UP
    assert len(shop.wishes) == 2


async def test_a_code_that_turned_out_paid_while_switching_is_the_end() -> None:
    shop = FakeShop([shows(WECHAT)], [shows(None, state="succeeded", status=200)])
    visit = await walk(shopper(changes_mind=True), shop)

    assert visit.ending is Ending.PAID


async def test_a_change_of_mind_that_finds_no_other_way_pays_the_first_code() -> None:
    shop, phone = FakeShop([shows(WECHAT)], [refuses(422, code="no_candidate")]), FakePhone()
    visit = await walk(shopper(changes_mind=True, money={"wechat": True}), shop, phone)

    assert visit.ending is Ending.PAID
    assert phone.paid == ["att_1"]


async def test_an_old_code_that_is_paid_too_is_a_double_payment() -> None:
    for number in (2, 3):
        shop, phone = FakeShop([shows(WECHAT)], [shows(ALIPAY, attempts=2)]), FakePhone()
        visit = await walk(shopper(number=number, changes_mind=True, pays_old_code=True), shop, phone)

        assert visit.wallet_payments == 2
        assert phone.paid == (["att_2", "att_1"] if number == 2 else ["att_1", "att_2"])
        assert visit.ending is Ending.PAID


async def test_paying_the_old_code_first_may_close_the_new_one_and_that_is_fine() -> None:
    shop, phone = FakeShop([shows(WECHAT)], [shows(ALIPAY, attempts=2)]), FakePhone(att_2="closed")
    visit = await walk(shopper(number=3, changes_mind=True, pays_old_code=True), shop, phone)

    assert visit.ending is Ending.PAID
    assert visit.wallet_payments == 1


async def test_who_leaves_pays_nothing() -> None:
    phone = FakePhone()
    visit = await walk(shopper(leaves=True), FakeShop([shows(WECHAT)]), phone)

    assert visit.ending is Ending.LEFT
    assert phone.paid == []


async def test_a_switch_that_no_customer_noticed_is_counted() -> None:
    visit = await walk(shopper(), FakeShop([shows(ALIPAY, attempts=3)]))

    assert visit.moves == 1


async def test_a_shop_asks_only_for_what_it_takes() -> None:
    shop = FakeShop([shows(WECHAT)], [shows(WECHAT, attempts=2)])
    visit = await walk(shopper(changes_mind=True), shop, offered=frozenset({Method.WECHAT}))

    assert visit.ending is Ending.PAID
    assert shop.orders[0]["methods"] == ["wechat"]
    assert shop.wishes == [{"methods": ["wechat"]}]


async def test_an_empty_wallet_stays_empty_when_its_old_code_is_tried_again() -> None:
    shop = FakeShop([shows(ALIPAY)], [shows(WECHAT, attempts=2)])
    broke = shopper(number=3, money={"alipay": False, "wechat": False}, pays_old_code=True, switches=1)
    visit = await walk(broke, shop)

    assert visit.ending is Ending.NO_MONEY
