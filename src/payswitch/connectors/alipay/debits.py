"""付款码: `alipay.trade.pay` takes the money of a code that the cashier scanned, `alipay.trade.cancel` undoes it when
nobody knows whether it did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from payswitch.connectors.alipay.answers import refused, untrusted
from payswitch.connectors.alipay.codes import SUCCESS, WAITING
from payswitch.connectors.alipay.wire import Fields, fen_of, ms_of, text_of
from payswitch.connectors.codes import Operation
from payswitch.domain.exchange import OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.secrets import Secret

CANCEL: Final = "alipay.trade.cancel"

_PAYMENT_CODE: Final = re.compile(r"(?:2[5-9]|30)[0-9]{14,22}", re.ASCII)
"""16 to 24 digits, 25 to 30 first [O: the field's own description]."""
NO_CODE: Final = Outcome(
    kind=OutcomeKind.REFUSED_PAYER,
    code="payment_code_format",
    message="not an Alipay payment code: 16 to 24 digits beginning with 25 to 30 / "
    "不是支付宝付款码：应为 25~30 开头的 16~24 位数字",
)
_ACTIONS: Final = frozenset({"close", "refund", ""})
"""What a cancel did: closed an unpaid trade, gave a paid one back, or found no trade."""


def is_payment_code(consent: Secret) -> bool:
    """Whether this can be a code of Alipay's wallet at all."""
    return _PAYMENT_CODE.fullmatch(consent.reveal()) is not None


def debit_content(content: Mapping[str, Any], consent: Secret) -> dict[str, Any]:
    """The order's text with the customer's code in it: the one place where the code is written down."""
    return {**content, "scene": "bar_code", "auth_code": consent.reveal()}


def debit_answered(fields: Fields, channel_order_no: str, *, signed: bool) -> OrderFact:
    """What the answer to `trade.pay` proves.

    `10000` is PAID if amount and trade are named in it, else PENDING: the query names them. `10003` is PENDING: the
    wallet asks for the password. All refusals go by the table of codes.
    """
    code = text_of(fields, "code")
    outcome = _outcome(fields, code, channel_order_no, signed=signed)
    if outcome.kind not in (OutcomeKind.PAID, OutcomeKind.PENDING):
        return OrderFact(channel_order_no=channel_order_no, outcome=outcome)
    amount_fen = fen_of(fields, "total_amount")
    return OrderFact(
        channel_order_no=channel_order_no,
        outcome=outcome,
        amount_fen=amount_fen,
        # As in a query: a trade in another currency names it, and must not pass for yuan.
        currency=None if amount_fen is None else text_of(fields, "trans_currency") or "CNY",
        transaction_id=text_of(fields, "trade_no") or None,
        paid_at_ms=ms_of(fields, "gmt_payment") if outcome.kind is OutcomeKind.PAID else None,
    )


def _outcome(fields: Fields, code: str, channel_order_no: str, *, signed: bool) -> Outcome:
    named = text_of(fields, "out_trade_no")
    if code == SUCCESS and not signed:
        return untrusted("unsigned", "a successful answer without a signature")
    if signed and named != channel_order_no and (named or code == SUCCESS):
        return untrusted("wrong_order_no", "the answer is signed but about another order")
    if code == SUCCESS:
        complete = fen_of(fields, "total_amount") is not None and text_of(fields, "trade_no")
        return Outcome(kind=OutcomeKind.PAID if complete else OutcomeKind.PENDING, code=code)
    if code == WAITING and signed:
        return Outcome(kind=OutcomeKind.PENDING, code=code, message=text_of(fields, "msg")[:200])
    return refused(fields, Operation.DEBIT, signed=signed)


def reversal_answered(fields: Fields) -> Outcome:
    """The successful answer to `trade.cancel`. Only `retry_flag=N` says that it is through.

    No `action` at all means that Alipay knows no trade of this number. It answers so for a wrong number too, and a
    `trade.pay` that is still on its way could arrive after it: query afterwards, never use the number again.
    """
    if text_of(fields, "retry_flag") != "N":
        return Outcome(kind=OutcomeKind.PENDING, code="retry_flag")
    action = text_of(fields, "action")
    if action not in _ACTIONS:
        return Outcome(kind=OutcomeKind.UNKNOWN, code="unknown_action")
    return Outcome(kind=OutcomeKind.CLOSED, code=action or "no_trade")
