"""付款码 at the counter: the call takes the money, so nothing is switched, repeated or believed without proof."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Environment, Method
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, PaymentState
from payswitch.entry.checkout.phases import known_by_ms
from payswitch.kit.clock import iso_utc
from payswitch.services.attempts import results
from payswitch.services.commands import ConfirmPayment, PaymentAnswer, SwitchPayment
from payswitch.services.events.deliveries import deliver_due
from payswitch.services.payments import confirming, payments, switching
from payswitch.services.payments.confirmations import settled_by_ms
from payswitch.services.payments.inflight import Inflight
from tests.services.debit_channel import (
    MAINTENANCE,
    NOT_ENOUGH,
    SYSTEM_ERROR,
    USERPAYING,
    Counter,
    counter,
)
from tests.services.fake_channel import NOT_SENT
from tests.services.harness import SHOP

CODE = "134567890123456789"
NEXT_CODE = "139999999999999999"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Counter]:
    async with counter(tmp_path) as wired:
        yield wired


async def scan(shop: Counter, code: str = CODE, number: str = "order-1", **changes: object) -> PaymentAnswer:
    """The cashier scans the customer's code for an order over 129.00 yuan."""
    return await shop.night.order(number, environment=None, payment_code=code, **changes)


def only(answer: PaymentAnswer) -> Attempt:
    assert len(answer.file.attempts) == 1
    return answer.file.attempts[0]


async def test_the_code_is_debited_in_the_request_that_brings_it(shop: Counter) -> None:
    answer = await scan(shop)
    assert answer.file.payment.state is PaymentState.SUCCEEDED
    assert shop.main.seen_consents == [CODE]
    assert shop.kept_fen() == 12_900


async def test_the_attempt_says_unknown_on_disk_before_the_call_leaves(shop: Counter) -> None:
    """A process that dies in the call leaves a debit that is asked about, and never one that is forgotten."""
    seen: list[tuple[AttemptState, bool]] = []
    debit = shop.main.debit

    async def look_first(order: object, timeout_ms: int) -> object:
        file = await shop.night.store.file_by_trade_no(SHOP.shop_id, "order-1")
        assert file is not None
        seen.append((file.attempts[0].state, file.attempts[0].debit_at_ms is not None))
        return await debit(order, timeout_ms)  # type: ignore[arg-type]

    shop.main.debit = look_first  # type: ignore[method-assign, assignment]
    await scan(shop)
    assert seen == [(AttemptState.UNKNOWN, True)]


async def test_a_channel_in_maintenance_is_left_for_the_next_with_the_same_code(shop: Counter) -> None:
    shop.main.debit_script.append(MAINTENANCE)
    answer = await scan(shop)
    assert [a.state for a in answer.file.attempts] == [AttemptState.FAILED, AttemptState.SUCCEEDED]
    assert "switched" in shop.night.feed.kinds()
    assert shop.kept_fen() == 12_900


async def test_a_debit_that_never_left_is_sent_once_more_and_then_elsewhere(shop: Counter) -> None:
    shop.main.debit_script.extend([NOT_SENT, NOT_SENT])
    answer = await scan(shop)
    assert shop.main.count("debit") == 2
    assert answer.file.attempts[1].channel_id == "code-backup"


async def test_a_lost_answer_is_never_switched_away_from(shop: Counter) -> None:
    shop.main.silent = shop.main.debits_when_silent = True
    answer = await scan(shop)
    assert only(answer).state is AttemptState.UNKNOWN
    assert shop.backup.calls == []
    shop.main.silent = False
    await shop.night.wait(20)
    after = await shop.night.file(answer.file.payment.payment_id)
    assert after.payment.state is PaymentState.SUCCEEDED, "the query found the money"
    assert shop.main.count("debit") == 1
    assert shop.kept_fen() == 12_900


async def test_a_lost_answer_that_took_nothing_is_reversed_and_the_customer_pays_anew(shop: Counter) -> None:
    shop.main.debit_script.append(SYSTEM_ERROR)
    answer = await scan(shop)
    payment_id = answer.file.payment.payment_id
    await shop.night.wait(29)
    assert shop.main.count("reverse") == 0, "not before its time: the customer may be typing a password"
    await shop.night.wait(10)
    after = await shop.night.file(payment_id)
    assert after.attempts[0].state is AttemptState.CLOSED
    assert after.payment.state is PaymentState.PENDING
    again = await scan(shop, NEXT_CODE)
    assert again.file.payment.state is PaymentState.SUCCEEDED
    assert again.file.payment.payment_id == payment_id
    assert shop.kept_fen() == 12_900


