"""The WeChat Pay products: where each works, which path creates it, how long its credential lives."""

from __future__ import annotations

from typing import Final

from payswitch.domain.channel import Capability, CapabilityTable, Closing, CredentialKind, Environment, Method, Product

PREPAY_VALID_S: Final = 7_200
"""prepay_id and code_url work for 2 h (WeChat Pay documentation of the create calls)."""
H5_URL_VALID_S: Final = 300
"""h5_url works for 5 min (the same)."""

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
    )


CAPABILITIES: Final[CapabilityTable] = {
    capability.product: capability
    for capability in (
        # Inside WeChat only JSAPI works: a Native code must be scanned from another screen, long-press is refused.
        _capability(Product.WECHAT_JSAPI, CredentialKind.JSAPI, Environment.WECHAT, needs_openid=True),
        _capability(Product.WECHAT_MINI, CredentialKind.JSAPI, Environment.WECHAT, needs_openid=True),
        _capability(
            Product.WECHAT_NATIVE,
            CredentialKind.QR,
            Environment.DESKTOP,
            Environment.MOBILE,
            Environment.RESTRICTED,
        ),
        _capability(Product.WECHAT_H5, CredentialKind.REDIRECT, Environment.MOBILE, valid_s=H5_URL_VALID_S),
        _capability(Product.WECHAT_APP, CredentialKind.APP, Environment.APP),
    )
}
