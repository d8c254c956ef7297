"""The WeChat Pay products: where each works, which path creates it, how long its credential lives."""

from __future__ import annotations

from typing import Final

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

PREPAY_VALID_S: Final = 7_200
"""prepay_id and code_url work for 2 h (WeChat Pay documentation of the create calls)."""
H5_URL_VALID_S: Final = 300
"""h5_url works for 5 min (the same)."""
LEAST_EXPIRY_S: Final = 60
"""`time_expire` must lie more than a minute after the order was made [O: V2's page of the field; v3's pages name no
least time]."""
MOST_EXPIRY_S: Final = PREPAY_VALID_S
"""An order may live seven days [O], but what was shown of it works for two hours, and is shown once."""
REFUND_TERMS: Final = RefundTerms(days=365, parts=50)
"""Within a year of the payment, in at most 50 parts [O: the page of the refund call]."""
PAYMENT_CODE_VALID_S: Final = 60
"""The wallet shows a new payment code every minute [O]."""
REVERSE_AFTER_S: Final = 45
"""WeChat's guide to 付款码: ask every 5 to 10 s, for 30 to 45 s while the customer types the password, then reverse;
never within 15 s of the debit [O]."""

TRADES: Final[dict[Product, str]] = {
    Product.WECHAT_JSAPI: "jsapi",
    Product.WECHAT_MINI: "jsapi",
    Product.WECHAT_NATIVE: "native",
    Product.WECHAT_H5: "h5",
    Product.WECHAT_APP: "app",
}
"""The last part of the create call's path. A mini program pays as a page does, under its own app id."""


def _capability(
    product: Product,
    credential: CredentialKind,
    *environments: Environment,
    needs_openid: bool = False,
    valid_s: int = PREPAY_VALID_S,
) -> Capability:
    return Capability(
        product=product,
        method=Method.WECHAT,
        push=True,
        server_created=True,
        environments=frozenset(environments),
        needs_openid=needs_openid,
        closing=Closing.YES,
        credential=credential,
        credential_valid_s=valid_s,
        # Ordering again with the same content gives a fresh code and makes the old one worthless [O].
        refreshes=True,
        least_expiry_s=LEAST_EXPIRY_S,
        most_expiry_s=MOST_EXPIRY_S,
        # A close, like `time_expire`, ends an order at once, even on the password page [O]: nothing comes late.
        late_s=0,
        refund=REFUND_TERMS,
        # `ORDER_NOT_EXIST` for a number that never was: the query moves nothing and has no charge.
        probe=True,
    )


_CODE_PAY: Final = Capability(
    product=Product.WECHAT_CODE,
    method=Method.WECHAT,
    push=False,
    server_created=True,
    environments=frozenset({Environment.COUNTER}),
    consent=Consent.PAYMENT_CODE,
    # Closing a debit is refused by WeChat (sub-reason 268449641): it is reversed.
    closing=Closing.NO,
    credential=CredentialKind.NONE,
    credential_valid_s=PAYMENT_CODE_VALID_S,
    least_expiry_s=LEAST_EXPIRY_S,
    most_expiry_s=MOST_EXPIRY_S,
    reverse_after_s=REVERSE_AFTER_S,
    refund=REFUND_TERMS,
)
"""付款码: at a counter. The wallet may ask for the password (always above 1,000 yuan [O])."""


CAPABILITIES: Final[CapabilityTable] = {
    capability.product: capability
    for capability in (
        # Inside WeChat only JSAPI works: a Native code must be scanned from another screen, long-press is refused.
        _capability(Product.WECHAT_JSAPI, CredentialKind.JSAPI, Environment.WECHAT, needs_openid=True),
        _capability(Product.WECHAT_MINI, CredentialKind.JSAPI, Environment.WECHAT_MINI, needs_openid=True),
        # Before the code: on a phone a link that opens WeChat is one tap, a code on the same screen a detour.
        _capability(Product.WECHAT_H5, CredentialKind.REDIRECT, Environment.MOBILE, valid_s=H5_URL_VALID_S),
        _capability(
            Product.WECHAT_NATIVE,
            CredentialKind.QR,
            Environment.DESKTOP,
            Environment.MOBILE,
            Environment.RESTRICTED,
        ),
        _capability(Product.WECHAT_APP, CredentialKind.APP, Environment.APP),
        _CODE_PAY,
    )
}
