"""The one product, and the debit as the acquirer wants it."""

from __future__ import annotations

from typing import Final

import msgspec

from payswitch.connectors.acp.times import wire_time
from payswitch.connectors.acp.wire import RENMINBI
from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Closing,
    Consent,
    CredentialKind,
    Environment,
    Method,
    Product,
    RefundTerms,
)
from payswitch.domain.exchange import CreateOrder

TAKEN_WITHIN_MS: Final = 60_000
"""`payTimeout` of a debit: a message that arrives later (held up somewhere on its way) takes nothing any more."""
REVERSE_AFTER_S: Final = 75
"""Later than that, with room for clocks that differ: what is not found then will not come."""
DESKTOP: Final = "07"
MOBILE: Final = "08"
"""channelType: where the customer's screen is."""

CAPABILITIES: Final[CapabilityTable] = {
    Product.APPLEPAY_WEB: Capability(
        product=Product.APPLEPAY_WEB,
        method=Method.APPLE_PAY,
        push=False,
        server_created=True,
        environments=frozenset({Environment.MOBILE, Environment.DESKTOP}),
        consent=Consent.APPLE_PAY_TOKEN,
        closing=Closing.NO,
        credential=CredentialKind.NONE,
        reverse_after_s=REVERSE_AFTER_S,
        # 退货 of a back-channel payment: 90 days, any number of parts.
        refund=RefundTerms(days=90, parts=None),
    )
}


class TokenBusiness(msgspec.Struct, frozen=True, kw_only=True):
    """How the acquirer wants a token. No public document says it ([M] throughout), so all of it is configurable."""

    token_field: str
    """The field that carries the token: base64 over the JSON of Apple's `paymentData`."""
    biz_type: str
    txn_type: str
    sub_type: str

    @property
    def channel_type(self) -> str:
        """Of messages about an order whose screen nobody remembers: query, refund, reversal."""
        return MOBILE


def debit_request(order: CreateOrder, token: str, business: TokenBusiness) -> dict[str, str]:
    """The debit, without the common fields and the signature. `token` is base64, so that the signed text, in which
    values stand unescaped, can be read in one way only."""
    return {
        "bizType": business.biz_type,
        "txnType": business.txn_type,
        "txnSubType": business.sub_type,
        "channelType": DESKTOP if order.environment is Environment.DESKTOP else MOBILE,
        "orderId": order.channel_order_no,
        "txnTime": wire_time(order.created_at_ms),
        "txnAmt": str(order.amount_fen),
        "currencyCode": RENMINBI,
        "payTimeout": wire_time(min(order.expires_at_ms, order.created_at_ms + TAKEN_WITHIN_MS)),
        "backUrl": order.notify_url,
        business.token_field: token,
    }
