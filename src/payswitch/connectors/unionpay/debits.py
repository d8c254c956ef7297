"""付款码 (QR B2C, 01/06): the cashier scans the code in the customer's wallet, and the message takes the money."""

from __future__ import annotations

import re
from typing import Final

from payswitch.connectors.unionpay.products import ProductSpec, order_request
from payswitch.domain.exchange import DebitOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.secrets import Secret

_PAYMENT_CODE: Final = re.compile(r"62[0-9]{17}", re.ASCII)
"""19 digits, 62 first [O: `qrNo` of the interface]."""
NO_CODE: Final = Outcome(
    kind=OutcomeKind.REFUSED_PAYER,
    code="payment_code_format",
    message="not a UnionPay payment code: 19 digits beginning with 62 / 不是银联付款码：应为 62 开头的 19 位数字",
)


def is_payment_code(consent: Secret) -> bool:
    """Whether this can be a code of a wallet under UnionPay at all."""
    return _PAYMENT_CODE.fullmatch(consent.reveal()) is not None


def debit_request(debit: DebitOrder, spec: ProductSpec, *, term_id: str) -> dict[str, str]:
    """The order's message with the customer's code in it: the one place where the code is written down.

    `payTimeout` goes with it, so that a message which arrives late debits nobody; that the code interface heeds it is
    not confirmed.
    """
    return {**order_request(debit.order, spec), "qrNo": debit.consent.reveal(), "termId": term_id}
