"""What Huifu's products can do, the order of each, and the credential in its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.connectors.huifu.account import HuifuAccount
from payswitch.connectors.huifu.wire import Fields, day_of, moment_of, plain_text
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
from payswitch.kit.addresses import is_web_address
from payswitch.kit.money import yuan_from_fen

LONGEST_SUBJECT: Final = 127
VALID_S: Final = 7_200
"""WeChat and Alipay orders are closed after two hours when nothing else is said (jspay page). Never relied on: the
order's own expiry is always sent."""
LEAST_LIFE_S: Final = 65
"""An order must live for more than a minute (older page of the same call [C]), and the call itself takes its time. With
less, `client.py` does not even send it."""
REFUND_DAYS: Final = 360
"""退款期限 of WeChat, Alipay and UnionPay codes, as the page of `scanpay/refund` has it [C]. Nothing is said there of
e-CNY; it gets the year that is usual."""
WECHAT_PARTS: Final = 50
"""WeChat behind Huifu takes 50 refunds of one payment [O]; for the others no number is known."""
ECNY_LATE_S: Final = 60
"""Whether an e-CNY wallet honours `time_expire` to the second is not confirmed [M]."""

_E = Environment
_K = CredentialKind

TRADE_TYPES: Final[Mapping[Product, str]] = {
    Product.WECHAT_JSAPI: "T_JSAPI",
    Product.WECHAT_MINI: "T_MINIAPP",
    Product.ALIPAY_JSAPI: "A_JSAPI",
    Product.ALIPAY_PRECREATE: "A_NATIVE",
    Product.UNIONPAY_QR: "U_NATIVE",
    Product.UNIONPAY_JSAPI: "U_JSAPI",
    Product.ECNY_QR: "D_NATIVE",
}


def _capability(
    product: Product,
    method: Method,
    credential: CredentialKind,
    closing: Closing,
    *environments: Environment,
    needs_openid: bool = False,
    needs_buyer_id: bool = False,
) -> Capability:
    return Capability(
        product=product,
        method=method,
        push=True,
        server_created=True,
        environments=frozenset(environments),
        needs_openid=needs_openid,
        needs_buyer_id=needs_buyer_id,
        closing=closing,
        credential=credential,
        credential_valid_s=VALID_S,
        least_expiry_s=LEAST_LIFE_S,
        late_s=ECNY_LATE_S if method is Method.ECNY else 0,
        refund=RefundTerms(
            days=365 if method is Method.ECNY else REFUND_DAYS,
            parts=WECHAT_PARTS if method is Method.WECHAT else None,
        ),
    )


# Huifu closes WeChat and Alipay orders, but none that is younger than a minute, which is when most customers switch;
# and behind an Alipay code there is no trade to close before the scan. So a close is tried, and believed when it is
# confirmed, but never counted on: AFTER_SCAN promises that much, YES more. UnionPay and e-CNY orders never close.
_LATER: Final = Closing.AFTER_SCAN
_NEVER: Final = Closing.NO

CAPABILITIES: Final[CapabilityTable] = {
    capability.product: capability
    for capability in (
        _capability(Product.WECHAT_JSAPI, Method.WECHAT, _K.JSAPI, _LATER, _E.WECHAT, needs_openid=True),
        _capability(Product.WECHAT_MINI, Method.WECHAT, _K.JSAPI, _LATER, _E.WECHAT_MINI, needs_openid=True),
        _capability(Product.ALIPAY_JSAPI, Method.ALIPAY, _K.JSAPI, _LATER, _E.ALIPAY, needs_buyer_id=True),
        _capability(Product.ALIPAY_PRECREATE, Method.ALIPAY, _K.QR, _LATER, _E.DESKTOP, _E.RESTRICTED),
        _capability(Product.UNIONPAY_QR, Method.UNIONPAY, _K.QR, _NEVER, _E.DESKTOP, _E.RESTRICTED),
        _capability(Product.UNIONPAY_JSAPI, Method.UNIONPAY, _K.REDIRECT, _NEVER, _E.UNIONPAY, needs_buyer_id=True),
        _capability(Product.ECNY_QR, Method.ECNY, _K.QR, _NEVER, _E.DESKTOP, _E.MOBILE, _E.RESTRICTED),
    )
}


def order_data(order: CreateOrder, account: HuifuAccount) -> dict[str, str]:
    """The business data of `jspay`. `time_expire` is absolute: no code may live on for its default two hours."""
    subject = plain_text(order.subject, LONGEST_SUBJECT) or f"订单 {order.channel_order_no}"
    data = {
        "req_date": day_of(order.created_at_ms),
        "req_seq_id": order.channel_order_no,
        "huifu_id": account.huifu_id,
        "trade_type": TRADE_TYPES[order.product],
        "trans_amt": yuan_from_fen(order.amount_fen),
        "goods_desc": subject,
        "time_expire": moment_of(order.expires_at_ms),
        "notify_url": order.notify_url,
        "risk_check_data": _object({"ip_addr": order.client_ip}),
    }
    name, wallet = _wallet_data(order, account, subject)
    return data | {name: _object(wallet)} if wallet else data


def _wallet_data(order: CreateOrder, account: HuifuAccount, subject: str) -> tuple[str, dict[str, str]]:
    """What the wallet behind Huifu wants to know besides, and under which name; members without a value left out."""
    product = order.product
    if product in (Product.WECHAT_JSAPI, Product.WECHAT_MINI):
        appid = account.wx_appid if product is Product.WECHAT_JSAPI else account.wx_mini_appid
        openid = order.openid or ""
        return "wx_data", _filled(sub_appid=appid, sub_openid=openid, spbill_create_ip=order.client_ip)
    if product in (Product.ALIPAY_JSAPI, Product.ALIPAY_PRECREATE):
        buyer = (order.buyer_id or "") if product is Product.ALIPAY_JSAPI else ""
        return "alipay_data", _filled(subject=subject, buyer_id=buyer)
    if product is Product.UNIONPAY_JSAPI:
        return "unionpay_data", _filled(
            customer_ip=order.client_ip,
            user_id=order.buyer_id or "",
            qr_code=account.unionpay_plate_url,
            front_url=order.return_url or "",
        )
    return "dc_data", _filled(digital_bank_no=account.ecny_bank_no if product is Product.ECNY_QR else "")


def missing_identity(order: CreateOrder) -> str | None:
    """What the order lacks of the customer, if anything: known before a byte is sent."""
    capability = CAPABILITIES[order.product]
    if capability.needs_openid and not order.openid:
        return "openid_missing"
    if capability.needs_buyer_id and not order.buyer_id:
        return "buyer_id_missing"
    return None


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer is to be shown."""

    content: str = ""
    params: dict[str, str] = {}


def read_credential(fields: Fields, product: Product) -> Given | None:
    """None when the answer lacks what this product shows."""
    kind = CAPABILITIES[product].credential
    if kind is CredentialKind.QR:
        code = fields.get("qr_code", "")
        return Given(content=code) if code else None
    info = fields.get("pay_info", "")
    if kind is CredentialKind.REDIRECT:
        return Given(content=info) if is_web_address(info.partition("#")[0], with_query=True) else None
    params = _page_params(info)
    return Given(params=params) if params else None


def _page_params(info: str) -> dict[str, str]:
    """`pay_info` as the wallet's page call wants it: a JSON object in a text. Numbers become text, as the wallets'
    own interfaces have them; anything nested is none of theirs."""
    try:
        value = json.loads(info, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str)}


def _filled(**members: str) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}


def _object(value: Mapping[str, str]) -> str:
    """Inner objects travel as JSON in a text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
