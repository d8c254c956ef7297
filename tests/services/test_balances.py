"""The ledger's balances, as an operator sees them, while they are folded behind their back."""

from __future__ import annotations

from payswitch.domain.operator import Operator
from payswitch.services.books.balances import balances, fold_ledger
from tests.services.harness import Night

LIN = Operator(operator_id="op-lin", name="林", merchant_ids=frozenset({"m-1"}))
STRANGER = Operator(operator_id="op-2", name="别家", merchant_ids=frozenset({"m-2"}))


async def test_a_balance_is_of_this_moment_before_and_after_it_is_folded(tonight: Night) -> None:
    attempt = (await tonight.order()).file.attempts[0]
    await tonight.pays(attempt)
    fresh = await balances(tonight.ctx, LIN)

    folded = await fold_ledger(tonight.ctx)

    assert folded == len(fresh)
    assert await balances(tonight.ctx, LIN) == fresh
    assert fresh[f"shop/{(await tonight.store.shops())[0].shop_id}"] == -attempt.amount_fen
    assert await fold_ledger(tonight.ctx) == 0
    assert await balances(tonight.ctx, STRANGER) == {}
