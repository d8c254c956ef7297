"""A payment found by any number that anybody has of it: each kind of number through an index of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, select

from payswitch.domain.payment import Payment, PaymentState
from payswitch.domain.payment_search import Match, NumberKind
from payswitch.storage import read_statements as reads
from payswitch.storage import schema
from payswitch.storage.parameters import LIMIT, bound_text
from payswitch.storage.payment_search import with_attempts
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import CUSTOMER_ID, attempts, channels, literal, literals, payments, refunds
from payswitch.storage.scripts import Script, decoded, rows
from payswitch.storage.write_statements import PAYMENT

MOST_OF_CUSTOMER: Final = 50
MOST_LIVE_LOOKED_AT: Final = 5_000
"""A customer's payments that have not ended are looked for among the newest so many of a shop that have not."""


_NUMBER: Final = bound_text("number")
_BY_ATTEMPT: Final = attempts.join(payments, payments.c.payment_id == attempts.c.payment_id)
_BY_REFUND: Final = refunds.join(payments, payments.c.payment_id == refunds.c.payment_id)


def _found(condition: ColumnElement[bool], source: object = payments) -> Prepared:
    statement: Select[tuple[object, ...]] = select(*payments.columns).select_from(source)  # type: ignore[arg-type]
    return Prepared(statement.where(condition).limit(LIMIT))


CHANNELS_OF: Final = Prepared(
    select(channels.c.channel_id).where(channels.c.merchant_id == bound_text("merchant_id")).distinct()
)
"""Every channel that the merchant ever had, those that are configured no more too: there are few."""
BY_ORDER_NO: Final = Prepared(
    select(*payments.columns)
    .select_from(_BY_ATTEMPT)
    .where(attempts.c.channel_id == bound_text("channel_id"), attempts.c.channel_order_no == _NUMBER)
)
BY_TRANSACTION: Final = _found(attempts.c.transaction_id == _NUMBER, _BY_ATTEMPT)
BY_REFUND_ID: Final = _found(refunds.c.refund_id == _NUMBER, _BY_REFUND)
BY_OUT_REFUND_NO: Final = _found(refunds.c.out_refund_no == _NUMBER, _BY_REFUND)
BY_CHANNEL_REFUND: Final = _found(refunds.c.channel_refund_id == _NUMBER, _BY_REFUND)
BY_SHOP_REFUND_NO: Final = Prepared(
    select(*payments.columns)
    .select_from(_BY_REFUND)
    .where(refunds.c.shop_id == bound_text("shop_id"), refunds.c.shop_refund_no == _NUMBER)
)


def _of_customer(state: PaymentState) -> Prepared:
    return Prepared(
        select(*payments.columns)
        .where(
            payments.c.shop_id == bound_text("shop_id"),
            _NUMBER == CUSTOMER_ID,
            payments.c.state == literal(state),
            # Says again what is true anyway, in the words of the partial index.
            payments.c.state.in_(literals(schema.ENDED_PAYMENT_STATES)),
        )
        .order_by(payments.c.payment_id.desc())
        .limit(LIMIT)
    )


OF_CUSTOMER: Final = {state: _of_customer(state) for state in schema.ENDED_PAYMENT_STATES}


def _live(state: PaymentState) -> Prepared:
    """The newest live payments of a shop; which are the customer's is seen when they are read."""
    newest = (
        select(*payments.columns)
        .where(
            payments.c.shop_id == bound_text("shop_id"),
            payments.c.state == literal(state),
            payments.c.state.in_(literals(schema.LIVE_PAYMENT_STATES)),
        )
        .order_by(payments.c.created_at_ms.desc(), payments.c.payment_id.desc())
        .limit(LIMIT)
        .subquery()
    )
    return Prepared(select(*newest.columns).where(_NUMBER == CUSTOMER_ID))


LIVE_OF_CUSTOMER: Final = {state: _live(state) for state in schema.LIVE_PAYMENT_STATES}


def matches(
    number: str, merchants: Sequence[str], shops: Sequence[str], configured: Sequence[str]
) -> Script[list[Match]]:
    """Every payment of these merchants that has the number, each once, as the first kind of number that fits."""
    found: dict[str, tuple[NumberKind, Payment]] = {}
    for kind, statement in _ANYWHERE:
        for payment in (yield from decoded(PAYMENT, statement, number=number, payment_id=number, limit=10)):
            found.setdefault(payment.payment_id, (kind, payment))
    channel_ids = set(configured)
    for merchant_id in merchants:
        channel_ids |= {str(row[0]) for row in (yield from rows(CHANNELS_OF, merchant_id=merchant_id))}
    for channel_id in sorted(channel_ids):
        for payment in (yield from decoded(PAYMENT, BY_ORDER_NO, channel_id=channel_id, number=number)):
            found.setdefault(payment.payment_id, (NumberKind.CHANNEL_ORDER_NO, payment))
    for shop_id in shops:
        for kind, payment in (yield from _of_shop(number, shop_id)):
            found.setdefault(payment.payment_id, (kind, payment))
    listed = []
    for kind, payment in found.values():
        if payment.merchant_id in merchants:
            listed.append(Match(kind=kind, found=(yield from with_attempts(payment))))
    return listed


_ANYWHERE: Final = (
    (NumberKind.PAYMENT_ID, reads.PAYMENT_BY_ID),
    (NumberKind.TRANSACTION_ID, BY_TRANSACTION),
    (NumberKind.REFUND_ID, BY_REFUND_ID),
    (NumberKind.OUT_REFUND_NO, BY_OUT_REFUND_NO),
    (NumberKind.CHANNEL_REFUND_ID, BY_CHANNEL_REFUND),
)


def _of_shop(number: str, shop_id: str) -> Script[list[tuple[NumberKind, Payment]]]:
    given = {"shop_id": shop_id, "number": number}
    found = [
        (NumberKind.OUT_TRADE_NO, payment)
        for payment in (yield from decoded(PAYMENT, reads.PAYMENT_BY_TRADE_NO, shop_id=shop_id, out_trade_no=number))
    ]
    found += [
        (NumberKind.SHOP_REFUND_NO, payment) for payment in (yield from decoded(PAYMENT, BY_SHOP_REFUND_NO, **given))
    ]
    of_customer: list[Payment] = []
    for live in LIVE_OF_CUSTOMER.values():
        of_customer += yield from decoded(PAYMENT, live, limit=MOST_LIVE_LOOKED_AT, **given)
    for ended in OF_CUSTOMER.values():
        of_customer += yield from decoded(PAYMENT, ended, limit=MOST_OF_CUSTOMER, **given)
    of_customer.sort(key=lambda payment: payment.payment_id, reverse=True)
    return found + [(NumberKind.CUSTOMER_ID, payment) for payment in of_customer[:MOST_OF_CUSTOMER]]
