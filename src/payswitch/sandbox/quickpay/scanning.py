"""付款码 (`unitorder/scanqrpay`): the merchant scanned the code in a customer's wallet; the call debits."""

from __future__ import annotations

from payswitch.kit.durations import MINUTE_MS
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.payment_codes import SHAPES, CodeProblem, Debited, PaymentCode
from payswitch.sandbox.quickpay import words
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.orders import is_taken, new_trxid
from payswitch.sandbox.quickpay.views import TRXID, fail, order_fields, status_of
from payswitch.sandbox.quickpay.words import Fields, Form, Refused

ASKING_MIN = 5
"""So long may the customer take to type the password."""
SUFFIX = "_code"

_PROBLEMS = {
    CodeProblem.UNKNOWN: "付款码无效，请重新扫码",
    CodeProblem.EXPIRED: "二维码已过期，请用户刷新后再试",
    CodeProblem.USED: "付款码错误，每个二维码仅限使用一次",
}
_FAILURES = {Debited.POOR: "账户余额不足", Debited.FAILED: "用户支付失败"}


def product_of_code(code: str) -> str | None:
    """Whose wallet shows such codes, as a product."""
    for wallet in ("wechat", "alipay", "unionpay"):
        if code.startswith(tuple(SHAPES[wallet].prefixes)):
            return wallet + SUFFIX
    return None


class ScanDesk:
    """Orders of the products `wechat_code`, `alipay_code`, `unionpay_code`."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    def scan(self, merchant: Merchant, form: Form) -> Fields:
        reqsn, fen = words.number(form, "reqsn"), words.amount(form, "trxamt")
        code = words.required(form, "authcode")
        if is_taken(self._core, merchant, reqsn):
            raise Refused(words.REPEATED, "流水号重复")
        if fen > merchant.keys.single_limit_fen:
            raise Refused(words.CONTROLLED, "交易金额超过单笔限额")
        shown = self._core.payment_codes.redeem(code, merchant.spec.wallets)
        if isinstance(shown, CodeProblem):
            raise Refused(words.OTHER, _PROBLEMS[shown])
        order = self._order(merchant, form, shown, reqsn, fen)
        debited = self._core.payment_codes.debit(order, shown)
        if debited in _FAILURES:
            self._core.ledger.remember(order, **fail(words.OTHER, _FAILURES[debited]))
            self._core.ledger.close(order)
        status, message = status_of(order)
        fields = order_fields(order, "reqsn")
        kept = {name: fields.get(name, "") for name in ("reqsn", TRXID, "fintime", "acct")}
        return {**kept, "trxstatus": status, "errmsg": message}

    def _order(self, merchant: Merchant, form: Form, shown: PaymentCode, reqsn: str, fen: int) -> Order:
        now_ms = self._core.clock.now_ms()
        return self._core.ledger.add(
            Order(
                account=merchant.channel_id,
                channel_order_no=reqsn,
                product=shown.wallet + SUFFIX,
                amount_fen=fen,
                subject=form.get("body", "") or merchant.spec.name,
                notify_url=form.get("notify_url", ""),
                created_at_ms=now_ms,
                expires_at_ms=now_ms + ASKING_MIN * MINUTE_MS,
                wallets=[shown.wallet],
                credential=shown.code,
                extra={TRXID: new_trxid(self._core)},
            )
        )
