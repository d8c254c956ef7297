"""顾客付款: what a customer does with what the shop hands them: scan a code, show one, type an SMS code.

Everything over HTTP: the shop's side through the switch's API, the customer's side through the sandbox's wallets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from payswitch.domain.channel import Method, Product
from payswitch.drill.client import Answer, DrillError, SandboxApi, SwitchApi
from payswitch.drill.views import CodeView

T = TypeVar("T")

CARD_BINS: Final[Mapping[str, str]] = {
    "icbc": "622202",
    "ccb": "621700",
    "abc": "622848",
    "cmb": "622588",
    "boc": "621661",
}
"""The first six digits by which the sandbox tells whose card it is."""

CODE_WALLETS: Final[Mapping[Product, str]] = {
    Product.WECHAT_CODE: "wechat",
    Product.ALIPAY_CODE: "alipay",
    Product.UNIONPAY_CODE: "unionpay",
}
"""Products that the shop debits by a code in the customer's wallet (付款码)."""

WALLETS: Final[Mapping[Method, Sequence[str]]] = {
    Method.HUABEI: ("huabei", "alipay"),
    Method.UNIONPAY: ("unionpay", "bank"),
    Method.WECHAT: ("wechat",),
    Method.ALIPAY: ("alipay",),
    Method.ECNY: ("ecny",),
    Method.APPLE_PAY: ("apple_pay", "unionpay"),
    Method.HUAWEI_PAY: ("huawei_pay", "unionpay"),
    Method.MI_PAY: ("mi_pay", "unionpay"),
    Method.SAMSUNG_PAY: ("samsung_pay", "unionpay"),
    Method.VIVO_PAY: ("vivo_pay", "unionpay"),
}
"""Wallets on the customer's phone that can pay with a method, the usual one first."""


class SignedCard(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's card that the shop may debit."""

    customer_id: str
    bank: str
    agreement_id: str
    mobile: str


class _Agreement(msgspec.Struct, frozen=True, kw_only=True):
    agreement_id: str
    state: str


class CardOffice:
    """Signs customers' cards up, as the shop's page does with the customer at the keyboard."""

    def __init__(self, switch: SwitchApi, sandbox: SandboxApi) -> None:
        self._switch = switch
        self._sandbox = sandbox

    async def sign(self, bank: str, number: int) -> SignedCard:
        """The card of customer `number` at this bank: applied for, SMS read, confirmed. DrillError when it fails."""
        mobile = f"138{number:08d}"
        order = {
            "customer_id": f"customer-{number}",
            "bank": bank,
            "card_no": f"{CARD_BINS[bank]}{number:09d}4242",
            "id_no": "110101199003070000",
            "name": "沙箱顾客",
            "mobile": mobile,
        }
        applied = read(await self._switch.post("/v1/agreements", order), _Agreement, "sign a card up")
        signed = read(
            await self._switch.post(
                f"/v1/agreements/{applied.agreement_id}/confirm", {"sms_code": await self._sandbox.newest_sms(mobile)}
            ),
            _Agreement,
            "confirm a card",
        )
        return SignedCard(customer_id=f"customer-{number}", bank=bank, agreement_id=signed.agreement_id, mobile=mobile)


def apple_session_wish(account: Mapping[str, str]) -> dict[str, object]:
    """What the shop's page sends on when Apple's sheet asks it to prove whose page it is."""
    return {"validation_url": _VALIDATION_URL, "domain": account["domains"].split(",")[0].strip()}


_VALIDATION_URL: Final = "https://cn-apple-pay-gateway.apple.com/paymentservices/paymentSession"
"""What the browser gets from Apple; the switch compares it and calls the address of its own account."""


async def scan_and_pay(sandbox: SandboxApi, code: CodeView, method: Method, payer: str) -> bool:
    """Confirm a shown credential in the first wallet that takes it."""
    for wallet in WALLETS[method]:
        answer = await sandbox.pay(code, wallet, payer, enough=True)
        if answer is not None and answer.result == "paid":
            return True
    return False


def read(answer: Answer, kind: type[T], what: str) -> T:
    """The answer to a call that must succeed. DrillError with the problem's text otherwise."""
    if answer.status not in (200, 201):
        text = answer.body[:600].decode("utf-8", "replace")
        raise DrillError(f"could not {what}: HTTP {answer.status}: {text}")
    return answer.read(kind)
