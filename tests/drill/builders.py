"""Small payments, ledgers and visits for the drill's tests, each with sensible values for what a test leaves out."""

from __future__ import annotations

from typing import Any

import msgspec

from payswitch.domain.channel import CredentialKind, Environment, Method
from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.drill.shop import ShopEvent
from payswitch.drill.shopper import Shopper
from payswitch.drill.views import AttemptView, CodeView, LedgerEntry, LedgerRefund, PaymentView, RefundView


def shopper(**changes: Any) -> Shopper:
    base = Shopper(
        number=2,
        arrives_s=0.0,
        amount_fen=8_800,
        environment=Environment.MOBILE,
        device="ios",
        user_agent="Mozilla/5.0 (iPhone)",
        money={"wechat": True, "alipay": True},
        leaves=False,
        changes_mind=False,
        pays_old_code=False,
        is_new=False,
        patience_s=10.0,
        switches=2,
        think_s=(1.0,),
        retry_pause_s=(1.0,),
    )
    return msgspec.structs.replace(base, **changes)


def attempt(ordinal: int = 1, **changes: Any) -> AttemptView:
    base = AttemptView(
        attempt_id=f"att_{ordinal}",
        ordinal=ordinal,
        channel_id="wechat-main",
        channel_order_no=f"PS{ordinal}",
        state=AttemptState.SUCCEEDED,
        surplus=False,
        amount_fen=8_800,
        refunded_fen=0,
        created_at_ms=1_000 * ordinal,
        started_at_ms=1_000 * ordinal,
        exposed_at_ms=1_000 * ordinal + 50,
    )
    return msgspec.structs.replace(base, **changes)


def payment(*attempts: AttemptView, **changes: Any) -> PaymentView:
    """A succeeded payment whose first succeeded attempt without surplus is its winner."""
    winner = next((a.attempt_id for a in attempts if a.state is AttemptState.SUCCEEDED and not a.surplus), None)
    base = PaymentView(
        payment_id="pay_1",
        out_trade_no="N000001",
        amount_fen=8_800,
        state=PaymentState.SUCCEEDED if winner else PaymentState.CLOSED,
        winner_attempt_id=winner,
        attempts=attempts,
    )
    return msgspec.structs.replace(base, **changes)


def refund(of: AttemptView, **changes: Any) -> RefundView:
    base = RefundView(
        refund_id="ref_1",
        attempt_id=of.attempt_id,
        out_refund_no="R1",
        amount_fen=of.amount_fen,
        state=RefundState.SUCCEEDED,
    )
    return msgspec.structs.replace(base, **changes)


def entry(of: AttemptView, *refunds_fen: int, **changes: Any) -> LedgerEntry:
    """The channel's line about this attempt, as it should be."""
    state = "paid" if not refunds_fen else "refunded" if sum(refunds_fen) == of.amount_fen else "partly_refunded"
    base = LedgerEntry(
        n=of.ordinal,
        account=of.channel_id,
        channel_order_no=of.channel_order_no,
        amount_fen=of.amount_fen,
        state=state,
        refunds=tuple(
            LedgerRefund(out_refund_no=f"R{n}", amount_fen=fen, state="succeeded") for n, fen in enumerate(refunds_fen)
        ),
    )
    return msgspec.structs.replace(base, **changes)


def event(of: PaymentView, kind: str = "payment.succeeded", number: int = 1, **changes: Any) -> ShopEvent:
    base = ShopEvent(
        event_id=f"evt_{number}",
        type=kind,
        sequence=number,
        payment_id=of.payment_id,
        out_trade_no=of.out_trade_no,
        amount_fen=of.amount_fen,
        received_at_ms=0,
    )
    return msgspec.structs.replace(base, **changes)


def code(method: Method = Method.WECHAT, channel_id: str = "wechat-main", attempt_id: str = "att_1") -> CodeView:
    return CodeView(
        attempt_id=attempt_id, channel_id=channel_id, method=method, kind=CredentialKind.QR, content=f"{attempt_id}"
    )


class InstantClock:
    """Sleeping passes the time without waiting for it."""

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000.0

    def now_ms(self) -> int:
        return int(self.ms)

    def monotonic_ms(self) -> float:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.ms += seconds * 1_000
