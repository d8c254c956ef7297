"""Invariant 16: the ledger says what the states say, transfer by transfer. See `audit_checks.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    Text,
    and_,
    case,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from payswitch.domain.ledger import AccountCode, TransferKind
from payswitch.storage import ledger
from payswitch.storage.audit_checks import PAID, PROMISED, RETURNED, Check, of_attempts, of_refunds
from payswitch.storage.audit_scope import Scope
from payswitch.storage.schema import attempts, fen_sum, literal, payments, refunds, transfers

T = transfers.c
_K = TransferKind


def _text(value: str) -> ColumnElement[str]:
    return literal_column(f"'{value}'", Text)


def _id(kind: TransferKind, item: ColumnElement[str]) -> ColumnElement[str]:
    return _text(f"{kind.value}:") + item


def _posted(
    table: Table, item: ColumnElement[str], add: Iterable[TransferKind], take: Iterable[TransferKind] = ()
) -> ScalarSelect[int]:
    """What the transfers of these kinds about one item come to: found by their ids, which are derived."""
    adds, takes = list(add), list(take)
    signed = case((T.kind.in_([literal(kind) for kind in takes]), -T.amount_fen), else_=T.amount_fen) if takes else None
    return (
        select(fen_sum(T.amount_fen if signed is None else signed))
        .where(T.payment_id == table.c.payment_id, T.transfer_id.in_([_id(kind, item) for kind in (*adds, *takes)]))
        .scalar_subquery()
    )


_ATTEMPT: Final = attempts.c.attempt_id
_REFUND: Final = refunds.c.refund_id

_ARRIVED: Final = _posted(attempts, _ATTEMPT, [_K.RECEIVED, _K.SURPLUS])
_KEPT_FOR_CUSTOMER: Final = _posted(attempts, _ATTEMPT, [_K.SURPLUS], [_K.SURPLUS_ACCEPTED])
_PAID_BACK: Final = _posted(refunds, _REFUND, [_K.REFUND_PAID, _K.REFUND_SETTLED])
_SET_ASIDE: Final = _posted(
    refunds,
    _REFUND,
    [_K.REFUND_ASKED, _K.REFUND_REVIVED, _K.REFUND_OVERPAID],
    [_K.REFUND_DROPPED, _K.REFUND_RELIEVED],
)

_CLEARING: Final = _text(f"{AccountCode.CLEARING.value}/") + T.channel_id
_FEES: Final = _text(f"{AccountCode.FEES.value}/") + T.channel_id
_RECEIVABLE: Final = _text(f"{AccountCode.RECEIVABLE.value}/") + T.channel_id
_SURPLUS: Final = _text(f"{AccountCode.SURPLUS.value}/") + T.channel_id
_REFUNDS: Final = _text(f"{AccountCode.REFUNDS.value}/") + T.channel_id
_BY_HAND: Final = _text(f"{AccountCode.BY_HAND.value}/") + payments.c.shop_id
_SHOP: Final = _text(f"{AccountCode.SHOP.value}/") + payments.c.shop_id
_OWED: Final = case((attempts.c.surplus, _SURPLUS), else_=_REFUNDS)

_ACCOUNTS: Final[dict[TransferKind, tuple[ColumnElement[str], ColumnElement[str]]]] = {
    _K.RECEIVED: (_CLEARING, _SHOP),
    _K.SURPLUS: (_CLEARING, _SURPLUS),
    _K.SURPLUS_ACCEPTED: (_SURPLUS, _SHOP),
    _K.FEE: (_FEES, _CLEARING),
    _K.REFUND_ASKED: (_SHOP, _REFUNDS),
    _K.REFUND_REVIVED: (_SHOP, _REFUNDS),
    _K.REFUND_OVERPAID: (_RECEIVABLE, _OWED),
    _K.REFUND_DROPPED: (_REFUNDS, _SHOP),
    _K.REFUND_RELIEVED: (_REFUNDS, _RECEIVABLE),
    _K.REFUND_PAID: (_OWED, _CLEARING),
    _K.REFUND_SETTLED: (_OWED, _BY_HAND),
    _K.REFUND_PAID_TWICE: (_RECEIVABLE, _CLEARING),
}
"""Debit and credit of each kind; a fee that the bill corrects may go either way."""


def _wrong_accounts(scope: Scope) -> Select[Any]:
    right = [
        and_(T.kind == literal(kind), T.debit == debit, T.credit == credit)
        for kind, (debit, credit) in _ACCOUNTS.items()
    ]
    right.append(
        and_(
            T.kind == literal(_K.FEE_BILLED),
            or_(and_(T.debit == _FEES, T.credit == _CLEARING), and_(T.debit == _CLEARING, T.credit == _FEES)),
        )
    )
    return (
        select(T.payment_id, T.transfer_id)
        .join(attempts, attempts.c.attempt_id == T.attempt_id)
        .join(payments, payments.c.payment_id == attempts.c.payment_id)
        .where(
            scope(T.payment_id),
            or_(
                not_(or_(*right)),
                T.channel_id != attempts.c.channel_id,
                T.payment_id != attempts.c.payment_id,
            ),
        )
    )


def _stray(scope: Scope) -> Select[Any]:
    """A transfer whose id is not derived from what it is about: it could be there twice."""
    item = func.coalesce(T.refund_id, T.attempt_id)
    derived = case(
        (T.kind == literal(_K.FEE_BILLED), T.transfer_id.like(T.kind + _text(":") + item + _text(":%"))),
        else_=T.transfer_id == T.kind + _text(":") + item,
    )
    return select(T.payment_id, T.transfer_id).where(scope(T.payment_id), not_(derived))


def _orphans(scope: Scope) -> Select[Any]:
    """A transfer about something that is not in the books."""
    gone = or_(
        not_(exists().where(attempts.c.attempt_id == T.attempt_id)),
        and_(T.refund_id.is_not(None), not_(exists().where(refunds.c.refund_id == T.refund_id))),
    )
    return select(T.payment_id, T.transfer_id).where(scope(T.payment_id), gone)


def _wrong_balances(_: Scope) -> Select[Any]:
    """Accounts whose balance is not what the transfers add up to."""
    summed, was_kept = ledger.added_up().subquery(), ledger.kept().subquery()
    both = union_all(select(was_kept.c.account, was_kept.c.fen), select(summed.c.account, -summed.c.fen)).subquery()
    return select(both.c.account).group_by(both.c.account).having(fen_sum(both.c.fen) != literal_column("0"))


LEDGER_CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "16.1",
        "received_is_booked",
        "the ledger has the money of every paid attempt, and of no other",
        "账本记有且仅记有每笔已支付尝试的款项",
        of_attempts(case((PAID, attempts.c.amount_fen), else_=0) != _ARRIVED),
    ),
    Check(
        "16.2",
        "surplus_is_booked",
        "the ledger holds surplus money, and no other, for the customer",
        "账本将且仅将重复支付记为待退客户",
        of_attempts(case((attempts.c.surplus, attempts.c.amount_fen), else_=0) != _KEPT_FOR_CUSTOMER, PAID),
    ),
    Check(
        "16.3",
        "returned_is_booked",
        "the ledger has the money of every refund that arrived, and of no other",
        "账本记有且仅记有每笔已退回的款项",
        of_refunds(case((RETURNED, refunds.c.amount_fen), else_=0) != _PAID_BACK),
    ),
    Check(
        "16.4",
        "promised_is_booked",
        "the ledger has set aside the money of every refund that has not failed, and of no other",
        "账本已为且仅为每笔未失败的退款预留款项",
        of_refunds(
            not_(attempts.c.surplus), case((PROMISED, refunds.c.amount_fen), else_=0) != _SET_ASIDE, joined=True
        ),
    ),
    Check(
        "16.5",
        "transfers_use_their_accounts",
        "every transfer moves between the accounts of its kind, its channel and its shop",
        "每笔分录的借贷科目与其类型、渠道、店铺一致",
        _wrong_accounts,
    ),
    Check(
        "16.6",
        "transfers_are_derived",
        "every transfer's id is derived from what it is about, so that it is there once",
        "每笔分录的编号由其对象推导，不会重复记账",
        _stray,
    ),
    Check(
        "16.7",
        "transfers_are_about_something",
        "every transfer is about an attempt, and a refund, that exist",
        "每笔分录都对应存在的尝试与退款",
        _orphans,
    ),
    Check(
        "16.8",
        "balances_are_the_sum",
        "the balance of every account is what its transfers add up to",
        "每个科目的余额等于其分录之和",
        _wrong_balances,
        whole=True,
    ),
)
