"""授权凭据: what the customer gave for one debit, read and sorted, and carried as a secret from here on."""

from __future__ import annotations

import hashlib

import msgspec

from payswitch.domain.channel import Consent, Method
from payswitch.domain.errors import CONSENT_UNUSABLE, PaySwitchError
from payswitch.kit.secrets import Secret
from payswitch.services.commands import ConfirmPayment, CreatePayment

_WALLETS: tuple[tuple[range, Method], ...] = (
    (range(10, 16), Method.WECHAT),
    (range(25, 31), Method.ALIPAY),
    (range(62, 63), Method.UNIONPAY),
)
"""Whose wallet shows codes that begin with these two digits: WeChat 10-15 (18 digits), Alipay 25-30 (16 to 24 digits),
UnionPay 62 (19 digits); from their public documents."""
SHORTEST_CODE, LONGEST_CODE = 16, 24


class Given(msgspec.Struct, frozen=True):
    """One consent, used for one debit and then forgotten."""

    kind: Consent
    secret: Secret
    method: Method | None = None
    """The wallet that a payment code belongs to: no other can be debited with it."""

    @property
    def wish(self) -> str:
        """A name for this very consent that does not give it away: two presses of one button are the same."""
        return f"{self.kind} {hashlib.sha256(self.secret.reveal().encode()).hexdigest()}"


def of_create(command: CreatePayment) -> Given | None:
    """The payment code that came with the order, if one did."""
    return None if command.payment_code is None else payment_code(command.payment_code)


def of_confirm(command: ConfirmPayment) -> Given:
    """The one consent of a confirmation. Raises `consent_unusable` for none or several."""
    given = {
        Consent.SMS_CODE: command.sms_code,
        Consent.PAYMENT_CODE: command.payment_code,
        Consent.APPLE_PAY_TOKEN: command.apple_pay_token,
    }
    named = [(kind, text) for kind, text in given.items() if text is not None]
    if len(named) != 1:
        names = ", ".join(given)
        raise PaySwitchError(
            CONSENT_UNUSABLE,
            f"give exactly one of {names}",
            f"{names} 须且只能填写一项",
            errors=[{"field": kind.value, "message": "exactly one of them / 须且只能填写一项"} for kind in given],
        )
    kind, text = named[0]
    return payment_code(text) if kind is Consent.PAYMENT_CODE else Given(kind, Secret(text))


def payment_code(text: str) -> Given:
    """A scanned payment code and the wallet it belongs to. The code itself is never quoted."""
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit() and SHORTEST_CODE <= len(digits) <= LONGEST_CODE:
        first = int(digits[:2])
        for prefixes, method in _WALLETS:
            if first in prefixes:
                return Given(Consent.PAYMENT_CODE, Secret(digits), method)
    raise PaySwitchError(
        CONSENT_UNUSABLE,
        "this is no payment code of a known wallet; scan the code once more",
        "付款码无法识别，请重新扫码",
        errors=[
            {
                "field": "payment_code",
                "message": "16 to 24 digits that begin with 10-15 (WeChat), 25-30 (Alipay) or 62 (UnionPay) / "
                "须为 16 到 24 位数字，以 10-15（微信）、25-30（支付宝）或 62（银联）开头",
            }
        ],
    )
