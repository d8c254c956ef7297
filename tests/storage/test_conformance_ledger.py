"""The ledger is written with what it is about or not at all, once, and never changed."""

from __future__ import annotations

import pytest
from tests.storage.builders import NOW_MS, a_payment, an_attempt

from payswitch.domain.changes import Changes, UniqueViolation
from payswitch.domain.ledger import Transfer, TransferKind
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.store import DatabaseStore


def a_transfer(n: int = 1, **changes: object) -> Transfer:
    values: dict[str, object] = {
        "transfer_id": f"received:att_{n}",
        "kind": TransferKind.RECEIVED,
        "debit": "clearing/wechat-main",
        "credit": "shop/shop-1",
        "amount_fen": 129_900,
        "channel_id": "wechat-main",
        "payment_id": f"pay_{n}",
        "attempt_id": f"att_{n}",
        "at_ms": NOW_MS,
    }
    return Transfer(**{**values, **changes})  # type: ignore[arg-type]


def fee(n: int = 1) -> Transfer:
    return a_transfer(
        n,
        transfer_id=f"fee:att_{n}",
        kind=TransferKind.FEE,
        debit="fees/wechat-main",
        credit="clearing/wechat-main",
        amount_fen=779,
    )


def won(n: int = 1, *transfers: Transfer) -> Changes:
    return Changes(
        insert_payments=[
            a_payment(
                n,
                state=PaymentState.SUCCEEDED,
                winner_attempt_id=f"att_{n}",
                succeeded_at_ms=NOW_MS,
                due_at_ms=None,
            )
        ],
        insert_attempts=[
            an_attempt(n, n, state=AttemptState.SUCCEEDED, transaction_id=f"TX{n}", finished_at_ms=NOW_MS)
        ],
        insert_transfers=list(transfers),
    )


async def test_balances_are_debits_minus_credits_and_add_up_to_nothing(store: DatabaseStore) -> None:
    await store.commit(won(1, a_transfer(1), fee(1)))
    await store.commit(won(2, a_transfer(2), fee(2)))

    balances = await store.ledger_balances()

    assert balances == {
        "clearing/wechat-main": 2 * (129_900 - 779),
        "fees/wechat-main": 2 * 779,
        "shop/shop-1": -2 * 129_900,
    }
    assert sum(balances.values()) == 0


async def test_the_transfers_of_a_payment_come_back_as_they_were(store: DatabaseStore) -> None:
    await store.commit(won(1, a_transfer(1), fee(1)))
    await store.commit(won(2, a_transfer(2)))

    assert await store.transfers_of("pay_1") == [fee(1), a_transfer(1)]


async def test_a_transfer_that_is_there_takes_the_whole_unit_down(store: DatabaseStore) -> None:
    await store.commit(won(1, a_transfer(1)))
    again = Changes(update_payments=[a_payment(1, version=2, state=PaymentState.SUCCEEDED, winner_attempt_id="att_1")])
    again.insert_transfers.append(a_transfer(1))

    with pytest.raises(UniqueViolation, match="uq_transfer"):
        await store.commit(again)

    assert len(await store.transfers_of("pay_1")) == 1
    file = await store.payment_file("pay_1")
    assert file is not None
    assert file.payment.version == 1


@pytest.mark.parametrize(
    ("transfer", "constraint"),
    [
        (a_transfer(1, amount_fen=0), "ck_transfer_amount"),
        (a_transfer(1, credit="clearing/wechat-main"), "ck_transfer_accounts"),
        (a_transfer(1, attempt_id="att_9"), "foreign_key"),
    ],
)
async def test_no_transfer_moves_nothing_nowhere(store: DatabaseStore, transfer: Transfer, constraint: str) -> None:
    with pytest.raises(InvariantViolation, match=constraint):
        await store.commit(won(1, transfer))

    assert await store.payment_file("pay_1") is None


async def test_no_transfer_is_written_without_its_payment(store: DatabaseStore) -> None:
    with pytest.raises(InvariantViolation, match="payment_missing"):
        await store.commit(Changes(insert_transfers=[a_transfer(1)]))
