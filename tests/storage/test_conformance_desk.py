"""What operators look for: every filter, over several shops, in bounded steps; the same in each database."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.storage.builders import NOW_MS, a_payment, an_attempt

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Method
from payswitch.domain.customer import Customer
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.domain.payment_search import NumberKind, PaymentFilter, PaymentPage
from payswitch.domain.saved_view import SavedView, ViewPage
from payswitch.kit.ids import SeededIds
from payswitch.storage import payment_search
from payswitch.storage.store import DatabaseStore

SHOPS = ("shop-1", "shop-2")


async def history(store: DatabaseStore, payments: int = 12) -> None:
    """One payment a second, at two shops in turn. Every third is closed; every fourth was switched; every sixth has
    money beside the winner; the last one's debit is unknown."""
    ids = SeededIds(7)
    for n in range(payments):
        at_ms = NOW_MS + n * 1_000
        payment_id = ids.new("pay_", at_ms)
        closed = n % 3 == 0
        payment = a_payment(
            n,
            payment_id=payment_id,
            shop_id=SHOPS[n % 2],
            amount_fen=100 + n,
            state=PaymentState.CLOSED if closed else PaymentState.PENDING,
            closed_at_ms=at_ms if closed else None,
            customer=Customer(customer_id=f"c-{n % 2}"),
            created_at_ms=at_ms,
            due_at_ms=None if closed else at_ms,
        )
        kinds = [AttemptState.CLOSED, AttemptState.EXPOSED] if n % 4 == 0 else [AttemptState.EXPOSED]
        if n % 6 == 0:
            kinds[0] = AttemptState.SUCCEEDED
        if n == payments - 1:
            kinds = [AttemptState.UNKNOWN]
        attempts = [
            msgspec.structs.replace(
                an_attempt(f"{n}-{k}", ordinal=k + 1, state=state, surplus=state is AttemptState.SUCCEEDED),
                payment_id=payment_id,
                channel_id="wechat-main" if k == 0 else "alipay-main",
                method=Method.WECHAT if k == 0 else Method.ALIPAY,
                channel_order_no=ids.new("P", at_ms + k),
                transaction_id=f"tx-{n}" if state is AttemptState.SUCCEEDED else None,
                created_at_ms=at_ms + k,
                due_at_ms=at_ms if state is AttemptState.UNKNOWN else None,
            )
            for k, state in enumerate(kinds)
        ]
        await store.commit(Changes(insert_payments=[payment], insert_attempts=attempts))


async def page(store: DatabaseStore, after: str | None = None, limit: int = 100, **wanted: Any) -> PaymentPage:
    return await store.payment_list(
        PaymentFilter(**wanted),
        merchants=["m-1"],
        shops=SHOPS if "shop_id" not in wanted else [wanted["shop_id"]],
        after=after,
        limit=limit,
    )


def numbers(found: PaymentPage) -> list[int]:
    return [one.payment.amount_fen - 100 for one in found.found]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ({"shop_id": "shop-2"}, [11, 9, 7, 5, 3, 1]),
        ({"state": PaymentState.CLOSED}, [9, 6, 3, 0]),
        ({"state": PaymentState.PENDING, "shop_id": "shop-1"}, [10, 8, 4, 2]),
        ({"min_fen": 105, "max_fen": 107}, [7, 6, 5]),
        ({"from_ms": NOW_MS + 2_000, "to_ms": NOW_MS + 4_000}, [3, 2]),
        ({"switched": True}, [8, 4, 0]),
        ({"switched": True, "shop_id": "shop-2"}, []),
        ({"switched": True, "to_ms": NOW_MS + 8_000}, [4, 0]),
        ({"surplus": True}, [6, 0]),
        ({"surplus": True, "from_ms": NOW_MS + 1_000}, [6]),
        ({"in_doubt": True}, [11]),
        ({"in_doubt": True, "state": PaymentState.CLOSED}, []),
        ({"channel_id": "alipay-main"}, [8, 4, 0]),
        ({"channel_id": "alipay-main", "from_ms": NOW_MS + 2, "to_ms": NOW_MS + 8_001}, [4]),
        ({"channel_id": "alipay-main", "method": Method.WECHAT}, []),
        ({"method": Method.ALIPAY, "min_fen": 104}, [8, 4]),
        ({"channel_id": "wechat-main", "surplus": True, "switched": True}, [0]),
    ],
)
async def test_each_filter_finds_what_fits_newest_first(
    store: DatabaseStore, wanted: dict[str, Any], expected: list[int]
) -> None:
    await history(store)

    found = await page(store, **wanted)

    assert (numbers(found), found.next, found.searched_to_ms) == (expected, None, None)


