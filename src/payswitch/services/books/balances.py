"""余额: the ledger's balances, for operators, and what keeps them quick to read."""

from __future__ import annotations

from payswitch.domain.operator import Operator
from payswitch.services.books.bills import books_of
from payswitch.services.context import Context


async def balances(ctx: Context, operator: Operator) -> dict[str, int]:
    """Debits minus credits of the accounts of the operator's channels and shops."""
    owners = {c.channel_id for c in ctx.directory.all_channels() if operator.manages(c.merchant_id)}
    owners |= {shop.shop_id for shop in await ctx.store.shops() if operator.manages(shop.merchant_id)}
    found = await books_of(ctx).ledger_balances()
    return {name: fen for name, fen in found.items() if name.partition("/")[2] in owners}


async def fold_ledger(ctx: Context) -> int:
    """Fold what the latest transfers moved into the balances, in small steps: payments that are just committed go in
    between. How much was folded."""
    folded = 0
    while ctx.books is not None and (more := await ctx.books.fold_ledger()):
        folded += more
    return folded
