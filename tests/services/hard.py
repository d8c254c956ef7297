"""What the stories of hard nights share: a paid payment, one paid twice, and the odd answers."""

from __future__ import annotations

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, PaymentFile, Refund
from payswitch.services.commands import CreateRefund, SwitchPayment
from payswitch.services.payments import switching
from payswitch.services.refunds import refunds
from tests.services.harness import SHOP, Night

REFUSED = Outcome(kind=OutcomeKind.REFUSED_ORDER, code="TRADE_HAS_FINISHED")
TAKEN = Outcome(kind=OutcomeKind.PENDING, code="PROCESSING")
BACK = Outcome(kind=OutcomeKind.PAID)
FORGED = Outcome(kind=OutcomeKind.UNTRUSTED, code="bad_signature")


async def paid(tonight: Night) -> PaymentFile:
    answer = await tonight.order()
    await tonight.pays(answer.file.attempts[0])
    return await tonight.file(answer.file.payment.payment_id)


async def refund(tonight: Night, file: PaymentFile, number: str, amount_fen: int) -> Refund:
    request = CreateRefund(refund_no=number, amount_fen=amount_fen, reason="七天无理由")
    return await refunds.create_refund(tonight.ctx, SHOP, file.payment.payment_id, request)


async def incident_kinds(tonight: Night) -> list[str]:
    return [incident.kind for incident in await tonight.store.list_incidents(limit=1_000)]


async def paid_twice(tonight: Night) -> tuple[PaymentFile, Attempt]:
    """The customer switched while the old channel was silent, then paid both codes. Gives the surplus attempt."""
    first = await tonight.order()
    old = first.file.attempts[0]
    tonight.channel("wechat-main").silent = True
    second = await switching.switch_payment(tonight.ctx, old.payment_id, SwitchPayment(), shop=SHOP)
    tonight.channel("wechat-main").silent = False
    await tonight.pays(second.file.attempt(second.attempt_id or ""))
    await tonight.pays(old)
    return await tonight.file(old.payment_id), old
