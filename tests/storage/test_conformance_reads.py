"""Finding a payment by every name somebody outside knows it by, paging, and what is due."""

from __future__ import annotations

import msgspec
import pytest
from tests.storage.builders import (
    NOW_MS,
    a_decision,
    a_payment,
    a_refund,
    an_attempt,
    an_event,
    launched,
    paid,
)

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Channel, Product
from payswitch.domain.customer import Customer
from payswitch.domain.payment import Incident, PaymentFile, PaymentState, RefundState
from payswitch.domain.shop import Shop
from payswitch.kit.clock import ManualClock
from payswitch.storage.store import DatabaseStore


def payment_id(file: PaymentFile | None) -> str | None:
    return None if file is None else file.payment.payment_id


async def test_a_payment_is_found_by_each_of_its_names(store: DatabaseStore) -> None:
    for n in (1, 2, 3):
        await store.commit(launched(n))
        await store.commit(
            Changes(
                update_payments=[a_payment(n, state=PaymentState.PENDING, version=2)],
                insert_refunds=[a_refund(n, n, n)],
            )
        )

    assert payment_id(await store.payment_file("pay_2")) == "pay_2"
    assert payment_id(await store.file_by_trade_no("shop-1", "T2")) == "pay_2"
    assert payment_id(await store.file_by_checkout_token("token-2")) == "pay_2"
    assert payment_id(await store.file_by_order_no("wechat-main", "NO2")) == "pay_2"
    assert payment_id(await store.file_by_refund_no("wechat-main", "R2")) == "pay_2"


async def test_refunds_and_events_are_found_by_their_ids(store: DatabaseStore) -> None:
    await store.commit(
        Changes(
            insert_payments=[a_payment()],
            insert_attempts=[an_attempt()],
            insert_refunds=[a_refund(1), a_refund(2)],
            insert_events=[an_event(1), an_event(2, sequence=2)],
        )
    )

    assert await store.refund("ref_2") == a_refund(2)
    assert await store.event("evt_2") == an_event(2, sequence=2)
    assert await store.refund("evt_2") is None
    assert await store.event("ref_2") is None


async def test_a_number_of_another_shop_or_channel_finds_nothing(store: DatabaseStore) -> None:
    await store.commit(launched())
    await store.commit(
        Changes(update_payments=[a_payment(state=PaymentState.PENDING, version=2)], insert_refunds=[a_refund()])
    )

    assert await store.payment_file("pay_none") is None
    assert await store.file_by_trade_no("shop-2", "T1") is None
    assert await store.file_by_checkout_token("token") is None
    assert await store.file_by_order_no("alipay-main", "NO1") is None
    assert await store.file_by_refund_no("alipay-main", "R1") is None
    assert await store.idempotency("shop-1", "none") is None


async def test_a_file_holds_everything_in_order(store: DatabaseStore) -> None:
    attempts = [an_attempt(n, 1, ordinal=n) for n in (3, 1, 2)]
    refunds = [a_refund(n, 1, 1, created_at_ms=NOW_MS + n) for n in (2, 3, 1)]
    await store.commit(
        Changes(
            insert_payments=[a_payment()],
            insert_attempts=attempts,
            insert_refunds=refunds,
            insert_decisions=[a_decision(n, 1, at_ms=NOW_MS + n) for n in (2, 1)],
        )
    )
    await store.commit(launched("other"))

    file = await store.payment_file("pay_1")

    assert file is not None
    assert [attempt.ordinal for attempt in file.attempts] == [1, 2, 3]
    assert [refund.refund_id for refund in file.refunds] == ["ref_1", "ref_2", "ref_3"]
    assert [decision.decision_id for decision in await store.decisions("pay_1")] == ["dec_1", "dec_2"]


