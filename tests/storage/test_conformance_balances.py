"""The ledger's balances are kept, not added up; whatever is committed and folded in whatever order, they are the sum of
the transfers that one can see."""

from __future__ import annotations

import asyncio
import random

import pytest
from tests.storage.builders import NOW_MS, a_payment
from tests.storage.test_conformance_bills import paid_and_refunded
from tests.storage.test_conformance_ledger import a_transfer, fee, won

from payswitch.domain.changes import Changes, UniqueViolation
from payswitch.domain.ledger import Transfer, TransferKind
from payswitch.domain.reconciliation import Billed
from payswitch.storage import ledger
from payswitch.storage.prepared import Prepared
from payswitch.storage.scripts import Script
from payswitch.storage.scripts import rows as rows_of
from payswitch.storage.store import DatabaseStore

ADDED_UP = Prepared(ledger.added_up())
KEPT = Prepared(ledger.kept())


def _both() -> Script[tuple[dict[str, int], dict[str, int]]]:
    """What the transfers add up to, and what is kept, at one moment."""
    summed = dict((yield from rows_of(ADDED_UP)))
    return summed, dict((yield from rows_of(KEPT)))


async def both(store: DatabaseStore) -> tuple[dict[str, int], dict[str, int]]:
    return await store.read(_both(), snapshot=True)


async def fold_all(store: DatabaseStore) -> int:
    folded = 0
    while more := await store.fold_ledger():
        folded += more
    return folded


def billed(n: int) -> Transfer:
    """The bill names another fee than the one that was expected."""
    return a_transfer(
        n,
        transfer_id=f"fee_billed:att_{n}:1",
        kind=TransferKind.FEE_BILLED,
        debit="fees/wechat-main",
        credit="clearing/wechat-main",
        amount_fen=21,
    )


def refund_asked(n: int, version: int) -> Changes:
    """The shop gives something back, long after the payment."""
    succeeded = won(n).insert_payments[0]
    later = a_payment(
        n,
        version=version,
        state=succeeded.state,
        winner_attempt_id=succeeded.winner_attempt_id,
        succeeded_at_ms=NOW_MS,
        due_at_ms=None,
    )
    back = a_transfer(
        n,
        transfer_id=f"refund_asked:ref_{n}",
        kind=TransferKind.REFUND_ASKED,
        debit="shop/shop-1",
        credit="refunds/wechat-main",
        amount_fen=100 + n,
    )
    return Changes(update_payments=[later], insert_transfers=[back])


async def test_what_is_folded_is_still_there(store: DatabaseStore) -> None:
    for n in range(3):
        await store.commit(won(n, a_transfer(n), fee(n)))
    before = await store.ledger_balances()

    assert await fold_all(store) > 0

    assert await store.ledger_balances() == before
    assert await store.fold_ledger() == 0, "nothing is left to fold"
    await store.commit(won(3, a_transfer(3), fee(3)))
    assert (await store.ledger_balances())["shop/shop-1"] == -4 * 129_900


async def test_units_that_share_a_transaction_share_its_note(store: DatabaseStore) -> None:
    """So a busy evening costs the books a row an account, not a row a payment."""
    await asyncio.gather(*(store.commit(won(n, a_transfer(n), fee(n))) for n in range(200)))

    notes = await store.fold_ledger()

    assert 3 <= notes <= 3 * 20, "three accounts; 200 units wait for a handful of transactions"
    assert (await store.ledger_balances())["fees/wechat-main"] == 200 * 779


async def test_a_unit_that_breaks_a_rule_moves_nothing(store: DatabaseStore) -> None:
    await store.commit(won(1, a_transfer(1), fee(1)))
    again = refund_asked(1, version=2)
    again.insert_transfers.append(fee(1))
    units = [won(2, a_transfer(2), fee(2)), again, won(3, a_transfer(3), fee(3))]

    results = await asyncio.gather(*(store.commit(unit) for unit in units), return_exceptions=True)

    assert [type(result) for result in results] == [type(None), UniqueViolation, type(None)]
    summed, kept = await both(store)
    assert kept == summed
    assert kept["shop/shop-1"] == -3 * 129_900


async def test_what_a_bill_corrects_is_in_the_balances(store: DatabaseStore) -> None:
    await paid_and_refunded(store)
    correction = Billed(transfers=[billed(1)])

    await store.save_billed(correction)
    with pytest.raises(UniqueViolation):
        await store.save_billed(correction)

    summed, kept = await both(store)
    assert kept == summed
    assert kept["fees/wechat-main"] == 779 + 21


async def test_folding_takes_no_more_than_it_was_told_at_a_time(store: DatabaseStore) -> None:
    for n in range(4):
        await store.commit(won(n, a_transfer(n)))
    before = await store.ledger_balances()

    taken = [await store.write(lambda: ledger.fold(3)) for _ in range(4)]

    assert taken == [3, 3, 2, 0]
    assert await store.ledger_balances() == before


@pytest.mark.parametrize("seed", range(6))
async def test_balances_are_the_sum_however_commits_folds_and_looks_are_mixed(store: DatabaseStore, seed: int) -> None:
    """Payments, refunds, bills and folds at the same time, and somebody who looks in between."""
    dice = random.Random(seed)
    numbers = list(range(60))
    await asyncio.gather(*(store.commit(won(n, a_transfer(n), fee(n))) for n in numbers[:20]))

    async def looks() -> None:
        summed, kept = await both(store)
        assert kept == summed
        assert sum((await store.ledger_balances()).values()) == 0

    async def folds() -> None:
        await store.write(lambda: ledger.fold(dice.randint(1, 20)))

    work = [store.commit(won(n, a_transfer(n), fee(n))) for n in numbers[20:]]
    work += [store.commit(refund_asked(n, version=2)) for n in numbers[:20:2]]
    work += [store.save_billed(Billed(transfers=[billed(n)])) for n in numbers[1:20:2]]
    work += [folds() for _ in range(15)] + [looks() for _ in range(10)]
    dice.shuffle(work)
    await asyncio.gather(*work)

    await looks()
    await fold_all(store)
    await looks()
    summed, _ = await both(store)
    assert summed["shop/shop-1"] == sum(100 + n for n in numbers[:20:2]) - 60 * 129_900
