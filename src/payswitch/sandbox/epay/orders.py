"""Orders at the platform: made by a server's call or by the customer's browser, looked up, closed, paid back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from payswitch.kit.clock import beijing
from payswitch.kit.durations import DAY_MS
from payswitch.kit.money import fen_from_yuan, yuan_from_fen
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.epay.merchant import EpayMerchant
from payswitch.sandbox.epay.refusal import EpayRefusal
from payswitch.sandbox.ledger import Order, OrderState, Refund, RefundState

ORDER_LIFE_MS = DAY_MS
"""When an unpaid order ends is the platform's own matter; the protocol has no word for it. Here: a day."""
PRODUCTS = {"alipay": "epay_alipay", "wxpay": "epay_wechat"}
WALLETS = {"alipay": "alipay", "wxpay": "wechat"}
LONGEST_NAME_BYTES = 127
TOKEN = "epay-"  # noqa: S105 - how this family's credentials are named in the books
_REQUIRED = ("out_trade_no", "notify_url", "name", "money")
_NUMBER = re.compile(r"[0-9A-Za-z_\-|.]{1,64}")
_MONEY = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")

Fields = dict[str, object]


class OrderDesk:
    """All merchants' orders; the ledger keeps them apart. Refusals are raised as `EpayRefusal`."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        self.shows_refunds = True
        """Whether an order's status tells that it was refunded. Older platforms never change it back from 1."""

    # -- making ----------------------------------------------------------------------------------------------------

    def create(self, merchant: EpayMerchant, params: Mapping[str, str]) -> Order:
        """A new order, or the one that the same call made before. Terms were verified by the caller."""
        amount_fen = _check_terms(params)
        fingerprint = json.dumps([params["money"], params["name"], params.get("type", ""), params["notify_url"]])
        order = self._core.ledger.find(merchant.spec.channel_id, params["out_trade_no"])
        if order is None:
            return self._add(merchant, params, amount_fen, fingerprint)
        if order.received:
            raise EpayRefusal("该订单已完成支付，请勿重复支付")
        if order.fingerprint != fingerprint:
            raise EpayRefusal("订单号已存在，且订单信息不一致")
        if order.state is OrderState.CLOSED:
            raise EpayRefusal("该订单已关闭，请重新下单")
        return order

    def _add(self, merchant: EpayMerchant, params: Mapping[str, str], amount_fen: int, fingerprint: str) -> Order:
        now_ms = self._core.clock.now_ms()
        pay_type = params.get("type", "")
        trade_no = f"{beijing(now_ms):%Y%m%d%H%M%S}{len(self._core.ledger) + 1:05d}"
        wallets = [WALLETS[pay_type]] if pay_type else list(merchant.spec.wallets)
        order = self._core.ledger.add(
            Order(
                account=merchant.spec.channel_id,
                channel_order_no=params["out_trade_no"],
                product=PRODUCTS.get(pay_type, PRODUCTS["alipay"]),
                amount_fen=amount_fen,
                subject=params["name"],
                notify_url=params["notify_url"],
                return_url=f"{merchant.spec.base_url}/pay/return/{trade_no}/",
                created_at_ms=now_ms,
                expires_at_ms=now_ms + ORDER_LIFE_MS,
                fingerprint=fingerprint,
                wallets=[wallet for wallet in wallets if wallet in merchant.spec.wallets],
                extra={
                    "trade_no": trade_no,
                    "type": pay_type or "alipay",
                    "money": params["money"],
                    "param": params.get("param", ""),
                    "return_url": params.get("return_url", ""),
                },
            )
        )
        self._core.ledger.give_credential(order, TOKEN + trade_no)
        return order

    # -- looking ---------------------------------------------------------------------------------------------------

    def named(self, merchant: EpayMerchant, params: Mapping[str, str]) -> Order | None:
        """By the platform's number or the merchant's."""
        ledger, account = self._core.ledger, merchant.spec.channel_id
        if params.get("trade_no"):
            order = ledger.find_by_credential(TOKEN + params["trade_no"])
            return order if order is not None and order.account == account else None
        return ledger.find(account, params.get("out_trade_no", ""))

    def must_find(self, merchant: EpayMerchant, params: Mapping[str, str]) -> Order:
        order = self.named(merchant, params)
        if order is None:
            raise EpayRefusal("订单号不存在")
        return order

    def of(self, merchant: EpayMerchant) -> list[Order]:
        """A merchant's orders, the newest first."""
        return [order for order in reversed(list(self._core.ledger)) if order.account == merchant.spec.channel_id]

    def view(self, merchant: EpayMerchant, order: Order) -> Fields:
        """An order as queries show it. Money in the merchant's own form."""
        fields: Fields = {
            "trade_no": order.extra["trade_no"],
            "out_trade_no": order.channel_order_no,
            "api_trade_no": f"sandbox{order.n:012d}" if order.received else "",
            "type": order.extra["type"],
            "pid": int(merchant.keys.pid),
            "addtime": wire_time(order.created_at_ms),
            "endtime": wire_time(order.paid_at_ms) if order.paid_at_ms is not None else None,
            "name": order.subject,
            "money": order.extra["money"],
            "status": self._status(order),
            "param": order.extra["param"] or None,
            "buyer": order.payer or None,
        }
        back_fen = _settled_fen(order)
        if self.shows_refunds and 0 < back_fen < order.amount_fen:
            fields["refundmoney"] = yuan_from_fen(back_fen)
        return fields

    def _status(self, order: Order) -> int:
        """0 unpaid (closed ones, too), 1 paid, 2 refunded."""
        if not order.received:
            return 0
        return 2 if self.shows_refunds and order.state is OrderState.REFUNDED else 1

    # -- ending ----------------------------------------------------------------------------------------------------

    def close(self, merchant: EpayMerchant, params: Mapping[str, str]) -> None:
        order = self.must_find(merchant, params)
        if order.received:
            raise EpayRefusal("订单已支付，无法关闭")
        if order.state is OrderState.OPEN:
            self._core.ledger.close(order)

    def refund_at_once(self, merchant: EpayMerchant, params: Mapping[str, str]) -> Refund:
        """V1: no number, so every call is another refund, as long as something is left."""
        order = self.must_find(merchant, params)
        refund = self._new_refund(order, params, f"{order.extra['trade_no']}R{len(order.refunds) + 1}")
        self._core.ledger.add_refund(order, refund)
        self._core.ledger.settle_refund(order, refund)
        return refund

    def refund_under_number(self, merchant: EpayMerchant, params: Mapping[str, str]) -> tuple[Order, Refund]:
        """V2: the same `out_refund_no` again is the same refund, which takes a while."""
        order = self.must_find(merchant, params)
        number = params.get("out_refund_no") or f"{order.extra['trade_no']}R{len(order.refunds) + 1}"
        earlier = self._core.ledger.find_refund(merchant.spec.channel_id, number)
        if earlier is None:
            refund = self._new_refund(order, params, number)
            self._core.refunds.accept(order, refund)
            return order, refund
        if earlier[0] is not order or yuan_from_fen(earlier[1].amount_fen) != yuan_from_fen(_money_fen(params)):
            raise EpayRefusal("退款单号已存在，且退款信息不一致")
        return earlier

    def find_refund(self, merchant: EpayMerchant, params: Mapping[str, str]) -> tuple[Order, Refund]:
        found = self._core.ledger.find_refund(merchant.spec.channel_id, params.get("out_refund_no", ""))
        if found is None:
            raise EpayRefusal("退款单不存在")
        return found

    def _new_refund(self, order: Order, params: Mapping[str, str], number: str) -> Refund:
        amount_fen = _money_fen(params)
        if not order.received:
            raise EpayRefusal("订单未支付，无法退款")
        if order.refunded_fen == order.amount_fen:
            raise EpayRefusal("该订单已全额退款")
        if order.refunded_fen + amount_fen > order.amount_fen:
            raise EpayRefusal("退款金额不能大于订单剩余金额")
        now_ms = self._core.clock.now_ms()
        refund_id = f"{beijing(now_ms):%Y%m%d%H%M%S}{order.n:05d}{len(order.refunds) + 1}"
        return Refund(out_refund_no=number, refund_id=refund_id, amount_fen=amount_fen, created_at_ms=now_ms)


