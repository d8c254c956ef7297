"""付款码: the code in a shopper's wallet that a cashier scans. The same for every stand-in that debits by it.

A stand-in's debit call goes so:

    shown = core.payment_codes.redeem(code, account.spec.wallets)   # once; else a CodeProblem to put into its own words
    order = core.ledger.add(Order(..., credential=code, wallets=[shown.wallet]))
    match core.payment_codes.debit(order, shown): ...               # Debited.PAID: the money has moved

After `Debited.ASKING` the order is open and the shopper's phone asks for the password. They confirm like any payment,
with the code as the credential (`POST /_sandbox/wallet/pay`), or say no (`POST /_sandbox/payment-codes/decline`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec

from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource
from payswitch.sandbox.banks import card_behind
from payswitch.sandbox.faults import FaultEngine, FaultKind, first
from payswitch.sandbox.ledger import Ledger, Order, OrderState
from payswitch.sandbox.notifier import Notifier
from payswitch.sandbox.wire import Wire

VALID_S = 60.0
"""A wallet makes a new code every minute [O]."""
ASK_ABOVE_FEN = 100_000
"""Up to 1,000 yuan WeChat and Alipay debit without asking [C]; a code may say otherwise."""
DECLINED = "declined"
"""The note on an order whose owner said no."""


class CodeShape(msgspec.Struct, frozen=True):
    """What a wallet's codes look like."""

    prefixes: Sequence[str]
    length: int


SHAPES = {
    "wechat": CodeShape([str(prefix) for prefix in range(10, 16)], 18),
    "alipay": CodeShape([str(prefix) for prefix in range(25, 31)], 18),
    "huabei": CodeShape([str(prefix) for prefix in range(25, 31)], 18),
    "unionpay": CodeShape(["62"], 19),
}
"""Wallets that show codes. Huabei is paid with Alipay's code: the shopper has chosen it in there."""


class PaymentCode(msgspec.Struct, frozen=True, kw_only=True):
    """One code of one shopper."""

    code: str
    wallet: str
    payer: str
    bank: str
    """Whose card the wallet debits; empty: its own balance."""
    balance_fen: int | None
    """What the shopper has; None: enough."""
    ask_above_fen: int
    """Larger amounts are debited only after the shopper has confirmed."""
    expires_at_ms: int


class CodeProblem(StrEnum):
    """Why a code cannot be redeemed. Nobody was debited, and nobody will be by this code."""

    UNKNOWN = "unknown"
    """No wallet shows it, or one that cannot pay at this account."""
    EXPIRED = "expired"
    USED = "used"


class Debited(StrEnum):
    """What became of a redeemed code."""

    PAID = "paid"
    ASKING = "asking"
    """The order is open; the shopper's phone asks for the password."""
    POOR = "insufficient_balance"
    FAILED = "wallet_error"
    """The shopper's wallet or bank failed (the fault `wallet_error`)."""


class PaymentCodes:
    """All codes that are shown now. They live a minute, so they are in no book; the orders made with them are."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: IdSource,
        ledger: Ledger,
        faults: FaultEngine,
        notifier: Notifier,
        wire_of: Callable[[str], Wire],
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._ledger = ledger
        self._faults = faults
        self._notifier = notifier
        self._wire_of = wire_of
        self._shown: dict[str, PaymentCode] = {}
        self._used: set[str] = set()

    def issue(
        self,
        wallet: str,
        payer: str = "shopper",
        *,
        bank: str | None = None,
        balance_fen: int | None = None,
        ask_above_fen: int = ASK_ABOVE_FEN,
        valid_s: float = VALID_S,
    ) -> PaymentCode:
        """The shopper opens the wallet's code page. KeyError for a wallet that has none."""
        shape = SHAPES[wallet]
        draw = int(self._ids.nonce(), 16)
        prefix = shape.prefixes[draw % len(shape.prefixes)]
        rest = shape.length - len(prefix)
        code = PaymentCode(
            code=f"{prefix}{draw // 7 % 10**rest:0{rest}d}",
            wallet=wallet,
            payer=payer,
            bank=card_behind(wallet, payer, bank),
            balance_fen=balance_fen,
            ask_above_fen=ask_above_fen,
            expires_at_ms=self._clock.now_ms() + int(valid_s * 1_000),
        )
        self._shown[code.code] = code
        return code

    def redeem(self, code: str, wallets: Sequence[str]) -> PaymentCode | CodeProblem:
        """A cashier scanned it at an account that these wallets can pay. It can never be redeemed again."""
        if code in self._used or self._ledger.find_by_credential(code) is not None:
            return CodeProblem.USED
        shown = self._shown.get(code)
        if shown is None or shown.wallet not in wallets:
            return CodeProblem.UNKNOWN
        if self._clock.now_ms() >= shown.expires_at_ms:
            return CodeProblem.EXPIRED
        del self._shown[code]
        self._used.add(code)
        return shown

    def debit(self, order: Order, shown: PaymentCode) -> Debited:
        """Take the money for this open order, or have the shopper asked. Never awaits."""
        picked = self._faults.pick(order.account, "pay", order.product, order.amount_fen, shown.bank)
        if first(picked, FaultKind.WALLET_ERROR):
            return Debited.FAILED
        if order.amount_fen > shown.ask_above_fen:
            return Debited.ASKING
        if shown.balance_fen is not None and shown.balance_fen < order.amount_fen:
            return Debited.POOR
        transaction_id = self._wire_of(order.account).transaction_id(order)
        self._ledger.pay(order, transaction_id=transaction_id, payer=shown.payer, wallet=shown.wallet)
        self._notifier.start(order, "paid")
        return Debited.PAID

    def asked(self, code: str) -> Order | None:
        """The order that this code was redeemed for: what the shopper's phone shows."""
        order = self._ledger.find_by_credential(code)
        return order if order is not None and order.credential == code and _looks_like_one(code) else None

    def decline(self, code: str) -> bool:
        """The shopper says no, or mistypes the password for the last time. False: nobody is asking them."""
        order = self.asked(code)
        if order is None or order.state is not OrderState.OPEN:
            return False
        self._ledger.close(order)
        self._ledger.remember(order, **{DECLINED: "yes"})
        return True


def _looks_like_one(code: str) -> bool:
    return code.isascii() and code.isdigit() and any(len(code) == shape.length for shape in SHAPES.values())