@pytest.mark.parametrize("wanted", [{}, {"switched": True}, {"channel_id": "wechat-main"}, {"surplus": True}])
async def test_pages_follow_each_other_without_gap_or_repeat(store: DatabaseStore, wanted: dict[str, Any]) -> None:
    await history(store)
    whole = numbers(await page(store, **wanted))

    told: list[int] = []
    after = None
    for _ in range(20):
        found = await page(store, after=after, limit=2, **wanted)
        told += numbers(found)
        after = found.next
        if after is None:
            break

    assert told == whole


async def test_a_read_that_has_looked_at_enough_says_how_far_it_came_and_goes_on_from_there(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve payments and three looks a read stand for ten million and five thousand."""
    monkeypatch.setattr(payment_search, "MOST_LOOKED_AT", 3)
    monkeypatch.setattr(payment_search, "LEAST_LOOKED_AT", 3)
    await history(store)

    first = await page(store, max_fen=101)
    assert (numbers(first), first.searched_to_ms) == ([], NOW_MS + 7_000)
    told, after, reads = list[int](), first.next, 1
    while after is not None:
        found = await page(store, after=after, max_fen=101)
        told += numbers(found)
        after, reads = found.next, reads + 1

    assert told == [1, 0]
    assert reads <= 5


@pytest.mark.parametrize("wanted", [{"surplus": True}, {"switched": True}, {"in_doubt": True}])
async def test_of_payments_that_lie_far_apart_a_read_looks_at_fewer(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any]
) -> None:
    """Each of them is fetched from another place of the disk. Nothing is missed by it."""
    await history(store)
    whole = numbers(await page(store, **wanted))
    monkeypatch.setattr(payment_search, "MOST_APART_LOOKED_AT", 1)
    monkeypatch.setattr(payment_search, "LEAST_LOOKED_AT", 1)

    told, after, reads = list[int](), None, 0
    while reads == 0 or after is not None:
        found = await page(store, after=after, **wanted)
        told += numbers(found)
        after, reads = found.next, reads + 1

    assert told == whole
    assert reads >= len(whole) > 0


async def test_a_list_shows_the_attempt_that_matters(store: DatabaseStore) -> None:
    await history(store)

    (last, *_) = (await page(store, channel_id="alipay-main")).found

    assert [attempt.method for attempt in last.attempts] == [Method.WECHAT, Method.ALIPAY]
    assert last.told is not None
    assert last.told.channel_id == "alipay-main"


async def test_a_customer_and_a_transaction_are_found_among_this_merchants_payments_only(store: DatabaseStore) -> None:
    await history(store)

    async def found(number: str, merchant: str = "m-1") -> list[tuple[NumberKind, int]]:
        matches = await store.payments_with(number, merchants=[merchant], shops=SHOPS, channels=["wechat-main"])
        return [(one.kind, one.found.payment.amount_fen - 100) for one in matches]

    assert await found("c-1") == [(NumberKind.CUSTOMER_ID, n) for n in (11, 9, 7, 5, 3, 1)]
    assert await found("tx-6") == [(NumberKind.TRANSACTION_ID, 6)]
    assert await found("tx-6", merchant="m-2") == []


async def test_a_saved_view_is_replaced_by_its_name_and_keeps_its_id(store: DatabaseStore) -> None:
    view = SavedView(
        view_id="view_1",
        merchant_id="m-1",
        owner="op-1",
        page=ViewPage.PAYMENTS,
        name="今晚",
        query="state=closed",
        saved_at_ms=1,
        saved_by="op-1",
    )
    await store.save_view(view)
    again = await store.save_view(msgspec.structs.replace(view, view_id="view_2", query="surplus=yes", saved_at_ms=2))

    assert (again.view_id, again.query, again.saved_at_ms) == ("view_1", "surplus=yes", 2)
    assert await store.saved_views("m-1", "op-1", ViewPage.PAYMENTS) == [again]
    assert await store.saved_views("m-1", "op-2", ViewPage.PAYMENTS) == []
    await store.delete_view("view_1")
    assert await store.saved_view("view_1") is None
