"""Unified orders (`unitorder/*`): made by the merchant, paid by a customer's wallet."""

from __future__ import annotations

from payswitch.kit.clock import beijing
from payswitch.kit.durations import MINUTE_MS
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState
from payswitch.sandbox.quickpay import words
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.payinfo import PAYTYPES, payinfo
from payswitch.sandbox.quickpay.views import (
    CANCELLED,
    SCANNED,
    TRXID,
    called_off_fields,
    order_fields,
    refund_fields,
)
from payswitch.sandbox.quickpay.words import Fields, Form, NotUnderstood, Refused

DEFAULT_VALID_MIN = 5
LONGEST_VALID_MIN = 1_440
_NOT_CLOSABLE = ("unionpay", "ecny")


def new_trxid(core: SandboxCore) -> str:
    """收银宝's own number: date, then digits."""
    return f"{beijing(core.clock.now_ms()):%y%m%d}{int(core.ids.nonce(), 16) % 10**12:012d}"


def find_order(core: SandboxCore, merchant: Merchant, reqsn: str, trxid: str) -> Order | None:
    """By the merchant's number, or by 收银宝's."""
    if reqsn:
        return core.ledger.find(merchant.channel_id, reqsn)
    return core.ledger.find_by_transaction(merchant.channel_id, trxid) if trxid else None


def is_taken(core: SandboxCore, merchant: Merchant, number: str) -> bool:
    """Orders, cancels and refunds share one space of numbers."""
    account = merchant.channel_id
    return core.ledger.find(account, number) is not None or core.ledger.find_refund(account, number) is not None


class OrderDesk:
    """Every method verifies its fields, does the work on the ledger, and gives the answer's fields."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    def pay(self, merchant: Merchant, form: Form) -> Fields:
        reqsn, fen = words.number(form, "reqsn"), words.amount(form, "trxamt")
        paytype = words.required(form, "paytype")
        kind = PAYTYPES.get(paytype)
        if kind is None or (kind.product == "ecny_qr" and paytype != merchant.keys.ecny_paytype):
            raise Refused(words.OTHER, "该交易方式未开通")
        if kind.needs_acct and not form.get("acct"):
            raise NotUnderstood("参数错误:acct不能为空")
        if is_taken(self._core, merchant, reqsn):
            raise Refused(words.REPEATED, "流水号重复")
        now_ms = self._core.clock.now_ms()
        expires_at_ms = _expiry(form, now_ms)
        if expires_at_ms <= now_ms:
            raise Refused(words.OTHER, "订单已失效")
        if fen > merchant.keys.single_limit_fen:
            raise Refused(words.CONTROLLED, "交易金额超过单笔限额")
        order = self._core.ledger.add(
            Order(
                account=merchant.channel_id,
                channel_order_no=reqsn,
                product=kind.product,
                amount_fen=fen,
                subject=form.get("body", "") or merchant.spec.name,
                notify_url=form.get("notify_url", ""),
                return_url=form.get("front_url", ""),
                created_at_ms=now_ms,
                expires_at_ms=expires_at_ms,
                wallets=[kind.wallet] if kind.wallet in merchant.spec.wallets else [],
                extra={TRXID: new_trxid(self._core)},
            )
        )
        token = self._core.ids.nonce()
        self._core.ledger.give_credential(order, token)
        return {
            "reqsn": reqsn,
            TRXID: order.extra[TRXID],
            "trxstatus": words.SUCCESS,
            "payinfo": payinfo(merchant, paytype, token, now_ms, form.get("sub_appid", "")),
        }

    def query(self, merchant: Merchant, form: Form) -> Fields:
        return find_any(self._core, merchant, form.get("reqsn", ""), form.get("trxid", ""), "reqsn")

    def close(self, merchant: Merchant, form: Form) -> Fields:
        old = form.get("oldreqsn", "")
        order = find_order(self._core, merchant, old, form.get("oldtrxid", ""))
        if order is None:
            raise Refused(words.NOT_EXIST, "交易不存在")
        if order.received:
            raise Refused(words.OTHER, "原交易已支付，不能关闭")
        if order.product.startswith(_NOT_CLOSABLE):
            raise Refused(words.OTHER, "该交易类型不支持关闭")
        if order.product == "alipay_precreate" and SCANNED not in order.extra:
            # Behind the provider stands Alipay, which knows no trade before the customer scans.
            raise Refused(words.OTHER, "买家未扫码，原交易不存在")
        if order.state is OrderState.OPEN:
            self._core.ledger.close(order)
        return {"trxstatus": words.SUCCESS}


def find_any(core: SandboxCore, merchant: Merchant, number: str, trxid: str, name: str) -> Fields:
    """A query finds payments, cancels and refunds alike."""
    if not number and not trxid:
        raise NotUnderstood(f"参数错误:{name}和trxid不能同时为空")
    order = find_order(core, merchant, number, trxid)
    if order is not None:
        return order_fields(order, name)
    found = core.ledger.find_refund(merchant.channel_id, number) if number else None
    called_off = find_called_off(core, merchant, number)
    if called_off is not None:
        return called_off_fields(called_off, name)
    if found is None:
        raise Refused(words.NOT_EXIST, "交易不存在")
    return refund_fields(*found, name)


def find_called_off(core: SandboxCore, merchant: Merchant, number: str) -> Order | None:
    """The unpaid order that was cancelled under this number."""
    mine = (order for order in core.ledger if order.account == merchant.channel_id)
    return next((order for order in mine if number and order.extra.get(CANCELLED) == number), None)


def _expiry(form: Form, now_ms: int) -> int:
    if form.get("expiretime"):
        return words.read_time(form["expiretime"], "expiretime")
    return now_ms + words.minutes(form, "validtime", DEFAULT_VALID_MIN, LONGEST_VALID_MIN) * MINUTE_MS
