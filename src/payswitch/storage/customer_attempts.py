"""Payments by what was tried for their customers: the one place that says in SQL what `PaymentFile.for_customer` is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, not_

from payswitch.storage.schema import attempts, payments


def tried(*conditions: Any) -> Any:
    """Whether a payment has an attempt like this that was made for its customer: no shadow probe."""
    mine = attempts.c.payment_id == payments.c.payment_id, not_(attempts.c.shadow)
    return exists().where(*mine, *conditions).correlate(payments)