async def test_a_clock_set_back_after_a_reversal_does_not_make_the_next_debit_look_begun_beside_it(
    shop: Counter,
) -> None:
    """Night 2290: by the clock the second debit was begun while the first was unknown, and the audit said so."""
    shop.main.debit_script.append(SYSTEM_ERROR)
    payment_id = (await scan(shop)).file.payment.payment_id
    await shop.night.wait(39)
    first = (await shop.night.file(payment_id)).attempts[0]
    assert first.state is AttemptState.CLOSED
    shop.night.clock.jump(-20_000)

    again = await scan(shop, NEXT_CODE)

    assert again.file.payment.state is PaymentState.SUCCEEDED
    assert again.file.attempts[1].created_at_ms == first.finished_at_ms
    assert (await shop.night.store.audit(now_ms=shop.night.clock.now_ms())).clean


async def test_a_customer_who_types_a_password_is_waited_for(shop: Counter) -> None:
    shop.main.debit_script.append(USERPAYING)
    answer = await scan(shop)
    attempt = only(answer)
    assert attempt.state is AttemptState.UNKNOWN
    await shop.night.wait(6)
    shop.main.orders[attempt.channel_order_no].state = "paid"
    await shop.night.wait(8)
    after = await shop.night.file(attempt.payment_id)
    assert after.payment.state is PaymentState.SUCCEEDED
    assert shop.main.count("reverse") == 0


async def test_a_password_that_is_never_typed_ends_in_a_reversal(shop: Counter) -> None:
    shop.main.debit_script.append(USERPAYING)
    answer = await scan(shop)
    await shop.night.wait(45)
    after = await shop.night.file(answer.file.payment.payment_id)
    assert after.attempts[0].state is AttemptState.CLOSED
    assert shop.kept_fen() == 0


async def test_while_nobody_knows_nothing_else_is_begun(shop: Counter) -> None:
    """Not by a repeat of the request, not by another code, not by a switch."""
    shop.main.silent = True
    answer = await scan(shop)
    payment_id = answer.file.payment.payment_id
    shop.main.silent = False
    shop.main.debit_script.append(USERPAYING)
    await scan(shop)
    await scan(shop, NEXT_CODE)
    await confirming.confirm_payment(shop.ctx, SHOP, payment_id, ConfirmPayment(payment_code=NEXT_CODE))
    with pytest.raises(PaySwitchError) as caught:
        await switching.switch_payment(shop.ctx, payment_id, SwitchPayment(), shop=SHOP)
    assert caught.value.kind.code == "payment_confirming"
    assert shop.main.count("debit") == 1
    assert shop.backup.calls == []


async def test_the_payer_refuses_and_shows_a_new_code_for_the_same_order(shop: Counter) -> None:
    shop.main.debit_script.append(NOT_ENOUGH)
    with pytest.raises(PaySwitchError) as caught:
        await scan(shop)
    assert caught.value.kind.code == "payer_refused"
    assert shop.backup.calls == [], "the customer's no is no reason to ask elsewhere"
    again = await scan(shop, NEXT_CODE)
    assert again.file.payment.state is PaymentState.SUCCEEDED
    assert [a.channel_id for a in again.file.attempts] == ["code-main", "code-main"]


async def test_two_scans_of_one_code_are_one_debit(shop: Counter) -> None:
    one, two = await asyncio.gather(scan(shop), scan(shop))
    assert shop.main.count("debit") == 1
    assert one.file.payment.payment_id == two.file.payment.payment_id


async def test_a_paid_debit_that_was_reversed_gives_the_money_back_and_is_no_success(shop: Counter) -> None:
    """The answer is lost, and so are the queries: the reversal finds it paid and undoes it."""
    shop.main.silent = shop.main.debits_when_silent = True
    answer = await scan(shop)
    shop.main.silent = False
    shop.main.query_script.extend([SYSTEM_ERROR] * 9)
    await shop.night.wait(90)
    after = await shop.night.file(answer.file.payment.payment_id)
    assert after.attempts[0].state is AttemptState.CLOSED
    assert after.payment.state is not PaymentState.SUCCEEDED
    assert shop.main.received_fen() == 0


async def test_an_old_paid_message_after_a_reversal_does_not_win(shop: Counter) -> None:
    """It was true when it was sent. The money has gone back since: believing it would give the goods away."""
    shop.main.silent = shop.main.debits_when_silent = True
    answer = await scan(shop)
    attempt = only(answer)
    old_news = shop.main.fact(attempt.channel_order_no)
    shop.main.silent = False
    shop.main.query_script.extend([SYSTEM_ERROR] * 9)
    await shop.night.wait(90)
    await results.apply_order_fact(shop.ctx, "code-main", old_news)
    await shop.night.wait(10)
    after = await shop.night.file(attempt.payment_id)
    assert after.attempts[0].state is AttemptState.CLOSED
    assert after.refunds == ()
    assert after.payment.state is not PaymentState.SUCCEEDED
    assert after.attempts[0].due_at_ms is None, "asked once more, and settled"


