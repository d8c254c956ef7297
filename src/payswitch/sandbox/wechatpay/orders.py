"""Creating, querying and closing orders, by WeChat's rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from payswitch.kit.clock import beijing
from payswitch.kit.durations import DAY_MS
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState
from payswitch.sandbox.wechatpay import parties
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.errors import Refusal
from payswitch.sandbox.wechatpay.objects import PRODUCT_OF_CODES, trade_state, transaction
from payswitch.sandbox.wechatpay.requests import (
    CloseBody,
    CreateBody,
    PartnerCloseBody,
    PartnerCreateBody,
    check_create,
    expiry_ms,
    read_body,
)
from payswitch.sandbox.wire import Answer

ORDER_LIFE_MS = 7 * DAY_MS
"""Orders without time_expire are closed after seven days (official)."""
CREDENTIAL_LIFE_MS = {
    "wechat_native": 7_200_000,
    "wechat_jsapi": 7_200_000,
    "wechat_app": 7_200_000,
    "wechat_h5": 300_000,
}
"""prepay_id and code_url live two hours, an h5_url five minutes (official)."""
H5_PATH = "/cgi-bin/mmpayweb-bin/checkmweb"
NATIVE_PREFIX = "weixin://wxpay/bizpayurl?pr="
CREDENTIAL_UNTIL = "credential_until_ms"


class OrderDesk:
    """All accounts' orders; the ledger keeps them apart."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    def create(self, account: WechatAccount, product: str, raw: bytes, *, partner: bool = False) -> Answer:
        """A new order, or the same one again with a fresh credential if nothing about it has changed."""
        now_ms = self._core.clock.now_ms()
        body = read_body(raw, PartnerCreateBody) if partner else read_body(raw, CreateBody)
        parties.check_create(body, account)
        check_create(body, product, now_ms)
        if product == "wechat_jsapi":
            parties.check_payer(body)
        fingerprint = _fingerprint(product, body)
        order = self._core.ledger.find(account.spec.channel_id, body.out_trade_no)
        if order is None:
            order = self._core.ledger.add(_new_order(account, product, body, fingerprint, now_ms))
        else:
            _check_again(order, fingerprint)
        return _ok(self._credential(account, order, now_ms))

    def query(
        self, account: WechatAccount, named: Mapping[str, str], *, number: str = "", transaction_id: str = ""
    ) -> Answer:
        """By the merchant's number, or (paid orders only) by WeChat's. `named`: the merchant, from the query."""
        parties.check_named(named, account)
        ledger, channel_id = self._core.ledger, account.spec.channel_id
        order = ledger.find(channel_id, number) if number else ledger.find_by_transaction(channel_id, transaction_id)
        if order is None:
            raise Refusal("ORDER_NOT_EXIST")
        return _ok(transaction(order, account.keys, self._visible_state(order)))

    def close(self, account: WechatAccount, number: str, raw: bytes, *, partner: bool = False) -> Answer:
        """204 also for a number that never existed and for one that is closed already: no evidence of anything."""
        named = read_body(raw, PartnerCloseBody) if partner else read_body(raw, CloseBody)
        parties.check_named(msgspec.structs.asdict(named), account)
        order = self._core.ledger.find(account.spec.channel_id, number)
        if order is not None and order.product == PRODUCT_OF_CODES:
            raise Refusal("INVALID_REQUEST", "付款码支付不支持关单，请调用撤销接口", reason="268449641")
        if order is not None and order.received:
            raise Refusal("ORDERPAID")
        if order is not None and order.state is OrderState.OPEN:
            self._core.ledger.close(order)
        return Answer(status=204)

    def _visible_state(self, order: Order) -> str:
        """A close by the merchant may take a while to show in queries."""
        state = trade_state(order)
        lag_ms = self._core.settings.close_lag_s * 1_000
        if state == "CLOSED" and order.closed_at_ms is not None and not order.expired:
            return "NOTPAY" if self._core.clock.now_ms() < order.closed_at_ms + lag_ms else state
        return state

    def _credential(self, account: WechatAccount, order: Order, now_ms: int) -> dict[str, str]:
        """A fresh one; the one before stops working."""
        prepay_id = f"wx{beijing(now_ms):%Y%m%d%H%M%S}{self._core.ids.nonce()[:18]}0000"
        token = self._core.ids.nonce()[:12] if order.product == "wechat_native" else prepay_id
        until_ms = min(order.expires_at_ms, now_ms + CREDENTIAL_LIFE_MS[order.product])
        self._core.ledger.give_credential(order, token, **{CREDENTIAL_UNTIL: str(until_ms)})
        if order.product == "wechat_native":
            return {"code_url": NATIVE_PREFIX + token}
        if order.product == "wechat_h5":
            query = urlencode({"prepay_id": prepay_id, "package": str(int(token[-12:], 16))})
            return {"h5_url": f"{account.spec.base_url}{H5_PATH}?{query}"}
        return {"prepay_id": prepay_id}


def _check_again(order: Order, fingerprint: str) -> None:
    if order.fingerprint != fingerprint:
        raise Refusal("OUT_TRADE_NO_USED", "请求重入时，参数与首次请求时不一致。请核实参数后再试")
    if order.received:
        raise Refusal("ORDERPAID")
    if order.state is OrderState.CLOSED:
        raise Refusal("ORDER_CLOSED")


def _fingerprint(product: str, body: CreateBody | PartnerCreateBody) -> str:
    return hashlib.sha256(product.encode() + msgspec.json.encode(body)).hexdigest()


def _new_order(
    account: WechatAccount, product: str, body: CreateBody | PartnerCreateBody, fingerprint: str, now_ms: int
) -> Order:
    return Order(
        account=account.spec.channel_id,
        channel_order_no=body.out_trade_no,
        product=product,
        amount_fen=body.amount.total,
        subject=body.description,
        notify_url=body.notify_url,
        created_at_ms=now_ms,
        expires_at_ms=expiry_ms(body.time_expire) if body.time_expire is not None else now_ms + ORDER_LIFE_MS,
        fingerprint=fingerprint,
        wallets=list(account.spec.wallets),
        extra=parties.remembered(body),
    )


def _ok(value: dict[str, object] | dict[str, str]) -> Answer:
    return Answer(body=msgspec.json.encode(value))
