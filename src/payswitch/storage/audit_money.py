"""Invariants 3, 4, 8, 15: of money that goes back, of what shops are told, and whose it is. See `audit_checks.py`."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, and_, case, exists, func, not_, or_, select

from payswitch.domain.events import DeliveryState, EventType
from payswitch.domain.payment import AttemptState, RefundState
from payswitch.kit.durations import MINUTE_MS
from payswitch.storage.audit_checks import (
    CLOSED,
    NOW_MS,
    PROMISED,
    SUCCEEDED,
    Check,
    events_of,
    of_attempts,
    of_events,
    of_payments,
    of_refunds,
    refunded_of_attempt,
    told,
)
from payswitch.storage.audit_scope import Scope
from payswitch.storage.schema import (
    UNDELIVERED_STATES,
    attempts,
    channels,
    events,
    incidents,
    literal,
    literals,
    payments,
    refunds,
)

SURPLUS_WITHIN_MS: Final = 2 * MINUTE_MS
"""The promise is 60 s; an audit in the middle of a burst needs no alarm."""
EVENT_LATE_MS: Final = 10 * MINUTE_MS

_twin: Final = refunds.alias("twin")
_earlier: Final = events.alias("earlier")
_UNDELIVERED: Final = events.c.state.in_(literals(UNDELIVERED_STATES))
_ABOUT_ATTEMPT: Final = incidents.c.attempt_id == attempts.c.attempt_id


def _count(table: Any, *conditions: Any) -> Any:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


def _refunds_in(state: RefundState) -> Any:
    return _count(refunds, refunds.c.payment_id == payments.c.payment_id, refunds.c.state == literal(state))


def _attempt_of_another_merchant(scope: Scope) -> Select[Any]:
    owner = and_(channels.c.channel_id == attempts.c.channel_id, channels.c.version == attempts.c.channel_version)
    return (
        select(attempts.c.payment_id, attempts.c.attempt_id)
        .join(payments, payments.c.payment_id == attempts.c.payment_id)
        .join(channels, owner)
        .where(scope(attempts.c.payment_id), channels.c.merchant_id != payments.c.merchant_id)
    )


MONEY_CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "3.1",
        "surplus_goes_back",
        "surplus money has refunds over all of it, or an incident",
        "重复支付必须有全额退款单或事件记录",
        of_attempts(
            attempts.c.surplus, refunded_of_attempt(PROMISED) < attempts.c.amount_fen, not_(told(_ABOUT_ATTEMPT))
        ),
    ),
    Check(
        "3.2",
        "surplus_goes_back_at_once",
        "the refund of surplus money is sent within two minutes",
        "重复支付的退款须在两分钟内发出",
        of_refunds(
            attempts.c.surplus,
            refunds.c.state == literal(RefundState.CREATED),
            refunds.c.tries == 0,
            refunds.c.created_at_ms < NOW_MS - SURPLUS_WITHIN_MS,
            joined=True,
        ),
        in_time=True,
    ),
    Check(
        "4.1",
        "reserved_is_the_sum",
        "what an attempt has reserved for refunds is the sum of those that have not failed",
        "尝试的已占用退款额等于未失败退款单之和",
        of_attempts(
            attempts.c.refunded_fen
            != case(
                (refunded_of_attempt(PROMISED) > attempts.c.amount_fen, attempts.c.amount_fen),
                else_=refunded_of_attempt(PROMISED),
            )
        ),
    ),
    Check(
        "4.2",
        "never_more_back_than_came",
        "refunds never exceed what was paid; where a channel did so all the same, an incident says it",
        "退款不得超过已付金额；渠道已超额退回的须有事件记录",
        of_attempts(
            refunded_of_attempt(PROMISED) > attempts.c.amount_fen,
            not_(told(_ABOUT_ATTEMPT, incidents.c.kind == "refunds_exceed_paid")),
        ),
    ),
    Check(
        "4.3",
        "only_paid_goes_back",
        "a refund belongs to a paid attempt of its own payment",
        "退款单必须属于同一支付单下已支付的尝试",
        of_refunds(
            or_(attempts.c.state != literal(AttemptState.SUCCEEDED), attempts.c.payment_id != refunds.c.payment_id),
            joined=True,
        ),
    ),
    Check(
        "4.4",
        "refund_number_once",
        "an out_refund_no is one refund's for ever",
        "退款单号不得重复使用",
        of_refunds(
            exists().where(_twin.c.out_refund_no == refunds.c.out_refund_no, _twin.c.refund_id != refunds.c.refund_id)
        ),
    ),
    Check(
        "4.5",
        "open_refund_is_due",
        "a refund that has not ended has a time to be looked at",
        "未终结的退款单有下一次处理时间",
        of_refunds(
            refunds.c.due_at_ms.is_(None),
            refunds.c.state.not_in(literals((RefundState.SUCCEEDED, RefundState.FAILED))),
        ),
    ),
    Check(
        "8.1",
        "success_is_told",
        "the shop was told of every success",
        "每笔支付成功都已写入商户通知",
        of_payments(SUCCEEDED, events_of(payments.c.payment_id, EventType.PAYMENT_SUCCEEDED) == 0),
    ),
    Check(
        "8.2",
        "close_is_told",
        "the shop was told of every close",
        "每次关单都已写入商户通知",
        of_payments(CLOSED, events_of(payments.c.payment_id, EventType.PAYMENT_CLOSED) == 0),
    ),
    Check(
        "8.3",
        "surplus_is_told",
        "the shop was told of all surplus money",
        "每笔重复支付都已写入商户通知",
        of_payments(
            _count(attempts, attempts.c.payment_id == payments.c.payment_id, attempts.c.surplus)
            > events_of(payments.c.payment_id, EventType.PAYMENT_SURPLUS)
        ),
    ),
    Check(
        "8.4",
        "refund_is_told",
        "the shop was told how every refund ended",
        "每笔退款结果都已写入商户通知",
        of_payments(
            or_(
                _refunds_in(RefundState.SUCCEEDED) > events_of(payments.c.payment_id, EventType.REFUND_SUCCEEDED),
                _refunds_in(RefundState.FAILED) > events_of(payments.c.payment_id, EventType.REFUND_FAILED),
            )
        ),
    ),
    Check(
        "8.5",
        "no_event_is_lost",
        "a payment's events are numbered 1, 2, 3 ... as many as it says",
        "支付单的商户通知编号连续且数量一致",
        of_payments(
            or_(
                payments.c.event_sequence != _count(events, events.c.payment_id == payments.c.payment_id),
                payments.c.event_sequence
                != select(func.coalesce(func.max(events.c.sequence), 0))
                .where(events.c.payment_id == payments.c.payment_id)
                .scalar_subquery(),
            )
        ),
    ),
    Check(
        "8.6",
        "dead_event_is_an_incident",
        "an event that nobody took in three days is an incident",
        "三天未送达的商户通知必须有事件记录",
        of_events(
            events.c.state == literal(DeliveryState.DEAD),
            not_(exists().where(incidents.c.payment_id == events.c.payment_id, incidents.c.kind == "event_dead")),
        ),
    ),
    Check(
        "8.7",
        "events_are_tried",
        "an event that was not delivered has a time to be tried again",
        "未送达的商户通知有下一次发送时间",
        of_events(_UNDELIVERED, events.c.due_at_ms.is_(None)),
    ),
    Check(
        "8.8",
        "events_are_tried_in_time",
        "an event that is due and waits for no earlier one is tried within ten minutes",
        "到期且无需等待前序的商户通知须在十分钟内发送",
        of_events(
            _UNDELIVERED,
            events.c.due_at_ms < NOW_MS - EVENT_LATE_MS,
            not_(
                exists().where(
                    _earlier.c.payment_id == events.c.payment_id,
                    _earlier.c.sequence < events.c.sequence,
                    _earlier.c.state.in_(literals(UNDELIVERED_STATES)),
                )
            ),
        ),
        in_time=True,
    ),
    Check(
        "15.1",
        "refund_of_the_same_shop",
        "a refund belongs to the shop of its payment",
        "退款单与支付单同属一个店铺",
        of_refunds(refunds.c.shop_id != payments.c.shop_id, joined=True),
    ),
    Check(
        "15.2",
        "event_of_the_same_shop",
        "an event goes to the shop of its payment",
        "商户通知与支付单同属一个店铺",
        of_events(events.c.shop_id != payments.c.shop_id, joined=True),
    ),
    Check(
        "15.3",
        "channel_of_the_same_merchant",
        "an attempt uses a channel of its payment's merchant",
        "尝试使用的渠道与支付单同属一个商户",
        _attempt_of_another_merchant,
    ),
)
