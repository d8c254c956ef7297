"""Methods, products, environments, and what each product can and cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Method(StrEnum):
    """支付方式: what the customer recognises."""

    WECHAT = "wechat"
    ALIPAY = "alipay"
    HUABEI = "huabei"
    UNIONPAY = "unionpay"
    """云闪付 and what rides on UnionPay's own cashier."""
    QUICKPAY = "quickpay"
    """A bank card signed up once, then confirmed by an SMS code."""
    ECNY = "ecny"
    APPLE_PAY = "apple_pay"
    HUAWEI_PAY = "huawei_pay"
    MI_PAY = "mi_pay"
    SAMSUNG_PAY = "samsung_pay"
    VIVO_PAY = "vivo_pay"


class Environment(StrEnum):
    """支付环境: where the customer's screen is. A hint for presentation, never for authorisation."""

    WECHAT = "wechat"
    """WeChat's own browser."""
    WECHAT_MINI = "wechat_mini"
    """Inside the shop's own mini program (小程序): its parameters open WeChat's cashier there and nowhere else."""
    ALIPAY = "alipay"
    UNIONPAY = "unionpay"
    """The 云闪付 app's own browser."""
    MOBILE = "mobile"
    DESKTOP = "desktop"
    APP = "app"
    COUNTER = "counter"
    """线下收银: the shop scans the customer's payment code (付款码); their own screen shows nothing of ours."""
    RESTRICTED = "restricted"
    """Another app's web view (DingTalk, Weibo, QQ ...) that blocks jumps to wallets: only a QR code works."""


class Product(StrEnum):
    """支付产品: one way of paying, as the customer meets it. Several connectors may offer the same product: a payment
    service provider's WeChat code is WeChat's code to the customer, over another account."""

    WECHAT_JSAPI = "wechat_jsapi"
    WECHAT_NATIVE = "wechat_native"
    WECHAT_H5 = "wechat_h5"
    WECHAT_APP = "wechat_app"
    ALIPAY_PRECREATE = "alipay_precreate"
    ALIPAY_WAP = "alipay_wap"
    ALIPAY_PAGE = "alipay_page"
    ALIPAY_APP = "alipay_app"
    HUABEI_PRECREATE = "huabei_precreate"
    HUABEI_WAP = "huabei_wap"
    HUABEI_PAGE = "huabei_page"
    HUABEI_APP = "huabei_app"
    WECHAT_MINI = "wechat_mini"
    ALIPAY_JSAPI = "alipay_jsapi"
    UNIONPAY_WAP = "unionpay_wap"
    UNIONPAY_WEB = "unionpay_web"
    UNIONPAY_APP = "unionpay_app"
    UNIONPAY_QR = "unionpay_qr"
    UNIONPAY_JSAPI = "unionpay_jsapi"
    APPLEPAY_APP = "applepay_app"
    HUAWEIPAY_APP = "huaweipay_app"
    MIPAY_APP = "mipay_app"
    SAMSUNGPAY_APP = "samsungpay_app"
    VIVOPAY_APP = "vivopay_app"
    ECNY_QR = "ecny_qr"
    WECHAT_CODE = "wechat_code"
    """微信付款码: the shop scans the code in the customer's wallet. Pull: the call debits. So do the next four."""
    ALIPAY_CODE = "alipay_code"
    UNIONPAY_CODE = "unionpay_code"
    QUICKPAY_CARD = "quickpay_card"
    """A signed bank card; the bank sends an SMS code, the confirmation with it debits."""
    APPLEPAY_WEB = "applepay_web"
    """Apple Pay in a browser: the token that the customer's device signed goes to an acquirer, who debits."""
    EPAY_ALIPAY = "epay_alipay"
    EPAY_WECHAT = "epay_wechat"


class Consent(StrEnum):
    """授权凭据: what the customer gives for one debit of a pull product. Used once, never stored, never logged."""

    PAYMENT_CODE = "payment_code"
    """付款码: the digits of the code in the customer's wallet, scanned by the shop."""
    SMS_CODE = "sms_code"
    """短信验证码: sent by the bank after the attempt was created; typed by the customer."""
    APPLE_PAY_TOKEN = "apple_pay_token"  # noqa: S105 (a kind of consent, not a password)
    """The payment token of one `ApplePaySession`, as JSON text."""


class Closing(StrEnum):
    """How far the channel can make an exposed credential worthless."""

    YES = "yes"
    """Close is final at once (WeChat)."""
    AFTER_SCAN = "after_scan"
    """Only once the customer has scanned; before that the credential stays payable until it expires (Alipay)."""
    NO = "no"
    """No close exists: watched until its absolute deadline (UnionPay, e-CNY)."""


