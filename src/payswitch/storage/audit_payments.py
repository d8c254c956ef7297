"""Invariants 1, 2, 5, 6, 7, 9, 10, 11, 12: of payments and their attempts. See `audit_checks.py`."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select

from payswitch.domain.payment import AttemptState
from payswitch.kit.durations import MINUTE_MS
from payswitch.storage.audit_checks import (
    CLOSED,
    NOW_MS,
    PAID,
    SUCCEEDED,
    WINNER,
    Check,
    of_attempts,
    of_payments,
    told,
)
from payswitch.storage.audit_scope import Scope
from payswitch.storage.schema import (
    LIVE_PAYMENT_STATES,
    attempts,
    decisions,
    idempotency,
    incidents,
    literal,
    literals,
    payments,
    refunds,
)

LATE_MS: Final = 10 * MINUTE_MS
"""What is due is looked at within seconds; this long behind, the sweeper does not run or cannot keep up."""
ENDED_AFTER_MS: Final = 180 * MINUTE_MS
"""Past the last moment a customer could pay. The promise is ten minutes with the channels reachable; a channel that
does not answer, or takes bank payments late, needs hours, and what still stands open then a person should look at."""

_MAY_BE_PAID: Final = attempts.c.state.in_(literals((AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.UNKNOWN)))
_WATCHED: Final = attempts.c.state.in_(
    literals((AttemptState.CREATED, AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.UNKNOWN))
)
_LIVE: Final = payments.c.state.in_(literals(LIVE_PAYMENT_STATES))
_other: Final = attempts.alias("other")
_twin: Final = payments.alias("twin")


def _attempt_of_payment(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(attempts.c.payment_id == payments.c.payment_id, *conditions)


def _two_of(condition: ColumnElement[bool]) -> Any:
    """Payments with two attempts of a kind of which there may be one."""

    def find(scope: Scope) -> Select[Any]:
        return (
            select(attempts.c.payment_id)
            .where(scope(attempts.c.payment_id), condition)
            .group_by(attempts.c.payment_id)
            .having(func.count() > 1)
        )

    return find


def _unresolved_key(scope: Scope) -> Select[Any]:
    made = or_(
        exists().where(payments.c.payment_id == idempotency.c.resource_id),
        exists().where(refunds.c.refund_id == idempotency.c.resource_id),
    )
    return select(idempotency.c.shop_id, idempotency.c.resource_id).where(scope(idempotency.c.resource_id), not_(made))


_LAST_DEADLINE_MS: Final = (
    select(func.max(attempts.c.deadline_ms)).where(attempts.c.payment_id == payments.c.payment_id).scalar_subquery()
)

PAYMENT_CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "1.1",
        "winner_is_own_paid_attempt",
        "a succeeded payment's winner is a paid attempt of its own that is not surplus",
        "成功支付单的有效支付必须是它自己的、已支付且非重复的尝试",
        of_payments(
            SUCCEEDED, not_(_attempt_of_payment(attempts.c.attempt_id == payments.c.winner_attempt_id, WINNER))
        ),
    ),
    Check("1.2", "one_winner", "a payment has at most one winner", "一个支付单至多一笔有效支付", _two_of(WINNER)),
    Check(
        "1.3",
        "no_winner_without_success",
        "a payment that did not succeed has no winner",
        "未成功的支付单没有有效支付",
        of_payments(not_(SUCCEEDED), or_(payments.c.winner_attempt_id.is_not(None), _attempt_of_payment(WINNER))),
    ),
    Check(
        "2.1",
        "closed_is_dead",
        "no attempt of a closed payment can still be paid",
        "已关闭支付单的任何尝试都不能再被支付",
        of_payments(CLOSED, _attempt_of_payment(_MAY_BE_PAID)),
    ),
    Check(
        "2.2",
        "end_has_its_time",
        "a payment has the time of its end exactly when it ended so",
        "支付单的终态与终态时间一致",
        of_payments(
            or_(payments.c.succeeded_at_ms.is_not(None) != SUCCEEDED, payments.c.closed_at_ms.is_not(None) != CLOSED)
        ),
    ),
    Check(
        "2.3",
        "ended_is_not_due",
        "nothing is due for a payment that ended",
        "已终结的支付单不再有待办时间",
        of_payments(not_(_LIVE), payments.c.due_at_ms.is_not(None)),
    ),
    Check(
        "5.1",
        "order_number_once",
        "a number at a channel is one attempt's for ever",
        "渠道侧商户单号不得重复使用",
        of_attempts(
            exists().where(
                _other.c.channel_id == attempts.c.channel_id,
                _other.c.channel_order_no == attempts.c.channel_order_no,
                _other.c.attempt_id != attempts.c.attempt_id,
            )
        ),
    ),
    Check(
        "6.1",
        "paid_is_the_price",
        "a paid attempt brought exactly the payment's amount",
        "已支付尝试的金额必须等于支付单金额",
        of_attempts(PAID, attempts.c.amount_fen != payments.c.amount_fen, joined=True),
    ),
    Check(
        "6.2",
        "paid_has_evidence",
        "a paid attempt knows the channel's transaction id and when it was paid",
        "已支付的尝试必须有渠道流水号与时间",
        of_attempts(PAID, or_(attempts.c.transaction_id.is_(None), attempts.c.finished_at_ms.is_(None))),
    ),
    Check(
        "7.1",
        "no_debit_beside_an_unknown_one",
        "no attempt was begun while an earlier debit of the payment was unknown",
        "扣款结果未知时不得开始新的尝试",
        of_attempts(
            attempts.c.debit_at_ms.is_not(None),
            exists().where(
                _other.c.payment_id == attempts.c.payment_id,
                _other.c.ordinal > attempts.c.ordinal,
                _other.c.created_at_ms > attempts.c.debit_at_ms,
                or_(attempts.c.finished_at_ms.is_(None), _other.c.created_at_ms < attempts.c.finished_at_ms),
            ),
            # A late success moves the time of an attempt's end; the incident about it says so.
            not_(told(incidents.c.attempt_id == attempts.c.attempt_id, incidents.c.kind == "success_of_dead_attempt")),
        ),
    ),
    Check(
        "7.2",
        "one_on_show",
        "a customer has at most one credential that is not being closed",
        "同一支付单至多出示一个未在关闭中的支付凭证",
        _two_of(attempts.c.state == literal(AttemptState.EXPOSED)),
    ),
    Check(
        "7.3",
        "shadow_is_not_shown",
        "a shadow probe was shown to nobody: discarded, or paid against all odds",
        "影子探测从不出示：只能是未出示即放弃，或意外收款",
        of_attempts(
            attempts.c.shadow,
            or_(
                attempts.c.exposed_at_ms.is_not(None),
                attempts.c.state.not_in(literals((AttemptState.DISCARDED, AttemptState.SUCCEEDED))),
            ),
        ),
    ),
    Check(
        "9.1",
        "key_made_something",
        "an idempotency key leads to what it made",
        "幂等键必须指向它创建的对象",
        _unresolved_key,
    ),
    Check(
        "10.1",
        "trade_number_once",
        "a shop's out_trade_no is one payment",
        "同一店铺的商户订单号只对应一个支付单",
        of_payments(
            exists().where(
                _twin.c.shop_id == payments.c.shop_id,
                _twin.c.out_trade_no == payments.c.out_trade_no,
                _twin.c.payment_id != payments.c.payment_id,
            )
        ),
    ),
    Check(
        "11.1",
        "somebody_looks_again",
        "a payment that has not ended, and an attempt that may be paid, have a time to be looked at",
        "未终结的支付单与仍可能被支付的尝试都有下一次处理时间",
        of_payments(
            or_(
                and_(
                    _LIVE,
                    payments.c.due_at_ms.is_(None),
                    not_(_attempt_of_payment(attempts.c.due_at_ms.is_not(None))),
                ),
                _attempt_of_payment(_WATCHED, attempts.c.due_at_ms.is_(None)),
            )
        ),
    ),
    Check(
        "11.2",
        "nothing_is_overdue",
        "what is due is looked at within ten minutes",
        "到期事项须在十分钟内处理",
        of_payments(
            or_(
                payments.c.due_at_ms < NOW_MS - LATE_MS,
                _attempt_of_payment(attempts.c.due_at_ms < NOW_MS - LATE_MS),
                exists().where(refunds.c.payment_id == payments.c.payment_id, refunds.c.due_at_ms < NOW_MS - LATE_MS),
            )
        ),
        in_time=True,
    ),
    Check(
        "11.3",
        "payments_end",
        "a payment has ended three hours after nobody could pay it any more",
        "最晚支付时间过后三小时内支付单须终结",
        of_payments(
            _LIVE,
            payments.c.expires_at_ms < NOW_MS - ENDED_AFTER_MS,
            func.coalesce(_LAST_DEADLINE_MS, payments.c.expires_at_ms) < NOW_MS - ENDED_AFTER_MS,
        ),
        in_time=True,
    ),
    Check(
        "12.1",
        "attempt_was_decided",
        "every attempt has its recorded routing decision, about its own payment",
        "每个尝试都有属于本支付单的路由决策记录",
        of_attempts(
            not_(
                exists().where(
                    decisions.c.decision_id == attempts.c.decision_id,
                    decisions.c.payment_id == attempts.c.payment_id,
                )
            )
        ),
    ),
)
