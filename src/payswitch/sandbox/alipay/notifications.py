"""What Alipay tells the merchant: a signed form, posted to the trade's notify_url until it hears `success`."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from payswitch.kit.clock import Clock
from payswitch.kit.retry import Schedule
from payswitch.sandbox.alipay import views
from payswitch.sandbox.alipay.application import Application
from payswitch.sandbox.alipay.signing import notify_content
from payswitch.sandbox.alipay.stranger import Stranger
from payswitch.sandbox.alipay.trades import TradeStatus
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wire import Guise, NotifyEvent, OutgoingNotification

SCHEDULE = Schedule((240, 600, 600, 3_600, 7_200, 21_600, 54_000))
"""4 min, 10 min, 10 min, 1 h, 2 h, 6 h, 15 h: eight sends in a little over a day."""
TIMEOUT_S = 5.0
"""How long the merchant may take to answer; Alipay's own figure is not published."""
ACKNOWLEDGEMENT = b"success"
CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"


def build(
    app: Application, order: Order, event: NotifyEvent, guise: Guise, *, clock: Clock, stranger: Stranger
) -> OutgoingNotification:
    """The message for this event as of its moment, signed anew for this try; `notify_id` stays the same."""
    wrong_fen = 1 if guise is Guise.WRONG_AMOUNT else 0
    values = {
        "notify_time": views.wire_time(clock.now_ms()),
        "notify_type": "trade_status_sync",
        "notify_id": hashlib.sha256(event.event_id.encode()).hexdigest()[:34],
        "app_id": app.keys.app_id,
        "auth_app_id": app.keys.app_id,
        "seller_id": app.seller_id,
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
        **views.paid_fields(order, order.amount_fen + wrong_fen),
        **_event_fields(order, event),
    }
    values = {name: value for name, value in values.items() if value}
    key = stranger.key if guise is Guise.FORGED else app.keys.alipay
    values["sign"] = key.sign(notify_content(values))
    url = event.refund.notify_url if event.refund is not None else order.notify_url
    return OutgoingNotification(url=url, body=urlencode(values).encode(), headers={"Content-Type": CONTENT_TYPE})


def _event_fields(order: Order, event: NotifyEvent) -> dict[str, str]:
    if event.refund is not None:
        return views.refund_fields(order, event.refund)
    if event.kind == "closed":
        return {
            "trade_status": TradeStatus.TRADE_CLOSED.value,
            "gmt_close": views.wire_time(event.at_ms),
            "refund_fee": "0.00",
        }
    return {"trade_status": TradeStatus.TRADE_SUCCESS.value}
