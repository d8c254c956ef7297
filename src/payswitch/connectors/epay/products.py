"""What an epay platform's two products can do, and the words for an order that both protocol versions share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Closing,
    CredentialKind,
    Environment,
    Method,
    Product,
    RefundTerms,
)
from payswitch.domain.exchange import CreateOrder
from payswitch.kit.money import yuan_from_fen

PAY_TYPES: Final[Mapping[Product, str]] = {Product.EPAY_ALIPAY: "alipay", Product.EPAY_WECHAT: "wxpay"}

JUMP: Final = "jump"
"""V1's device for "give me a page to open, whatever the screen"."""
DEVICES: Final[Mapping[Environment, str]] = {
    Environment.DESKTOP: "pc",
    Environment.MOBILE: "mobile",
    Environment.WECHAT: "wechat",
    Environment.ALIPAY: "alipay",
    # A page for the desktop shows a code and does not jump to a wallet, which such a web view would block.
    Environment.RESTRICTED: "pc",
    Environment.APP: JUMP,
}

CREDENTIAL_VALID_S: Final = 7_200
"""How long a platform's page or code lives is the platform's own matter, and unknown; WeChat's and Alipay's codes
behind it live two hours."""
LEAST_LIFE_S: Final = 1
"""The platform is told no expiry, so none can be too short for it."""
LATE_S: Final = 540
"""The page stays open after our deadline, about which the platform knows nothing: until WeChat's or Alipay's code
behind it ends, two hours [M]. Nine minutes are waited, so that the payment has its end within ten; whoever pays later
is paid back by itself, as surplus."""
LONGEST_NAME_BYTES: Final = 127
_EVERYWHERE: Final = frozenset(
    {Environment.DESKTOP, Environment.MOBILE, Environment.RESTRICTED, Environment.APP},
)


def _capability(product: Product, method: Method, own_app: Environment) -> Capability:
    return Capability(
        product=product,
        method=method,
        push=True,
        server_created=True,
        environments=_EVERYWHERE | {own_app},
        # V1 has no close. V2 has a call for it, but only some of a platform's channels support it, and no query ever
        # shows the result: nothing that could be relied on.
        closing=Closing.NO,
        credential=CredentialKind.REDIRECT,
        credential_valid_s=CREDENTIAL_VALID_S,
        least_expiry_s=LEAST_LIFE_S,
        ends_by_itself=False,
        late_s=LATE_S,
        # Nothing is known of a platform's own rules [M]: WeChat and Alipay behind it take refunds for a year. Whether
        # parts of an order can go back is the account's to say (`partial_refunds`).
        refund=RefundTerms(days=365, parts=None),
    )


CAPABILITIES: Final[CapabilityTable] = {
    Product.EPAY_ALIPAY: _capability(Product.EPAY_ALIPAY, Method.ALIPAY, Environment.ALIPAY),
    Product.EPAY_WECHAT: _capability(Product.EPAY_WECHAT, Method.WECHAT, Environment.WECHAT),
}


def order_params(order: CreateOrder, pid: str) -> dict[str, str]:
    """The order as both versions and both ways of creating name it. Nothing in it says when the order expires: the
    protocol has no word for that."""
    params = {
        "pid": pid,
        "type": PAY_TYPES[order.product],
        "out_trade_no": order.channel_order_no,
        "notify_url": order.notify_url,
        "name": clean_name(order.subject, order.channel_order_no),
        "money": yuan_from_fen(order.amount_fen),
    }
    # A page without an address to come back to is refused by submit.php; the shop's front door is as good as any.
    params["return_url"] = order.return_url or order.notify_url
    return params


def clean_name(subject: str, order_no: str) -> str:
    """One printable line of at most 127 bytes, without the characters that could be read as another parameter.

    Values are signed unescaped. A customer who may write into the subject must not be able to write
    `&out_trade_no=...` into the signed text of the notification.
    """
    printable = "".join(c if c.isprintable() and c not in "&=" else " " for c in subject)
    line = " ".join(printable.split())
    cut = line.encode("utf-8", "ignore")[:LONGEST_NAME_BYTES].decode("utf-8", "ignore").rstrip()
    return cut or f"订单 {order_no}"
