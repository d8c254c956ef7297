"""后台通知: a signed form, posted to backUrl when a transaction has succeeded, until HTTP 200 comes back."""

from __future__ import annotations

from urllib.parse import urlencode

from payswitch.kit.retry import Schedule
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.unionpay import messages
from payswitch.sandbox.unionpay.codes import message
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.wire import Guise, NotifyEvent, OutgoingNotification, Seal

SCHEDULE = Schedule((60, 120, 240, 300))
"""At once, then after 1, 2, 4 and 5 minutes: five sends (sources say four or five)."""
TIMEOUT_S = 10.0
"""How long UnionPay waits for an answer."""
CONTENT_TYPE = "application/x-www-form-urlencoded;charset=utf-8"


def build(member: Member, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
    """The message of this event. A forged one carries the impostor's certificate: all in it fits, but the chain."""
    url = order.notify_url
    if event.refund is not None:
        told, url = messages.money_back(member, order, event.refund), event.refund.notify_url
    else:
        told = messages.payment(member, order)
    if guise is Guise.WRONG_AMOUNT:
        told |= {"txnAmt": str(int(told["txnAmt"]) + 1), "settleAmt": str(int(told["settleAmt"]) + 1)}
    code = member.oddities.success_code
    told |= {"respCode": code, "respMsg": message(code)}
    body = urlencode(member.seal(told, Seal.UNKNOWN_SERIAL if guise is Guise.FORGED else Seal.HONEST))
    return OutgoingNotification(url=url, body=body.encode(), headers={"Content-Type": CONTENT_TYPE})
