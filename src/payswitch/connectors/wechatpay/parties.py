"""Whose account it is: a merchant's own (直连商户), or a merchant's under a service provider (服务商).

The two modes have the same operations under other paths, with other names for who is meant. Everything that differs is
in here; the rest of the connector speaks to a `Party`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from payswitch.connectors.wechatpay.wire import RefundStatus, Transaction
from payswitch.domain.channel import Product

DIRECT_ORDERS: Final = "/v3/pay/transactions"
PARTNER_ORDERS: Final = "/v3/pay/partner/transactions"


class Party(Protocol):
    """Who is named in a request, and who must be named in an answer."""

    @property
    def mchid(self) -> str:
        """Signs the requests: its certificate, its API v3 key."""
        ...

    @property
    def orders(self) -> str:
        """Where orders are made, queried and closed."""
        ...

    @property
    def shown(self) -> str:
        """For people: the numbers that say whose account this is."""
        ...

    def create_fields(self, product: Product) -> dict[str, str]: ...

    def payer(self, product: Product, openid: str) -> dict[str, str]:
        """The customer, under the app id that the openid belongs to."""
        ...

    def query(self) -> str:
        """What stands after `?` when an order is queried."""
        ...

    def close_fields(self) -> dict[str, str]: ...

    def refund_fields(self) -> dict[str, str]: ...

    def refund_query(self) -> str:
        """What is appended to the path when a refund is queried, with its `?`."""
        ...

    def bill_query(self) -> str:
        """What is appended to the query when a bill is asked for, with its `&`."""
        ...

    def paying_appid(self, product: Product) -> str:
        """The app id that the customer's page or app opens the wallet with."""
        ...

    def pays_under_own(self, product: Product) -> bool:
        """Whether that app id is the merchant's own; False: its service provider's."""
        ...

    def partner_id(self) -> str:
        """`partnerid` of an app's payment request."""
        ...

    def owns(self, transaction: Transaction) -> bool:
        """Whether the order's money is this merchant's. Asked before any payment is believed."""
        ...

    def owns_refund(self, refund: RefundStatus) -> bool: ...

    def owns_row(self, mchid: str, sub_mchid: str) -> bool:
        """Whether a row of a bill (商户号, 特约商户号) is this merchant's."""
        ...

    def v2_identity(self) -> dict[str, str]:
        """Who must be named in an answer of API V2."""
        ...

    def v2_fields(self) -> dict[str, str]:
        """Who is named in a request to API V2."""
        ...


@dataclass(frozen=True)
class DirectMerchant:
    """直连商户: signs for itself."""

    mchid: str
    appid: str
    mini_appid: str = ""
    """The mini program's own app id; empty: `appid` is the mini program."""
    orders: str = DIRECT_ORDERS

    @property
    def shown(self) -> str:
        return f"mchid={self.mchid!r}, appid={self.appid!r}"

    def create_fields(self, product: Product) -> dict[str, str]:
        return {"appid": self.paying_appid(product), "mchid": self.mchid}

    def payer(self, product: Product, openid: str) -> dict[str, str]:
        return {"openid": openid}

    def query(self) -> str:
        return f"mchid={self.mchid}"

    def close_fields(self) -> dict[str, str]:
        return {"mchid": self.mchid}

    def refund_fields(self) -> dict[str, str]:
        return {}

    def refund_query(self) -> str:
        return ""

    def bill_query(self) -> str:
        return ""

    def paying_appid(self, product: Product) -> str:
        return (product is Product.WECHAT_MINI and self.mini_appid) or self.appid

    def pays_under_own(self, product: Product) -> bool:
        return True

    def partner_id(self) -> str:
        return self.mchid

    def owns(self, transaction: Transaction) -> bool:
        ours = (self.appid, self.mini_appid or self.appid)
        return transaction.mchid == self.mchid and transaction.appid in ours and not transaction.sub_mchid

    def owns_refund(self, refund: RefundStatus) -> bool:
        return refund.mchid == self.mchid and not refund.sub_mchid

    def owns_row(self, mchid: str, sub_mchid: str) -> bool:
        return mchid == self.mchid and sub_mchid in ("", "0", self.mchid)

    def v2_identity(self) -> dict[str, str]:
        return {"appid": self.appid, "mch_id": self.mchid, "sub_mch_id": ""}

    def v2_fields(self) -> dict[str, str]:
        return {"appid": self.appid, "mch_id": self.mchid}