async def test_a_reversal_that_the_channel_refuses_leaves_the_success_standing(shop: Counter) -> None:
    shop.main.silent = shop.main.debits_when_silent = True
    answer = await scan(shop)
    shop.main.silent = False
    while shop.main.count("reverse") == 0:
        shop.main.query_script.append(SYSTEM_ERROR)
        shop.main.reverse_script.append(Outcome(kind=OutcomeKind.DUPLICATE, code="TRADE_FINISHED"))
        shop.main.query_script = type(shop.main.query_script)(list(shop.main.query_script)[-1:])
        await shop.night.wait(1)
    shop.main.query_script.clear()
    await shop.night.wait(20)
    after = await shop.night.file(answer.file.payment.payment_id)
    assert after.payment.state is PaymentState.SUCCEEDED
    assert shop.kept_fen() == 12_900


async def test_an_order_that_expires_in_mid_debit_ends_known(shop: Counter) -> None:
    shop.main.silent = shop.main.debits_when_silent = True
    answer = await scan(shop, expires_in_s=12)
    await shop.night.wait(5)
    shop.main.silent = False
    await shop.night.wait(30)
    after = await shop.night.file(answer.file.payment.payment_id)
    assert after.payment.state is PaymentState.SUCCEEDED, "the money was there: late, but the shop's"
    assert shop.kept_fen() == 12_900


async def test_a_channel_that_answers_nothing_for_long_is_told_to_a_person(shop: Counter) -> None:
    shop.main.silent = True
    await scan(shop)
    await shop.night.wait(420, step_s=5)
    kinds = [incident.kind for incident in await shop.night.store.list_incidents(limit=10)]
    assert kinds == ["debit_unsettled"]


async def test_a_cancelled_payment_with_an_unknown_debit_closes_when_that_is_known(shop: Counter) -> None:
    shop.main.debit_script.append(SYSTEM_ERROR)
    answer = await scan(shop)
    payment_id = answer.file.payment.payment_id
    cancelled = await payments.cancel_payment(shop.ctx, SHOP, payment_id)
    assert cancelled.payment.state is PaymentState.CLOSING
    await shop.night.wait(50)
    assert (await shop.night.file(payment_id)).payment.state is PaymentState.CLOSED
    assert await told(shop) == ["payment.confirming", "payment.closed"]


async def test_a_code_of_a_wallet_that_the_shop_does_not_take_is_told(shop: Counter) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await scan(shop, methods=(Method.ALIPAY,))
    assert caught.value.kind.code == "consent_unusable"
    assert CODE not in str(caught.value)


@pytest.mark.parametrize("code", ["99" + "1" * 16, "13", "1" * 30, "13456789012345678x", ""])
async def test_what_is_no_payment_code_is_told_without_being_quoted(shop: Counter, code: str) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await scan(shop, code)
    assert caught.value.kind.code == "consent_unusable"
    assert await shop.night.store.file_by_trade_no(SHOP.shop_id, "order-1") is None


async def test_a_code_shown_after_a_qr_code_closes_that_first(shop: Counter) -> None:
    shown = await shop.night.order()
    payment_id = shown.file.payment.payment_id
    answer = await confirming.confirm_payment(shop.ctx, SHOP, payment_id, ConfirmPayment(payment_code=CODE))
    assert answer.file.payment.state is PaymentState.SUCCEEDED
    assert answer.file.attempts[0].state is AttemptState.CLOSED
    assert answer.file.attempts[1].channel_id == "code-main"


async def test_an_ordinary_payment_never_lands_on_a_product_that_debits(shop: Counter) -> None:
    answer = await shop.night.order()
    assert answer.file.attempts[0].channel_id == "wechat-main"
    assert shop.main.calls == []


class BehindAnother:
    """A store whose next commit comes after another node's whole request."""

    def __init__(self, store: object, first: Callable[[], Awaitable[object]]) -> None:
        self._store = store
        self._first: Callable[[], Awaitable[object]] | None = first

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def commit(self, changes: Changes) -> None:
        if self._first is not None:
            first, self._first = self._first, None
            await first()
        await self._store.commit(changes)  # type: ignore[attr-defined]