class CredentialKind(StrEnum):
    """支付凭证: what is handed to the customer."""

    QR = "qr"
    """`content` is the text of the code."""
    REDIRECT = "redirect"
    """`content` is a URL for the browser to open."""
    FORM = "form"
    """`content` is the action URL, `params` the fields to post."""
    JSAPI = "jsapi"
    """`params` for WeixinJSBridge / wx.requestPayment."""
    APP = "app"
    """`content` (an order string) or `params` for the wallet's SDK."""
    SMS = "sms"
    """A code is on its way to the customer's phone; `content` is what may be shown of the card (`尾号 1234`)."""
    NONE = "none"
    """Nothing is shown: the customer's consent came with the request."""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer needs in order to pay this attempt."""

    kind: CredentialKind
    content: str = ""
    params: dict[str, str] = {}
    handle: str = ""
    """The channel's own note that goes back to it with the customer's consent (`thpinfo`). Never shown."""
    expires_at_ms: int
    """When the credential itself stops working (h5 5 min, prepay 2 h), at most the attempt's deadline."""


class RefundTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What the channel allows when money goes back."""

    days: int = 365
    """How long after the payment a refund is taken."""
    parts: int | None = 50
    """At most so many refunds of one payment; 1: only all of it at once; None: no limit is known."""


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """What one product of one connector can do: data, so that routing, checkout and docs agree."""

    product: Product
    method: Method
    push: bool
    """True: the customer confirms, creating moves no money. False (pull): the call itself may debit."""
    server_created: bool
    """False: the credential is signed locally; there is no create call that could fail."""
    environments: frozenset[Environment]
    needs_openid: bool = False
    """WeChat's id of the customer under the shop's (or the provider's) appid."""
    needs_buyer_id: bool = False
    """The wallet's id of the customer: Alipay's or UnionPay's in-app page."""
    needs_agreement: bool = False
    """The customer must have signed up a card at this very channel (签约)."""
    consent: Consent | None = None
    """Pull: what the customer gives for the debit; None for push products."""
    closing: Closing
    credential: CredentialKind
    min_fen: int = 1
    max_fen: int | None = None
    credential_valid_s: int = 7_200
    refreshes: bool = False
    """Whether creating the same order again, unpaid and never closed, gives it another credential: one that ran out
    before its order did is refreshed under the same number."""
    least_expiry_s: int = 60
    """The shortest life that the channel lets an order have."""
    most_expiry_s: int = 7_200
    ends_by_itself: bool = True
    """Whether the channel ends an unpaid order at the deadline that it was given; False: it knows no deadline (易支付),
    so that "still waiting" afterwards is no surprise."""
    late_s: int = 0
    """How long after its deadline money can still arrive all the same (netbank payments at UnionPay)."""
    reverse_after_s: int = 45
    """Pull: a debit that is unknown for so long is reversed (冲正/撤销); until then it is only asked about. Never less
    than what the channel demands between a debit and its reversal (WeChat: 15 s)."""
    refund: RefundTerms = RefundTerms()
    probe: bool = True
    """Whether asking about a number that never existed is a harmless health check."""

    @property
    def upfront(self) -> bool:
        """Pull, and the consent comes with the request: the one call debits, nothing is shown."""
        return self.consent in (Consent.PAYMENT_CODE, Consent.APPLE_PAY_TOKEN)


class MaintenanceWindow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """计划维护: when this channel is not asked. Beijing time. Counts like a window of the policy's."""

    start: str
    """`HH:MM` (every day) or `YYYY-MM-DD HH:MM` (once)."""
    end: str
    """Same form as `start`, exclusive. A daily window may go past midnight."""
    product: Product | None = None
    """Only this product; all of the channel when absent."""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """渠道: one configured account of the merchant on a connector. Credentials are not in here."""

    channel_id: str
    merchant_id: str
    connector: str
    name: str
    """What the operator calls it, e.g. 微信支付·主."""
    version: int = 1
    """Counts credential changes; attempts pin the version they were made with."""
    products: frozenset[Product]
    """Known-signed products only: never fall back to one the account has no contract for."""
    upstream: str
    """Failure domain: channels with the same upstream tend to fall together."""
    upstreams: dict[Product, str] = {}
    """Where a product has another failure domain than the account: a payment service provider's WeChat product falls
    with WeChat."""
    enabled: bool = True
    tier: int = 1
    """1 best and first, 2 backup, 3 bank direct, ...; the policy may override."""
    fee_bp: int = 60
    """Fee in basis points of the amount (60 = 0.6 %)."""
    min_fen: int = 1
    max_fen: int | None = None
    daily_cap_fen: int | None = None
    monthly_cap_fen: int | None = None
    """Of the calendar month in Beijing."""
    refund_days: int | None = None
    """How long after the payment this contract takes refunds, where it is not what the product's table says."""
    refund_parts: int | None = None
    """At most so many refunds of one payment, by this contract; None: as the product's table says."""
    shops: frozenset[str] = frozenset()
    """Only these shops of the merchant; empty: all of them."""
    tags: frozenset[str] = frozenset()
    maintenance: tuple[MaintenanceWindow, ...] = ()

    def upstream_of(self, product: Product) -> str:
        """The failure domain of one product of this account."""
        return self.upstreams.get(product, self.upstream)


CapabilityTable = Mapping[Product, Capability]