def _settled_fen(order: Order) -> int:
    return sum(refund.amount_fen for refund in order.refunds if refund.state is RefundState.SUCCEEDED)


def wire_time(ms: int) -> str:
    return f"{beijing(ms):%Y-%m-%d %H:%M:%S}"


def _check_terms(params: Mapping[str, str]) -> int:
    """The amount in fen, when everything that an order needs is there."""
    for name in _REQUIRED:
        if not params.get(name):
            raise EpayRefusal(f"参数错误：{name}不能为空")
    if not _NUMBER.fullmatch(params["out_trade_no"]):
        raise EpayRefusal("参数错误：out_trade_no格式不正确")
    if len(params["name"].encode()) > LONGEST_NAME_BYTES:
        raise EpayRefusal("参数错误：name最长127个字节")
    if params.get("type", "") not in ("", *PRODUCTS):
        raise EpayRefusal("支付方式(type)不存在")
    return _money_fen(params)


def _money_fen(params: Mapping[str, str]) -> int:
    text = params.get("money", "")
    if not _MONEY.fullmatch(text):
        raise EpayRefusal("金额不合法")
    yuan, _, rest = text.partition(".")
    fen = fen_from_yuan(f"{int(yuan)}.{rest or '0'}")
    if fen < 1:
        raise EpayRefusal("金额不合法")
    return fen
