"""What 收银宝 tells the merchant: a signed form, posted to the transaction's address until it hears `success`."""

from __future__ import annotations

from urllib.parse import urlencode

from payswitch.kit.retry import Schedule
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.views import masked_payer, trxcode
from payswitch.sandbox.quickpay.words import SUCCESS, wire_time
from payswitch.sandbox.wire import Guise, NotifyEvent, OutgoingNotification

SCHEDULE = Schedule((60, 120, 300, 600, 1_800, 3_600, 7_200))
"""Not published; a growing ladder like the other channels'."""
TIMEOUT_S = 5.0
ACKNOWLEDGEMENT = b"success"
CONTENT_TYPE = "application/x-www-form-urlencoded;charset=UTF-8"


def build(merchant: Merchant, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
    """The message for this event, signed anew for this try."""
    values = _common(merchant, order)
    if event.refund is None:
        values |= _payment(order, wrong_fen=1 if guise is Guise.WRONG_AMOUNT else 0)
    else:
        refund = event.refund
        at = wire_time(refund.settled_at_ms or refund.created_at_ms)
        values |= {
            "cusorderid": refund.out_refund_no,
            "outtrxid": refund.out_refund_no,
            "trxcode": trxcode(order, refund),
            "trxid": refund.refund_id,
            "srctrxid": order.transaction_id or "",
            "trxamt": str(refund.amount_fen),
            "trxdate": at[:8],
            "paytime": at,
        }
    values = {name: value for name, value in values.items() if value}
    values["sign"] = merchant.seals.sign(values, forged=guise is Guise.FORGED)
    url = event.refund.notify_url if event.refund is not None else order.notify_url
    return OutgoingNotification(url=url, body=urlencode(values).encode(), headers={"Content-Type": CONTENT_TYPE})


def _common(merchant: Merchant, order: Order) -> dict[str, str]:
    return {
        "appid": merchant.keys.appid,
        "cusid": merchant.keys.cusid,
        "trxstatus": SUCCESS,
        "trxreserved": order.subject,
        "acct": masked_payer(order),
        "fee": "0",
        "signtype": merchant.seals.signtype,
    }


def _payment(order: Order, *, wrong_fen: int) -> dict[str, str]:
    amount, at = str(order.amount_fen + wrong_fen), wire_time(order.paid_at_ms or order.created_at_ms)
    return {
        "cusorderid": order.channel_order_no,
        "outtrxid": order.channel_order_no,
        "trxcode": trxcode(order),
        "trxid": order.transaction_id or "",
        "chnltrxid": f"42000{order.n:020d}",
        "trxamt": amount,
        "initamt": amount,
        "trxdate": at[:8],
        "paytime": at,
    }
