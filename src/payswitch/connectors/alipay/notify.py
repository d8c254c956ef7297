"""Inbound trade notifications: verify, compare with the account, read the facts.

A notification has no freshness of its own (no timestamp that the signature protects from replay, and `notify_id`
stays the same in every repeat), so a repeat is believed again: the facts in it are still true, and the funnel that
applies them only moves forward.
"""

from __future__ import annotations

from payswitch.connectors.alipay.account import AlipayAccount
from payswitch.connectors.alipay.answers import untrusted
from payswitch.connectors.alipay.facts import gave_everything_back, order_fact, refund_notified
from payswitch.connectors.alipay.signing import Trust
from payswitch.connectors.forms import read_form
from payswitch.domain.exchange import NotifyAnswer, NotifyRequest, Reply
from payswitch.domain.outcome import Outcome, OutcomeKind

_NO_NOTIFICATION = NotifyAnswer(
    outcome=Outcome(
        kind=OutcomeKind.REFUSED_CONFIG, code="not_a_notification", message="not a signed Alipay notification form"
    )
)


def read_notification(request: NotifyRequest, account: AlipayAccount) -> NotifyAnswer:
    """Facts only if the signature is Alipay's and the application and seller are this account's."""
    form = read_form(request.body) if request.method.upper() == "POST" else None
    if form is None:
        return _NO_NOTIFICATION
    trust = account.verifier.judge_notification(form)
    if trust is Trust.UNSIGNED:
        return _NO_NOTIFICATION
    if trust is Trust.FORGED:
        return _refused("bad_signature", "the notification's signature is not Alipay's for this account")
    if form.get("app_id") != account.app_id:
        return _refused("wrong_app_id", "the notification is for another application")
    if account.seller_id and form.get("seller_id") != account.seller_id:
        return _refused("wrong_seller_id", "the notification is about another seller's trade")
    believed = Outcome(kind=OutcomeKind.ACCEPTED, code=form.get("trade_status", ""))
    number = form.get("out_trade_no", "")
    if not number or not believed.code:
        # Genuine, but about something else than a trade (a contract, an authorisation): nothing to apply.
        return NotifyAnswer(outcome=believed)
    fact = None if gave_everything_back(form) else order_fact(form, number)
    return NotifyAnswer(outcome=believed, order=fact, refund=refund_notified(form))


def _refused(code: str, message: str) -> NotifyAnswer:
    return NotifyAnswer(outcome=untrusted(code, message))


def acknowledgement(accepted: bool) -> Reply:
    """Exactly `success`, seven characters. Anything else makes Alipay send again: after 4 m, 10 m, 10 m, 1 h, 2 h,
    6 h and 15 h."""
    return Reply(status=200, body=b"success" if accepted else b"fail")
