"""Inbound notifications: verify, compare with the account, read the facts.

A notification has no freshness of its own, so a repeat is believed again: the facts in it are still true, and the
funnel that applies them only moves forward.
"""

from __future__ import annotations

from payswitch.connectors.codes import Operation
from payswitch.connectors.forms import read_form
from payswitch.connectors.quickpay.account import QuickpayAccount
from payswitch.connectors.quickpay.answers import untrusted
from payswitch.connectors.quickpay.codes import SUCCESS
from payswitch.connectors.quickpay.facts import is_money_back, order_fact
from payswitch.connectors.quickpay.signing import SIGN
from payswitch.connectors.quickpay.wire import Fields, fen_of
from payswitch.domain.exchange import NotifyAnswer, NotifyRequest, RefundFact, Reply
from payswitch.domain.outcome import Outcome, OutcomeKind

_NO_NOTIFICATION = NotifyAnswer(
    outcome=Outcome(
        kind=OutcomeKind.REFUSED_CONFIG, code="not_a_notification", message="not a signed Allinpay notification form"
    )
)
_NUMBER = ("cusorderid", "outtrxid")


def read_notification(request: NotifyRequest, account: QuickpayAccount) -> NotifyAnswer:
    """Facts only if the signature is Allinpay's and merchant and application are this account's, by name."""
    form = read_form(request.body) if request.method.upper() == "POST" else None
    if form is None or not form.get(SIGN):
        return _NO_NOTIFICATION
    if not account.signatures.verify(form):
        return NotifyAnswer(
            outcome=untrusted("bad_signature", "the notification's signature is not Allinpay's for this account")
        )
    if (form.get("cusid"), form.get("appid")) != (account.cusid, account.appid):
        return NotifyAnswer(outcome=untrusted("wrong_merchant", "the notification is for another merchant"))
    status = form.get("trxstatus", "")
    believed = Outcome(kind=OutcomeKind.ACCEPTED, code=status)
    number = next((form[name] for name in _NUMBER if form.get(name)), "")
    if not number or not status:
        # Genuine, but about something else (a complaint, a settlement): nothing to apply.
        return NotifyAnswer(outcome=believed)
    if is_money_back(form):
        return NotifyAnswer(outcome=believed, refund=_refund_fact(form, number, account))
    return NotifyAnswer(outcome=believed, order=order_fact(form, number, account.codes, names=_NUMBER))


def _refund_fact(form: Fields, number: str, account: QuickpayAccount) -> RefundFact:
    amount_fen = fen_of(form, "trxamt")
    if form["trxstatus"] != SUCCESS:
        outcome = account.codes.refusal(form["trxstatus"], form.get("errmsg", ""), Operation.QUERY_REFUND)
    elif amount_fen is None:
        outcome = untrusted("unreadable_amount", "refunded, but the amount is missing or not in whole fen")
    else:
        outcome = Outcome(kind=OutcomeKind.PAID, code=SUCCESS)
    return RefundFact(
        out_refund_no=number, outcome=outcome, amount_fen=amount_fen, channel_refund_id=form.get("trxid") or None
    )


def acknowledgement(accepted: bool) -> Reply:
    """Exactly `success`; anything else makes Allinpay send again."""
    return Reply(status=200, body=b"success" if accepted else b"fail")