@pytest.fixture
async def history(store: DatabaseStore) -> list[str]:
    """Twelve payments of shop-1, the newest first; several in the same millisecond; one of another shop."""
    states = [PaymentState.CREATED, PaymentState.PENDING, PaymentState.CLOSED]
    made = [
        a_payment(f"{n:02d}", state=states[n % 3], created_at_ms=NOW_MS + n // 4, due_at_ms=None) for n in range(12)
    ]
    await store.commit(Changes(insert_payments=[*made, a_payment("x", shop_id="shop-2")]))
    return [payment.payment_id for payment in reversed(made)]


async def test_lists_come_newest_first_in_pages_without_gap_or_repeat(store: DatabaseStore, history: list[str]) -> None:
    seen: list[str] = []
    before: str | None = None
    while page := await store.list_payments("shop-1", state=None, before=before, limit=5):
        assert len(page) <= 5
        seen += [payment.payment_id for payment in page]
        before = seen[-1]

    assert seen == history


@pytest.mark.parametrize("state", list(PaymentState))
async def test_lists_by_state(store: DatabaseStore, history: list[str], state: PaymentState) -> None:
    everything = await store.list_payments("shop-1", state=None, before=None, limit=100)
    expected = [payment.payment_id for payment in everything if payment.state is state]

    first = await store.list_payments("shop-1", state=state, before=None, limit=2)
    rest = await store.list_payments("shop-1", state=state, before=first[-1].payment_id, limit=100) if first else []

    assert [payment.payment_id for payment in [*first, *rest]] == expected


async def test_a_page_after_a_payment_of_another_shop_is_empty(store: DatabaseStore, history: list[str]) -> None:
    assert await store.list_payments("shop-1", state=None, before="pay_x", limit=10) == []
    assert await store.list_payments("shop-1", state=None, before="pay_none", limit=10) == []


async def test_events_page_newest_first_and_never_show_other_shops(store: DatabaseStore) -> None:
    for n in (1, 2):
        await store.commit(
            Changes(
                insert_payments=[a_payment(n)],
                insert_events=[an_event(f"{n}{s}", n, sequence=s, created_at_ms=NOW_MS + s // 2) for s in (1, 2, 3)],
            )
        )
    await store.commit(
        Changes(insert_payments=[a_payment(9, shop_id="shop-2")], insert_events=[an_event(91, 9, shop_id="shop-2")])
    )

    def ids(events: object) -> list[str]:
        assert isinstance(events, list)
        return [event.event_id for event in events]

    everything = ids(await store.list_events("shop-1", payment_id=None, before=None, limit=100))
    assert everything == ["evt_23", "evt_13", "evt_22", "evt_12", "evt_21", "evt_11"]
    page = ids(await store.list_events("shop-1", payment_id=None, before="evt_13", limit=2))
    assert page == ["evt_22", "evt_12"]
    assert ids(await store.list_events("shop-1", payment_id="pay_2", before=None, limit=2)) == ["evt_23", "evt_22"]
    assert ids(await store.list_events("shop-1", payment_id="pay_2", before="evt_22", limit=2)) == ["evt_21"]
    assert await store.list_events("shop-1", payment_id=None, before="evt_91", limit=2) == []
    assert await store.list_events("shop-1", payment_id="pay_9", before=None, limit=2) == []


async def test_incidents_come_newest_first(store: DatabaseStore) -> None:
    await store.commit(
        Changes(
            insert_incidents=[
                Incident(incident_id=f"inc_{n}", kind="untrusted", at_ms=NOW_MS + n, detail="签名错误")
                for n in range(5)
            ]
        )
    )

    assert [i.incident_id for i in await store.list_incidents(limit=2)] == ["inc_4", "inc_3"]


SHOP = Shop(shop_id="shop-1", merchant_id="m-1", name="小店", notify_url="https://shop.example/hook")


async def test_a_shop_is_known_by_its_keys_until_they_are_replaced(store: DatabaseStore, clock: ManualClock) -> None:
    await store.save_shop(SHOP, ["old", "new"])
    assert await store.shop_of_key("old") == SHOP
    assert await store.shop_of_key("unknown") is None

    clock.advance(seconds=1)
    renamed = msgspec.structs.replace(SHOP, name="大店", notify_url=None)
    await store.save_shop(renamed, ["new"])

    assert await store.shop_of_key("old") is None
    assert await store.shop_of_key("new") == renamed
    assert list(await store.shops()) == [renamed]
    await store.save_shop(renamed, ["old"])
    assert await store.shop_of_key("old") == renamed, "a revoked key may come back"


async def test_a_key_opens_one_shop_only(store: DatabaseStore) -> None:
    await store.save_shop(SHOP, ["key"])
    other = msgspec.structs.replace(SHOP, shop_id="shop-2")

    with pytest.raises(AssertionError, match="another shop"):
        await store.save_shop(other, ["key"])

    assert await store.shop_of_key("key") == SHOP
    assert list(await store.shops()) == [SHOP], "nothing of the refused shop stays"


async def test_every_version_of_a_channel_stays_readable(store: DatabaseStore) -> None:
    first = Channel(
        channel_id="wechat-main",
        merchant_id="m-1",
        connector="wechatpay",
        name="微信支付·主",
        products=frozenset({Product.WECHAT_JSAPI, Product.WECHAT_NATIVE}),
        upstream="wechat",
        max_fen=500_000,
        tags=frozenset({"a", "b"}),
    )
    second = msgspec.structs.replace(first, version=2, fee_bp=38)
    for channel in (first, second, msgspec.structs.replace(second, tier=2)):
        await store.save_channel(channel)

    assert await store.channels() == [first, msgspec.structs.replace(second, tier=2)]


async def test_the_audit_counts_what_is_there(store: DatabaseStore) -> None:
    for n in range(3):
        await store.commit(launched(n))
    await store.commit(paid(0))
    await store.commit(
        Changes(
            update_payments=[
                a_payment(0, state=PaymentState.SUCCEEDED, winner_attempt_id="att_0", version=3, event_sequence=1)
            ],
            insert_attempts=[
                an_attempt(9, 0, ordinal=2, state="succeeded", surplus=True, amount_fen=500, refunded_fen=500)
            ],
            insert_refunds=[a_refund(9, 0, 9, amount_fen=500, state=RefundState.PROCESSING)],
        )
    )

    counts = await store.counts()

    assert counts.payments == {"pending": 2, "succeeded": 1}
    assert counts.nonterminal == 2
    assert counts.attempts == {"created": 2, "succeeded": 2}
    assert (counts.refunds, counts.events, counts.incidents) == ({"processing": 1}, {"pending": 1}, 0)
    assert (counts.received_fen, counts.returned_fen) == (129_900 + 500, 0)
    assert (counts.surplus, counts.surplus_unrefunded) == (1, 1)
    assert (counts.broken_payments, counts.broken_refunds) == (0, 0)

    await store.commit(
        Changes(
            update_payments=[
                a_payment(0, state=PaymentState.SUCCEEDED, winner_attempt_id="att_0", version=4, event_sequence=1)
            ],
            update_refunds=[a_refund(9, 0, 9, amount_fen=500, state=RefundState.SUCCEEDED)],
        )
    )
    counts = await store.counts()
    assert (counts.returned_fen, counts.surplus_unrefunded) == (500, 0)


async def test_the_audit_sees_books_that_do_not_fit(store: DatabaseStore) -> None:
    """Three bugs the constraints cannot see: a winner that never paid, a paid attempt of an open payment, and
    a refund that its attempt does not know of."""
    await store.commit(
        Changes(
            insert_payments=[
                a_payment(1, state=PaymentState.SUCCEEDED, winner_attempt_id="att_1"),
                a_payment(2, state=PaymentState.PENDING),
            ],
            insert_attempts=[an_attempt(1, 1), an_attempt(2, 2, state="succeeded")],
            insert_refunds=[a_refund(2, 2, 2)],
        )
    )

    counts = await store.counts()

    assert (counts.broken_payments, counts.broken_refunds) == (2, 1)


async def test_a_customer_has_paid_at_the_shop_or_not(store: DatabaseStore) -> None:
    """Waiting and closed payments make nobody a returning customer; nor do those of other shops."""
    ann, bob = Customer(customer_id="ann"), Customer(customer_id="bob")
    await store.commit(Changes(insert_payments=[a_payment(1, customer=ann), a_payment(2, customer=bob)]))
    assert not await store.has_paid("shop-1", "ann")
    await store.commit(
        Changes(
            insert_attempts=[an_attempt(1)],
            update_payments=[
                a_payment(1, customer=ann, state=PaymentState.SUCCEEDED, version=2, winner_attempt_id="att_1")
            ],
        )
    )
    assert await store.has_paid("shop-1", "ann")
    assert not await store.has_paid("shop-1", "bob")
    assert not await store.has_paid("shop-2", "ann")


async def test_what_each_channel_received_since_midnight(store: DatabaseStore) -> None:
    for n in (1, 2, 3):
        await store.commit(launched(n))
    for n in (1, 2):
        await store.commit(paid(n))
    received = await store.received_since(0)
    assert received == {"wechat-main": sum(a_payment(n).amount_fen for n in (1, 2))}
    assert await store.received_since(NOW_MS + 86_400_000) == {}


async def test_the_last_attempts_of_all_payments_newest_first(store: DatabaseStore) -> None:
    for n in (1, 2, 3):
        await store.commit(launched(n))
    assert [a.attempt_id for a in await store.recent_attempts("att_", 2)] == ["att_3", "att_2"]
    assert [a.attempt_id for a in await store.recent_attempts("att_3", 2)] == ["att_3"]


async def test_a_shop_that_is_gone_from_the_configuration_may_not_call_any_more(store: DatabaseStore) -> None:
    other = msgspec.structs.replace(SHOP, shop_id="shop-2", name="另一家")
    await store.set_shops([(SHOP, ["key-1"]), (other, ["key-2"])])
    await store.set_shops([(other, ["key-2"])])
    assert await store.shop_of_key("key-1") is None
    assert await store.shop_of_key("key-2") == other
    assert SHOP in await store.shops(), "its history keeps its name"


async def test_a_shop_may_be_renamed_and_keep_its_key(store: DatabaseStore) -> None:
    await store.set_shops([(SHOP, ["key-1"])])
    renamed = msgspec.structs.replace(SHOP, shop_id="shop-renamed")
    await store.set_shops([(renamed, ["key-1"])])
    assert await store.shop_of_key("key-1") == renamed
