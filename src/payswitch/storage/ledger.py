"""The ledger in SQL: balances by account, and the transfers of one payment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import BigInteger, Text, bindparam, literal_column, select, union_all

from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import fen_sum, transfers
from payswitch.storage.scripts import Script, rows

TRANSFERS_OF: Final = Prepared(
    select(*transfers.columns)
    .where(transfers.c.payment_id == bindparam("payment_id", type_=Text))
    .order_by(transfers.c.transfer_id)
)


def _balances() -> Prepared:
    zero = literal_column("0", BigInteger)
    amounts = fen_sum(transfers.c.amount_fen)
    sides = union_all(
        select(transfers.c.debit.label("account"), amounts.label("there"), zero.label("back")).group_by(
            transfers.c.debit
        ),
        select(transfers.c.credit, zero, amounts).group_by(transfers.c.credit),
    ).subquery()
    return Prepared(
        select(sides.c.account, fen_sum(sides.c.there) - fen_sum(sides.c.back))
        .group_by(sides.c.account)
        .order_by(sides.c.account)
    )


_BALANCES: Final = _balances()


def balances() -> Script[Mapping[str, int]]:
    """Debits minus credits by account; they add up to 0. Reads the whole ledger: for audits and reports."""
    return dict((yield from rows(_BALANCES)))
