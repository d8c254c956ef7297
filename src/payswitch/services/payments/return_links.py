"""返回商家: the shop's return address with a result that it can check, and must not trust alone.

Signed like an event (Standard Webhooks): the id is the payment's, the body is the query string without the signature.
It travels through the customer's hands: it proves what the switch said at that moment, not that it is still so. A shop
delivers on its event, or after asking `GET /v1/payments/{payment_id}`.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from payswitch.domain.payment import PaymentFile, PaymentState
from payswitch.services.context import Context

ENDS: Final = frozenset({PaymentState.SUCCEEDED, PaymentState.CLOSED})


def return_link(ctx: Context, file: PaymentFile) -> str | None:
    """Where "back to the shop" leads; None when the shop named no address. Unsigned while nothing is decided."""
    payment = file.payment
    if payment.return_url is None or ctx.signer is None or payment.state not in ENDS:
        return payment.return_url
    timestamp_s = ctx.clock.now_ms() // 1_000
    fields = {
        "payment_id": payment.payment_id,
        "out_trade_no": payment.out_trade_no,
        "amount_fen": str(payment.amount_fen),
        "state": payment.state.value,
        "timestamp": str(timestamp_s),
    }
    body = urlencode(fields)
    signature = ctx.signer.sign(payment.shop_id, payment.payment_id, timestamp_s, body.encode())
    parts = urlsplit(payment.return_url)
    query = "&".join(filter(None, (parts.query, body, urlencode({"signature": signature}))))
    return urlunsplit(parts._replace(query=query))
