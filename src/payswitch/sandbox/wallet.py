"""The shopper's wallet: opens a credential, and pays it if the order, the wallet and the balance allow."""

from __future__ import annotations

import msgspec

from payswitch.sandbox.banks import SLUGS, card_behind
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import ActiveFault, FaultKind, first, total
from payswitch.sandbox.ledger import Order, OrderState
from payswitch.sandbox.wire import Credential, WalletProblem

RESULTS = {
    "paid": "支付成功 / Paid",
    "insufficient_balance": "余额不足 / Not enough money",
    "closed": "订单已关闭 / The order is closed",
    "expired": "订单已过期 / The order has expired",
    "not_found": "无法识别的付款码 / This code leads nowhere",
    "wrong_wallet": "请使用其他钱包付款 / Another wallet is needed",
    "wallet_error": "支付失败，请稍后重试 / The payment failed, try again later",
    "already_paid": "订单已支付 / Paid already",
}
"""Every result of a payment, with its words for the shopper."""


class PayRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shopper confirms a payment. `balance_fen = None` means: enough."""

    credential: Credential
    wallet: str
    payer: str = "shopper"
    bank: str | None = None
    """Whose card they chose in the wallet: `icbc`, ...; empty: the wallet's balance. None: the payer's usual one."""
    balance_fen: int | None = None

    def __post_init__(self) -> None:
        """ValueError (msgspec turns it into a ValidationError) for a bank that does not exist."""
        if self.bank and self.bank not in SLUGS:
            raise ValueError(f"bank is one of {sorted(SLUGS)}, or empty")


class PayResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper sees. `channel_order_no` is absent when the code led nowhere."""

    result: str
    message: str
    account: str | None = None
    channel_order_no: str | None = None


class Wallet:
    """All wallets of the sandbox; which one is used stands in the request."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    def scan(self, credential: Credential) -> Order | WalletProblem:
        """Ask each family whether the credential is its own. A provider's WeChat order has a prepay id like WeChat's
        own, so "looks like mine, but I do not know it" is the answer only when no other family knows it either. A
        payment code (付款码) that was scanned stands for the order that the shopper is asked about."""
        asked = self._core.payment_codes.asked(credential.content.strip())
        if asked is not None:
            return asked
        problem: WalletProblem | None = None
        for wire in self._core.wires:
            found = wire.scan(credential)
            if isinstance(found, WalletProblem) and found.result == "not_found":
                problem = problem or found
            elif found is not None:
                return found
        return problem or WalletProblem(result="not_found", message=RESULTS["not_found"])

    async def pay(self, request: PayRequest) -> PayResult:
        """Confirm. Money moves at most once an order, however many shoppers press at the same moment."""
        found = self.scan(request.credential)
        if isinstance(found, WalletProblem):
            return _result(found.result, found.order, found.message)
        bank = card_behind(request.wallet, request.payer, request.bank)
        picked = self._core.faults.pick(found.account, "pay", found.product, found.amount_fen, bank)
        delay_s = total(picked, FaultKind.LATENCY, ActiveFault.delay_s)
        if delay_s:
            await self._core.pause(delay_s)
            again = self.scan(request.credential)
            if isinstance(again, WalletProblem):
                return _result(again.result, again.order, again.message)
        return self._settle(found, request, failing=first(picked, FaultKind.WALLET_ERROR) is not None)

    def _settle(self, order: Order, request: PayRequest, *, failing: bool) -> PayResult:
        """No await in here: the state that is checked is the state that is changed."""
        refusal = self._refusal(order, request, failing=failing)
        if refusal is not None:
            return _result(refusal, order)
        wire = self._core.wire_of(order.account)
        self._core.ledger.pay(
            order, transaction_id=wire.transaction_id(order), payer=request.payer, wallet=request.wallet
        )
        self._core.notifier.start(order, "paid")
        return _result("paid", order)

    @staticmethod
    def _refusal(order: Order, request: PayRequest, *, failing: bool) -> str | None:
        if order.received:
            return "already_paid"
        if order.state is OrderState.CLOSED:
            return "expired" if order.expired else "closed"
        if request.wallet not in order.wallets:
            return "wrong_wallet"
        if failing:
            return "wallet_error"
        if request.balance_fen is not None and request.balance_fen < order.amount_fen:
            return "insufficient_balance"
        return None


def _result(result: str, order: Order | None, message: str = "") -> PayResult:
    return PayResult(
        result=result,
        message=message or RESULTS[result],
        account=order.account if order is not None else None,
        channel_order_no=order.channel_order_no if order is not None else None,
    )