async def test_two_tills_on_two_nodes_do_not_both_debit_one_order(shop: Counter) -> None:
    """The second had planned its debit when the first one's became unknown: it must see that, and begin nothing."""
    shop.main.debit_script.append(NOT_ENOUGH)
    with pytest.raises(PaySwitchError):
        await scan(shop)
    file = await shop.night.store.file_by_trade_no(SHOP.shop_id, "order-1")
    assert file is not None
    payment_id, wish = file.payment.payment_id, ConfirmPayment(payment_code=NEXT_CODE)

    async def first_node() -> None:
        shop.main.silent = shop.main.debits_when_silent = True
        await confirming.confirm_payment(shop.ctx, SHOP, payment_id, wish)
        shop.main.silent = False

    behind = BehindAnother(shop.night.store, first_node)
    other_node = replace(shop.ctx, store=behind, inflight=Inflight())  # type: ignore[arg-type]
    answer = await confirming.confirm_payment(other_node, SHOP, payment_id, wish)

    assert [attempt.state for attempt in answer.file.attempts] == [AttemptState.FAILED, AttemptState.UNKNOWN]
    assert shop.kept_fen() == 12_900


async def test_a_code_is_not_shown_once_another_node_has_a_debit_that_nobody_knows_the_end_of(shop: Counter) -> None:
    """The customer's code was refused; the shop asks for a QR code at one node, the cashier scans again at another."""
    shop.main.debit_script.append(NOT_ENOUGH)
    with pytest.raises(PaySwitchError):
        await scan(shop)
    file = await shop.night.store.file_by_trade_no(SHOP.shop_id, "order-1")
    assert file is not None
    payment_id = file.payment.payment_id
    other_node = replace(shop.ctx, inflight=Inflight())

    async def scanned_there() -> None:
        shop.main.silent = shop.main.debits_when_silent = True
        await confirming.confirm_payment(other_node, SHOP, payment_id, ConfirmPayment(payment_code=NEXT_CODE))
        shop.main.silent = False

    wechat = shop.night.channel("wechat-main")
    wechat.before_answer.append(scanned_there)
    wish = SwitchPayment(methods=(Method.WECHAT,), environment=Environment.DESKTOP)
    answer = await switching.switch_payment(shop.ctx, payment_id, wish, shop=SHOP)

    states = {attempt.channel_id: attempt.state for attempt in answer.file.attempts[1:]}
    assert answer.attempt_id is None
    assert states == {"wechat-main": AttemptState.DISCARDED, "code-main": AttemptState.UNKNOWN}
    await shop.night.wait(120)
    assert shop.kept_fen() == 12_900
    assert [order.state for order in wechat.orders.values()] == ["closed"], "and nobody can pay it any more"


async def told(shop: Counter) -> list[str]:
    """What the shop hears, once everything is delivered."""
    while await deliver_due(shop.ctx):
        pass
    return shop.night.shop.types()


async def test_the_shop_is_told_once_that_it_is_being_confirmed_and_by_when_it_will_be_known(shop: Counter) -> None:
    shop.main.debit_script.append(SYSTEM_ERROR)
    answer = await scan(shop)
    attempt = only(answer)
    assert attempt.debit_at_ms is not None
    promised_ms = attempt.debit_at_ms + 30_000 + 16_000
    assert attempt.known_by_ms == promised_ms, "WeChat's reversal after 30 s, and what a turn may take"
    await shop.night.wait(20)
    assert await told(shop) == ["payment.confirming"]
    data = json.loads(shop.night.shop.heard[0].body)["data"]
    assert data["state"] == "pending"
    assert data["confirming"] == {"since": iso_utc(attempt.debit_at_ms), "settled_by": iso_utc(promised_ms)}
    assert data["notice"]["zh"] == "银行处理中，请勿重复支付"

    await shop.night.wait(30)
    settled = (await shop.night.file(attempt.payment_id)).attempts[0]
    assert settled.state is AttemptState.CLOSED
    assert settled.finished_at_ms is not None
    assert settled.finished_at_ms <= promised_ms


async def test_a_debit_whose_process_died_is_told_of_when_it_is_found(shop: Counter) -> None:
    class Died(BaseException):
        pass

    async def die(order: object, timeout_ms: int) -> object:
        raise Died

    debit, shop.main.debit = shop.main.debit, die  # type: ignore[method-assign, assignment]
    with pytest.raises(Died):
        await scan(shop)
    shop.main.debit = debit  # type: ignore[method-assign]
    assert await told(shop) == []
    await shop.night.wait(20)
    assert await told(shop) == ["payment.confirming"]


async def test_a_channel_that_does_not_say_in_time_gives_another_time_and_not_one_that_is_over(shop: Counter) -> None:
    shop.main.silent = True
    answer = await scan(shop)
    await shop.night.wait(120)
    file = await shop.night.file(answer.file.payment.payment_id)
    attempt = file.attempts[0]
    assert attempt.state is AttemptState.UNKNOWN
    now_ms = shop.night.clock.now_ms()
    assert (attempt.known_by_ms or 0) < now_ms
    assert settled_by_ms(shop.ctx, attempt) > now_ms
    assert (known_by_ms(file) or 0) > now_ms, "the customer's page, too"
    assert await told(shop) == ["payment.confirming"], "told once"
