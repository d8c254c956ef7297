"""The ledger in SQL: balances by account, and the transfers of one payment."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from sqlalchemy import BigInteger, Text, bindparam, func, literal_column, select, union_all

from payswitch.storage.books_schema import transfers
from payswitch.storage.prepared import Prepared
from payswitch.storage.write_statements import TRANSFER

TRANSFERS_OF: Final = Prepared(
    select(*transfers.columns)
    .where(transfers.c.payment_id == bindparam("payment_id", type_=Text))
    .order_by(transfers.c.transfer_id)
)


def _balances() -> Prepared:
    """Debits minus credits of every account. Reads the whole ledger: for audits and reports."""
    zero = literal_column("0", BigInteger)
    sides = union_all(
        select(
            transfers.c.debit.label("account"), func.sum(transfers.c.amount_fen).label("fen"), zero.label("back")
        ).group_by(transfers.c.debit),
        select(transfers.c.credit, zero, func.sum(transfers.c.amount_fen)).group_by(transfers.c.credit),
    ).subquery()
    return Prepared(select(sides.c.account, func.sum(sides.c.fen) - func.sum(sides.c.back)).group_by(sides.c.account))


_BALANCES: Final = _balances()


def balances(cursor: sqlite3.Cursor) -> Mapping[str, int]:
    """Debits minus credits by account; they add up to 0."""
    rows = cursor.execute(_BALANCES.sql, _BALANCES.bind()).fetchall()
    return {str(account): int(fen) for account, fen in sorted(rows)}


__all__ = ["TRANSFER", "TRANSFERS_OF", "balances"]