@dataclass(frozen=True)
class PartnerMerchant:
    """特约商户: the service provider signs, the money is the sub-merchant's. One provider has many sub-merchants, so
    the sub-merchant's number is what a payment is recognised by."""

    sp_mchid: str
    sp_appid: str
    sub_mchid: str
    sub_appid: str = ""
    mini_appid: str = ""
    """The sub-merchant's mini program; empty: the same app id as for JSAPI."""
    openid_of_sub: bool = False
    """Whether the customer's openid belongs to the sub-merchant's app id, or to the provider's."""
    partner_id_of_sub: bool = True
    """Which of the two numbers an app names as `partnerid`."""
    orders: str = PARTNER_ORDERS

    @property
    def mchid(self) -> str:
        return self.sp_mchid

    @property
    def shown(self) -> str:
        return f"sp_mchid={self.sp_mchid!r}, sub_mchid={self.sub_mchid!r}"

    def _sub_appid(self, product: Product) -> str:
        return (product is Product.WECHAT_MINI and self.mini_appid) or self.sub_appid

    def create_fields(self, product: Product) -> dict[str, str]:
        fields = {"sp_appid": self.sp_appid, "sp_mchid": self.sp_mchid, "sub_mchid": self.sub_mchid}
        sub_appid = self._sub_appid(product)
        return fields | ({"sub_appid": sub_appid} if sub_appid else {})

    def payer(self, product: Product, openid: str) -> dict[str, str]:
        return {"sub_openid" if self._pays_under_sub(product) else "sp_openid": openid}

    def _pays_under_sub(self, product: Product) -> bool:
        """The openid's owner and the app id of the customer's page are always the same one."""
        return bool(product is Product.WECHAT_MINI and self.mini_appid) or (self.openid_of_sub and bool(self.sub_appid))

    def query(self) -> str:
        return f"sp_mchid={self.sp_mchid}&sub_mchid={self.sub_mchid}"

    def close_fields(self) -> dict[str, str]:
        return {"sp_mchid": self.sp_mchid, "sub_mchid": self.sub_mchid}

    def refund_fields(self) -> dict[str, str]:
        return {"sub_mchid": self.sub_mchid}

    def refund_query(self) -> str:
        return f"?sub_mchid={self.sub_mchid}"

    def bill_query(self) -> str:
        return f"&sub_mchid={self.sub_mchid}"

    def paying_appid(self, product: Product) -> str:
        if product is Product.WECHAT_APP:
            return self.sub_appid or self.sp_appid
        return self._sub_appid(product) if self._pays_under_sub(product) else self.sp_appid

    def pays_under_own(self, product: Product) -> bool:
        return self._pays_under_sub(product)

    def partner_id(self) -> str:
        return self.sub_mchid if self.partner_id_of_sub else self.sp_mchid

    def owns(self, transaction: Transaction) -> bool:
        named = (transaction.sp_mchid, transaction.sub_mchid, transaction.sp_appid)
        return named == (self.sp_mchid, self.sub_mchid, self.sp_appid)

    def owns_refund(self, refund: RefundStatus) -> bool:
        return (refund.sp_mchid, refund.sub_mchid) == (self.sp_mchid, self.sub_mchid)

    def owns_row(self, mchid: str, sub_mchid: str) -> bool:
        return (mchid, sub_mchid) == (self.sp_mchid, self.sub_mchid) or mchid == self.sub_mchid

    def v2_identity(self) -> dict[str, str]:
        return {"appid": self.sp_appid, "mch_id": self.sp_mchid, "sub_mch_id": self.sub_mchid}

    def v2_fields(self) -> dict[str, str]:
        return self.v2_identity() | ({"sub_appid": self.sub_appid} if self.sub_appid else {})
