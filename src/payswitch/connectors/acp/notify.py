"""Inbound notifications (后台通知): verify, compare with the account, read the facts.

A notification carries no freshness of its own, so a repeat is believed again: the facts in it are still true, and the
funnel that applies them only moves forward.
"""

from __future__ import annotations

from typing import Final

from payswitch.connectors.acp.account import AcpAccount
from payswitch.connectors.acp.answers import distrusted, untrusted
from payswitch.connectors.acp.facts import order_notified, refund_notified
from payswitch.connectors.acp.verifying import Verdict
from payswitch.connectors.forms import read_form
from payswitch.domain.exchange import NotifyAnswer, NotifyRequest, Reply
from payswitch.domain.outcome import Outcome, OutcomeKind

PAYMENT: Final = "01"
"""txnType of a payment (消费)."""
_MONEY_BACK: Final = frozenset({"04", "31"})
"""txnType of a refund (退货) and of a void (消费撤销)."""
_NO_NOTIFICATION: Final = NotifyAnswer(
    outcome=Outcome(
        kind=OutcomeKind.REFUSED_CONFIG, code="not_a_notification", message="not a signed UnionPay notification form"
    )
)


def read_notification(
    request: NotifyRequest, account: AcpAccount, *, now_ms: int, payment_type: str = PAYMENT
) -> NotifyAnswer:
    """Facts only if the signature is UnionPay's and the merchant is this account's.

    Only the posted form is read: what stands in the URL's query is not part of the message.
    """
    form = read_form(request.body) if request.method.upper() == "POST" else None
    if form is None:
        return _NO_NOTIFICATION
    verdict = account.verifier.judge(form)
    if verdict is Verdict.UNSIGNED:
        return _NO_NOTIFICATION
    if verdict is not Verdict.GENUINE:
        return NotifyAnswer(outcome=distrusted(verdict))
    if form.get("merId") != account.mer_id:
        return NotifyAnswer(outcome=untrusted("wrong_mer_id", "the notification is about another merchant"))
    believed = Outcome(kind=OutcomeKind.ACCEPTED, code=form.get("respCode", ""))
    number, kind = form.get("orderId", ""), form.get("txnType", "")
    if number and believed.code and kind == payment_type:
        fact = order_notified(form, number, mer_id=account.mer_id, near_ms=now_ms)
        return NotifyAnswer(outcome=believed, order=fact)
    if number and believed.code and kind in _MONEY_BACK:
        return NotifyAnswer(outcome=believed, refund=refund_notified(form, number))
    # Genuine, but about something else (a card that was bound, a reversal): nothing to apply.
    return NotifyAnswer(outcome=believed)


def acknowledgement(accepted: bool) -> Reply:
    """HTTP 200 is what counts, within 10 s; anything else makes UnionPay send again, after 1, 2 and 4
    minutes (four or five times in all: sources disagree)."""
    return Reply(status=200, body=b"ok") if accepted else Reply(status=500, body=b"fail")
