"""Refunds by WeChat's rules: partial, idempotent by out_refund_no, in progress for a while."""

from __future__ import annotations

import msgspec

from payswitch.kit.clock import beijing
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, Refund, RefundState
from payswitch.sandbox.wechatpay import parties
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.errors import Refusal, wrong_field
from payswitch.sandbox.wechatpay.objects import refund as refund_object
from payswitch.sandbox.wechatpay.requests import AbnormalRefundBody, RefundBody, check_notify_url, read_body
from payswitch.sandbox.wire import Answer

_BANKS = (
    "CMB",
    "COMM",
    "ABC",
    "CCB",
    "ICBC",
    "BOC",
    "PAB",
    "SPDB",
    "CITIC",
    "CEB",
    "CMBC",
    "CIB",
    "GDB",
    "PSBC",
    "NBCB",
)
DEBIT_BANKS = frozenset(f"{bank}_DEBIT" for bank in _BANKS)
MAX_REFUNDS = 50
"""Partial refunds of one order (official)."""


class WechatRefunds:
    """The refund API; the shared refund desk lets time pass."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    def create(self, account: WechatAccount, raw: bytes) -> Answer:
        """A new refund, or the same one again as it now stands."""
        body = read_body(raw, RefundBody)
        _check_merchant(account, body.sub_mchid)
        if body.notify_url:
            check_notify_url(body.notify_url)
        order = self._order(account, body)
        known = self._core.ledger.find_refund(account.spec.channel_id, body.out_refund_no)
        if known is not None:
            return _again(known, order, body)
        _check_limits(order, body)
        now_ms = self._core.clock.now_ms()
        made = Refund(
            out_refund_no=body.out_refund_no,
            refund_id=f"50{beijing(now_ms):%Y%m%d%H%M%S}{int(self._core.ids.nonce(), 16) % 10**12:012d}",
            amount_fen=body.amount.refund,
            created_at_ms=now_ms,
            reason=body.reason,
            notify_url=body.notify_url,
        )
        self._core.refunds.accept(order, made)
        return _shown(order, made)

    def query(self, account: WechatAccount, out_refund_no: str, sub_mchid: str | None = None) -> Answer:
        _check_merchant(account, sub_mchid)
        known = self._core.ledger.find_refund(account.spec.channel_id, out_refund_no)
        if known is None:
            raise Refusal("RESOURCE_NOT_EXISTS", "退款单不存在")
        return _shown(*known)

    def redirect(self, account: WechatAccount, refund_id: str, raw: bytes, serial: str) -> Answer:
        """发起异常退款: to a card whose number and holder are encrypted with the key that the header names."""
        body = read_body(raw, AbnormalRefundBody)
        _check_merchant(account, body.sub_mchid)
        known = self._core.ledger.find_refund(account.spec.channel_id, body.out_refund_no)
        if known is None or known[1].refund_id != refund_id:
            raise Refusal("RESOURCE_NOT_EXISTS", "退款单不存在")
        if known[1].state is RefundState.ABNORMAL:
            if body.type == "USER_BANK_CARD":
                _check_card(account, body, serial)
            self._core.refunds.redirect(*known)
        return _shown(*known)

    def _order(self, account: WechatAccount, body: RefundBody) -> Order:
        """The order to pay back, named by exactly one of the two numbers."""
        ledger, channel_id = self._core.ledger, account.spec.channel_id
        if bool(body.transaction_id) == bool(body.out_trade_no):
            raise wrong_field("/body/transaction_id", "transaction_id和out_trade_no必须二选一")
        if body.transaction_id:
            order = ledger.find_by_transaction(channel_id, body.transaction_id)
        else:
            order = ledger.find(channel_id, body.out_trade_no)
        if order is None:
            raise Refusal("RESOURCE_NOT_EXISTS", "订单不存在")
        return order


def _check_card(account: WechatAccount, body: AbnormalRefundBody, serial: str) -> None:
    if body.bank_type not in DEBIT_BANKS:
        raise wrong_field("/body/bank_type", "不支持的开户银行", body.bank_type)
    signer = account.signer(serial)
    for field, sealed in (("bank_account", body.bank_account), ("real_name", body.real_name)):
        if signer is None or not signer.key.decrypt(sealed):
            raise wrong_field(f"/body/{field}", "敏感信息解密失败")
    if not (signer and (signer.key.decrypt(body.bank_account) or "").isdigit()):
        raise wrong_field("/body/bank_account", "银行卡号有误")


def _check_merchant(account: WechatAccount, sub_mchid: str | None) -> None:
    """A refund names its merchant in partner mode only, and there always."""
    keys = account.keys
    named = {"mchid": keys.mchid} if sub_mchid is None else {"sp_mchid": keys.mchid, "sub_mchid": sub_mchid}
    parties.check_named(named, account)


def _check_limits(order: Order, body: RefundBody) -> None:
    if not order.received:
        raise Refusal("INVALID_REQUEST", "订单未支付，不能退款")
    if body.amount.currency != "CNY":
        raise wrong_field("/body/amount/currency", "境内商户号仅支持CNY", body.amount.currency)
    if body.amount.total != order.amount_fen:
        raise Refusal("INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试")
    if order.refunded_fen + body.amount.refund > order.amount_fen:
        raise Refusal("INVALID_REQUEST", "累计退款金额大于订单支付金额")
    if len(order.refunds) >= MAX_REFUNDS:
        raise Refusal("INVALID_REQUEST", "该订单退款次数已达上限")


def _again(known: tuple[Order, Refund], order: Order, body: RefundBody) -> Answer:
    old_order, old = known
    if old_order is not order or old.amount_fen != body.amount.refund or body.amount.total != order.amount_fen:
        raise Refusal("INVALID_REQUEST", "请求重入时，参数与首次请求时不一致。请核实参数后再试")
    return _shown(old_order, old)


def _shown(order: Order, refund: Refund) -> Answer:
    return Answer(body=msgspec.json.encode(refund_object(order, refund)))
