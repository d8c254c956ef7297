"""What the rules look at: one picture of the service, gathered beforehand, so that rules are plain functions of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class LaneView(msgspec.Struct, frozen=True, kw_only=True):
    """One product of one channel, as one node sees it."""

    merchant_id: str
    channel_id: str
    name: str
    product: str
    state: str
    """Of its breaker."""
    state_since_ms: int
    reason: tuple[str, str] = ("", "")
    """Why the breaker moved last, in the brain's words, zh and en."""
    good: int = 0
    bad: int = 0
    """Calls of the window that the channel answered well, or failed. Payers' matters are in neither."""
    calls: int = 0
    p95_ms: float | None = None
    lately_good: int = 0
    lately_bad: int = 0
    lately_p95_ms: float | None = None
    """The same of the last minute alone: what is over is not told as if it had just begun."""
    error: str = ""
    """Code of the last call that failed."""
    moved: int = 0
    """Payments that the switch took from here to another channel, since the trouble began."""
    saved: int = 0
    saved_fen: int = 0
    """Of those, paid elsewhere."""

    @property
    def subject(self) -> str:
        return f"{self.channel_id}/{self.product}"


class OpenMoney(msgspec.Struct, frozen=True, kw_only=True):
    """Attempts at one channel and product that have not ended."""

    merchant_id: str
    channel_id: str
    name: str
    product: str
    shown: int = 0
    shown_fen: int = 0
    """A customer has the credential in front of them."""
    unknown: int = 0
    unknown_fen: int = 0
    unknown_since_ms: int = 0
    """Nobody knows yet whether they were debited."""


class ShopView(msgspec.Struct, frozen=True, kw_only=True):
    """One shop in the window, and against its own past."""

    merchant_id: str
    shop_id: str
    name: str
    paid: int = 0
    ours: int = 0
    silent: int = 0
    payer: int = 0
    ours_fen: int = 0
    window_from_ms: int = 0
    fallen: str = ""
    """Which chart of the sequential test speaks: `ours`, `unpaid`; empty: none."""
    fallen_since_ms: int = 0
    usual: float = 0.0
    """The usual share of payments that are paid, of those that were not the payer's own matter."""
    recent: float = 0.0
    """The same since the trouble began."""
    failed: int = 0
    failed_fen: int = 0
    """What did not come since then."""
    last_created_ms: int = 0
    expected: float = 0.0
    """Payments that the shop's own pattern would have brought since its last one; 0: it has no pattern yet."""


class RefundView(msgspec.Struct, frozen=True, kw_only=True):
    merchant_id: str
    count: int
    amount_fen: int
    oldest_ms: int


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """Events that a shop has not taken."""

    merchant_id: str
    shop_id: str
    name: str
    count: int
    oldest_ms: int
    tries: int
    error: str
    dead: int = 0
    """Given up in the last day."""


class CertificateView(msgspec.Struct, frozen=True, kw_only=True):
    merchant_id: str
    channel_id: str
    name: str
    key: str
    ends_at_ms: int


class QuotaView(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract lets a channel take."""

    merchant_id: str
    channel_id: str
    name: str
    period: str
    """`day` or `month`."""
    used_fen: int
    cap_fen: int
    began_ms: int


class TroubleView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was written down as wrong with a channel: a refused configuration, a bill that does not come."""

    merchant_id: str
    subject: str
    name: str
    since_ms: int
    detail: str


class AuditView(msgspec.Struct, frozen=True, kw_only=True):
    number: str
    name: str
    title: str
    title_zh: str
    rows: int
    more: bool
    since_ms: int


class ReceiverView(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver whose last messages did not arrive."""

    merchant_id: str
    receiver_id: str
    name: str
    failures: int
    dead: int
    since_ms: int
    error: str


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Everything, at one moment."""

    now_ms: int
    lanes: Sequence[LaneView] = ()
    money: Sequence[OpenMoney] = ()
    shops: Sequence[ShopView] = ()
    surplus: Sequence[RefundView] = ()
    abnormal: Sequence[RefundView] = ()
    events: Sequence[EventView] = ()
    certificates: Sequence[CertificateView] = ()
    quotas: Sequence[QuotaView] = ()
    refused: Sequence[TroubleView] = ()
    bills: Sequence[TroubleView] = ()
    audits: Sequence[AuditView] = ()
    receivers: Sequence[ReceiverView] = ()
