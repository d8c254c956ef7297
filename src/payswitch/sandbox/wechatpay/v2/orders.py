"""付款码 by V2's rules: debit by a code, ask, reverse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from payswitch.kit.clock import BEIJING
from payswitch.kit.durations import DAY_MS
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState, Refund, RefundState
from payswitch.sandbox.payment_codes import CodeProblem, Debited, PaymentCode
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.objects import ASKING, PRODUCT_OF_CODES, REVERSED, trade_state
from payswitch.sandbox.wechatpay.v2.refusals import Refused
from payswitch.sandbox.wechatpay.v2.states import paid_fields, shown

DEFAULT_LIFE_MS = 60_000
"""How long the password page waits when the merchant names no `time_expire` [M]."""
LEAST_LIFE_MS = 60_000
REVERSE_NOT_BEFORE_MS = 15_000
"""A reversal right after the debit is told to come again (the documents ask for 15 s)."""
REVERSE_UNTIL_MS = 7 * DAY_MS
PAYER_OF = "payer_of_code"
_NEEDED = ("body", "out_trade_no", "total_fee", "spbill_create_ip", "auth_code")
_NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{6,32}", re.ASCII)
_FEE = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_CODE = re.compile(r"[0-9]{18}", re.ASCII)
_PROBLEMS = {
    CodeProblem.EXPIRED: "AUTHCODEEXPIRE",
    CodeProblem.USED: "AUTHCODEEXPIRE",
    CodeProblem.UNKNOWN: "AUTH_CODE_INVALID",
}


class CodeDesk:
    """All accounts' payments by code; the ledger keeps them apart."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    def micropay(self, account: WechatAccount, fields: Mapping[str, str]) -> dict[str, str]:
        """Debit. The same number again is the same order: paid, reversed, or still to be paid with a fresh code."""
        _check(fields)
        expires_at_ms = self._expiry(fields)
        order = self._core.ledger.find(account.spec.channel_id, fields["out_trade_no"])
        if order is not None:
            _check_again(order, fields)
        found = self._core.payment_codes.redeem(fields["auth_code"], account.spec.wallets)
        if isinstance(found, CodeProblem):
            raise Refused(_PROBLEMS[found])
        if order is None:
            order = self._core.ledger.add(self._new(account, fields, found, expires_at_ms))
        elif order.extra[PAYER_OF] != found.payer:
            raise Refused("BUYER_MISMATCH")
        else:
            self._core.ledger.give_credential(order, found.code)
        return self._debited(account, order, self._core.payment_codes.debit(order, found))

    def _debited(self, account: WechatAccount, order: Order, became: Debited) -> dict[str, str]:
        if became is Debited.PAID:
            return paid_fields(order, account.keys)
        if became is Debited.ASKING:
            self._core.ledger.remember(order, **{ASKING: "yes"})
            raise Refused("USERPAYING")
        raise Refused("NOTENOUGH" if became is Debited.POOR else "BANKERROR")

    def query(self, account: WechatAccount, fields: Mapping[str, str]) -> dict[str, str]:
        order = self._named(account, fields)
        if order is None:
            raise Refused("ORDERNOTEXIST")
        return shown(order, account.keys, trade_state(order))

    def reverse(self, account: WechatAccount, fields: Mapping[str, str]) -> dict[str, str]:
        """Unpaid: closed. Paid: given back. As often as it is asked for."""
        order, now_ms = self._named(account, fields), self._core.clock.now_ms()
        if order is None:
            raise Refused("ORDERNOTEXIST", recall="N")
        if order.extra.get(REVERSED) or (order.state is OrderState.CLOSED and not order.received):
            return {"recall": "N"}
        if now_ms < order.created_at_ms + REVERSE_NOT_BEFORE_MS:
            raise Refused("SYSTEMERROR", recall="Y")
        if now_ms > order.created_at_ms + REVERSE_UNTIL_MS:
            raise Refused("REVERSE_EXPIRE", recall="N")
        if order.refunds:
            raise Refused("TRADE_STATE_ERROR", "订单已有退款", recall="N")
        self._undo(order, now_ms)
        return {"recall": "N"}

    def _undo(self, order: Order, now_ms: int) -> None:
        ledger = self._core.ledger
        ledger.remember(order, **{REVERSED: "yes"})
        if not order.received:
            ledger.close(order)
            return
        back = Refund(
            out_refund_no=f"REVERSE-{order.channel_order_no}",
            refund_id=f"5000{order.n:024d}",
            amount_fen=order.amount_fen,
            created_at_ms=now_ms,
            reason="撤销",
            state=RefundState.SUCCEEDED,
            settled_at_ms=now_ms,
        )
        ledger.add_refund(order, back)

    def _named(self, account: WechatAccount, fields: Mapping[str, str]) -> Order | None:
        ledger, channel_id = self._core.ledger, account.spec.channel_id
        if fields.get("transaction_id"):
            return ledger.find_by_transaction(channel_id, fields["transaction_id"])
        if not fields.get("out_trade_no"):
            raise Refused("PARAM_ERROR", "transaction_id和out_trade_no至少传一个")
        return ledger.find(channel_id, fields["out_trade_no"])

    def _expiry(self, fields: Mapping[str, str]) -> int:
        now_ms = self._core.clock.now_ms()
        text = fields.get("time_expire", "")
        if not text:
            return now_ms + DEFAULT_LIFE_MS
        try:
            moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
        except ValueError:
            raise Refused("PARAM_ERROR", "time_expire格式错误") from None
        expires_at_ms = int(moment.timestamp()) * 1_000
        if expires_at_ms < now_ms + LEAST_LIFE_MS:
            raise Refused("PARAM_ERROR", "time_expire时间过短，刷卡至少1分钟，其他5分钟")
        return expires_at_ms

    def _new(self, account: WechatAccount, fields: Mapping[str, str], found: PaymentCode, expires_at_ms: int) -> Order:
        return Order(
            account=account.spec.channel_id,
            channel_order_no=fields["out_trade_no"],
            product=PRODUCT_OF_CODES,
            amount_fen=int(fields["total_fee"]),
            subject=fields["body"],
            notify_url="",
            created_at_ms=self._core.clock.now_ms(),
            expires_at_ms=expires_at_ms,
            wallets=[found.wallet],
            credential=found.code,
            extra={"attach": fields.get("attach", ""), PAYER_OF: found.payer},
        )


def _check(fields: Mapping[str, str]) -> None:
    missing = next((name for name in _NEEDED if not fields.get(name)), None)
    if missing is not None:
        raise Refused("LACK_PARAMS", f"缺少参数{missing}")
    if not _NUMBER.fullmatch(fields["out_trade_no"]) or not _FEE.fullmatch(fields["total_fee"]):
        raise Refused("PARAM_ERROR")
    if fields.get("fee_type", "CNY") != "CNY" or len(fields["body"].encode()) > 128:
        raise Refused("PARAM_ERROR")
    if not _CODE.fullmatch(fields["auth_code"]):
        raise Refused("AUTH_CODE_ERROR", "授权码参数错误")


def _check_again(order: Order, fields: Mapping[str, str]) -> None:
    """A number that was used: whether it may be paid with another code."""
    if order.extra.get(REVERSED):
        raise Refused("ORDERREVERSED")
    if order.received:
        raise Refused("ORDERPAID")
    if order.state is OrderState.CLOSED:
        raise Refused("ORDERCLOSED")
    if order.product != PRODUCT_OF_CODES or str(order.amount_fen) != fields["total_fee"]:
        raise Refused("OUT_TRADE_NO_USED")
    if order.extra.get(ASKING):
        raise Refused("USERPAYING")
