"""What alerts need from storage, and from those who carry messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from payswitch.domain.alert import (
    Alert,
    AlertChange,
    AlertGroup,
    Message,
    NodeFindings,
    Notice,
    Receiver,
    RuleSetting,
    SealedReceiver,
    ShopTally,
    Silence,
    Watch,
)
from payswitch.domain.alert_counts import OpenEvents
from payswitch.domain.alert_delivery import Address, Delivery, OpenReceiver
from payswitch.domain.audit import AuditRecord
from payswitch.domain.backlog import OpenAttempts, OpenRefunds
from payswitch.domain.payment import Incident


class AlertStore(Protocol):
    """Alerts and all that belongs to them survive a restart; two nodes may share them."""

    async def change_alerts(self, change: AlertChange) -> None:
        """All of it in one durable transaction. Raises UniqueViolation when another node has opened the same."""
        ...

    async def open_alerts(self) -> Sequence[Alert]: ...

    async def alerts_resolved_since(self, since_ms: int) -> Sequence[Alert]: ...

    async def alerts_of(self, group_id: str) -> Sequence[Alert]: ...

    async def live_groups(self) -> Sequence[AlertGroup]: ...

    async def alert_group(self, group_id: str) -> AlertGroup | None: ...

    async def list_groups(
        self, merchant_id: str, *, live: bool, place: tuple[int, str] | None, limit: int
    ) -> Sequence[AlertGroup]:
        """Newest first. `place`: when the last one of the page before was opened, and its id."""
        ...

    async def notices_of_group(self, group_id: str) -> Sequence[Notice]: ...

    async def notices_of_receiver(self, receiver_id: str, limit: int) -> Sequence[Notice]:
        """Newest first."""
        ...

    async def claim_notices(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Notice]:
        """Due messages, each with its due time moved by the lease: no other node sends it before, and a crash gives it
        back."""
        ...

    async def save_notice(self, notice: Notice) -> None: ...

    async def silences_since(self, since_ms: int) -> Sequence[Silence]:
        """Those that end after this moment, the longest first."""
        ...

    async def silence(self, silence_id: str) -> Silence | None: ...

    async def save_silence(self, silence: Silence) -> None: ...

    async def alert_receivers(self) -> Sequence[SealedReceiver]: ...

    async def save_receiver(self, receiver: SealedReceiver) -> None: ...

    async def drop_receiver(self, receiver_id: str) -> bool: ...

    async def rule_settings(self) -> Sequence[RuleSetting]: ...

    async def save_rule_setting(self, setting: RuleSetting) -> None: ...

    async def save_node_findings(self, node: NodeFindings, forget_before_ms: int) -> None: ...

    async def node_findings(self, since_ms: int) -> Sequence[NodeFindings]: ...

    async def take_lease(self, name: str, holder: str, now_ms: int, until_ms: int) -> bool:
        """Whether the work is this holder's until then."""
        ...

    async def watches(self) -> Sequence[Watch]: ...

    async def shop_hours(self, since_ms: int) -> Sequence[ShopTally]: ...

    async def save_shop_hours(self, tallies: Sequence[ShopTally], forget_before_ms: int) -> None: ...

    async def shop_tallies(self, from_ms: int, to_ms: int, *, age_ms: int, step_ms: int) -> Sequence[ShopTally]:
        """What became of the payments made in this time, by shop and stretch; each judged at the age of `age_ms`."""
        ...

    async def last_payment_ms(self, shop_id: str) -> int:
        """When the shop's newest payment was made; 0: it has none."""
        ...

    async def open_attempt_sums(self) -> Sequence[OpenAttempts]: ...

    async def open_refund_sums(self) -> Sequence[OpenRefunds]: ...

    async def open_event_sums(self) -> Sequence[OpenEvents]: ...

    async def incidents_since(self, since_ms: int, limit: int) -> Sequence[Incident]:
        """Newest first."""
        ...

    async def audits_since(self, since_ms: int) -> Sequence[AuditRecord]:
        """Newest first."""
        ...


class AlertSender(Protocol):
    """Carries messages to people. One implementation for each kind of receiver."""

    def problems(self, receiver: Receiver, address: Address) -> Sequence[str]:
        """What is missing or wrong in an address, in words that do not quote it."""
        ...

    async def deliver(self, to: OpenReceiver, message: Message, notice_id: str, timeout_ms: int) -> Delivery:
        """One try. Never raises for network trouble."""
        ...
