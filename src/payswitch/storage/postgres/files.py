"""A payment with all that belongs to it, in one question: what SQLite reads in three costs five over a network, two of
them only to see one moment. One statement sees one moment by itself.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import Select, Table, func, select

from payswitch.domain.payment import PaymentFile
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import attempts, payments, refunds
from payswitch.storage.scripts import Script, first
from payswitch.storage.write_statements import ATTEMPT, PAYMENT, REFUND

_WIDTH: Final = len(payments.columns)


@cache
def whole(find: Prepared) -> Prepared:
    """The statement that finds the payment, with its attempts and its refunds as two more columns."""
    own_attempts = _rows_of(attempts).order_by(attempts.c.ordinal)
    own_refunds = _rows_of(refunds).order_by(refunds.c.created_at_ms, refunds.c.refund_id)
    row = find.selected().subquery()
    return Prepared(
        select(
            *row.columns,
            *(
                func.array(of_payment.where(table.c.payment_id == row.c.payment_id).scalar_subquery())
                for table, of_payment in ((attempts, own_attempts), (refunds, own_refunds))
            ),
        )
    )


def _rows_of(table: Table) -> Select[Any]:
    return select(func.row(*table.columns)).select_from(table)


def whole_file(find: Prepared, **names: str) -> Script[PaymentFile | None]:
    """The same as `payment_files.file_of`."""
    row = yield from first(whole(find), **names)
    if row is None:
        return None
    return PaymentFile(
        payment=PAYMENT.decode(tuple(row)[:_WIDTH]),
        attempts=tuple(ATTEMPT.decode(attempt) for attempt in row[_WIDTH]),
        refunds=tuple(REFUND.decode(refund) for refund in row[_WIDTH + 1]),
    )
