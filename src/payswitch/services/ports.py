"""What the services need from the outside world: protocols, implemented elsewhere, wired in `app.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from payswitch.domain.account import Account
from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.domain.backlog import Backlog
from payswitch.domain.changes import Changes, IdempotencyRecord
from payswitch.domain.channel import CapabilityTable, Channel, Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.connector_form import ConnectorForm
from payswitch.domain.events import Event
from payswitch.domain.live_minute import LiveMinute
from payswitch.domain.managed_channel import ChannelChange, DisabledChannel, ManagedChannel, SealedCredential
from payswitch.domain.payment import Attempt, Decision, Incident, Payment, PaymentFile, PaymentState, Refund
from payswitch.domain.policy_record import PolicyActivation, PolicyChange, PolicyScope, PolicyVersion, ResolvedPolicy
from payswitch.domain.recorded_decision import RecordedDecision
from payswitch.domain.shop import Shop, ShopKey
from payswitch.domain.trail import TrailEntry
from payswitch.kit.certificates import CertificateEnd
from payswitch.services.desk.desk_ports import DeskStore


class Store(DeskStore, Protocol):
    """Where everything that must survive a `kill -9` lives."""

    @property
    def shared(self) -> bool:
        """Whether other nodes may work on the same storage at the same time."""
        ...

    async def commit(self, changes: Changes) -> None:
        """Apply all of it in one durable transaction, or nothing.

        Returns only after the data is on disk. Raises CommitConflict when a payment's version has moved,
        UniqueViolation for a constraint; other storage trouble raises StorageUnavailable.
        """
        ...

    async def payment_file(self, payment_id: str) -> PaymentFile | None: ...

    async def file_by_trade_no(self, shop_id: str, out_trade_no: str) -> PaymentFile | None: ...

    async def file_by_checkout_token(self, token: str) -> PaymentFile | None: ...

    async def file_by_order_no(self, channel_id: str, channel_order_no: str) -> PaymentFile | None: ...

    async def file_by_refund_no(self, channel_id: str, out_refund_no: str) -> PaymentFile | None: ...

    async def idempotency(self, shop_id: str, key: str) -> IdempotencyRecord | None: ...

    async def list_payments(
        self, shop_id: str, *, state: PaymentState | None, before: str | None, limit: int
    ) -> Sequence[Payment]:
        """Newest first. `before` is a payment id: only older ones."""
        ...

    async def refund(self, refund_id: str) -> Refund | None: ...

    async def open_refunds(self, merchant_id: str, limit: int) -> Sequence[Refund]:
        """Refunds of this merchant that have not ended: abnormal ones first, then the oldest."""
        ...

    async def list_events(
        self, shop_id: str, *, payment_id: str | None, before: str | None, limit: int
    ) -> Sequence[Event]:
        """Newest first. `before` is an event id."""
        ...

    async def event(self, event_id: str) -> Event | None: ...

    async def decisions(self, payment_id: str) -> Sequence[Decision]: ...

    async def list_incidents(self, *, limit: int) -> Sequence[Incident]: ...

    async def claim_payments(self, now_ms: int, lease_ms: int, limit: int, holder: str) -> Sequence[str]:
        """Ids of payments whose own `due_at_ms`, or that of an attempt or refund of theirs, has come, each taken for
        `lease_ms` in the same step: no other worker is offered it before, and a crash gives it back. When more are due
        than `limit`, half are the youngest payments (they come first) and half the longest due."""
        ...

    async def release_payments(self, holder: str, until_ms: Mapping[str, int | None]) -> None:
        """Give claims of this holder back: at once (None), or so that nobody is offered it before that time."""
        ...

    async def claim_events(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Event]:
        """Due events, each with its due time moved by the lease in the same step, so that no other worker takes
        it and a crash gives it back. An event is offered only when all earlier ones of its payment are delivered
        or dead, so that a shop sees them in order."""
        ...

    async def save_delivery(self, event: Event) -> None:
        """Record one delivery try: state, tries, due time, delivered time, last error. Bytes never change."""
        ...

    async def save_agreement(self, agreement: Agreement) -> None:
        """Write a new signed (or applied for) card."""
        ...

    async def update_agreement(self, agreement: Agreement, was: AgreementState) -> bool:
        """Replace its state, numbers and times. False, and nothing is written, when the stored state is not `was` any
        more: somebody was faster."""
        ...

    async def agreement(self, agreement_id: str) -> Agreement | None: ...

    async def agreements_of(self, shop_id: str, customer_id: str) -> Sequence[Agreement]:
        """The customer's cards in every state, newest first."""
        ...

    async def live_minutes(self, from_ms: int, to_ms: int) -> Sequence[LiveMinute]:
        """What began and what ended in this time, minute by minute; without channels' test payments."""
        ...

    async def received_since(self, since_ms: int) -> Mapping[str, int]:
        """Money received by each channel since then, in fen: what daily caps count."""
        ...

    async def has_paid(self, shop_id: str, customer_id: str) -> bool:
        """Whether this customer of the shop's has ever paid there. One indexed look."""
        ...

    async def recent_attempts(self, since_id: str, limit: int) -> Sequence[Attempt]:
        """The attempts made last, over all payments, newest first, none whose id sorts before `since_id`: what the
        brain is told after a restart."""
        ...

    async def backlog(self, now_ms: int) -> Backlog:
        """Everything that is unfinished: what metrics and alerts look at. Cheap however long the history is."""
        ...

    async def shops(self) -> Sequence[Shop]: ...

    async def shop_keys(self) -> Sequence[ShopKey]:
        """Of all shops, revoked ones too, the newest first."""
        ...

    async def shop_of_key(self, key_fingerprint: str) -> Shop | None:
        """The shop whose API key has this fingerprint; None when unknown or revoked."""
        ...


class ChannelDirectory(Protocol):
    """The configured channels and how to talk to them."""

    def channels(self, merchant_id: str) -> Sequence[Channel]: ...

    def all_channels(self) -> Sequence[Channel]: ...

    def certificates(self, channel_id: str) -> Sequence[CertificateEnd]:
        """When the certificates of the account in use end, as read when it was opened."""
        ...

    def channel(self, channel_id: str) -> Channel | None:
        """Also disabled and retired ones: they still verify, query and refund."""
        ...

    def capabilities(self, connector: str) -> CapabilityTable: ...

    def client(self, channel_id: str, version: int) -> ChannelClient: ...

    def older_clients(self, channel_id: str) -> Sequence[ChannelClient]:
        """Of the versions before the channel's own, newest first."""
        ...


class ChannelStore(Protocol):
    """Admin-managed channels: their settings, and their sealed credentials; and what is disabled of the file."""

    async def commit_channel(self, change: ChannelChange) -> None:
        """All of it in one durable transaction. Raises CommitConflict when the channel has changed meanwhile,
        UniqueViolation `uq_managed_channel` when a new one's id is taken, `uq_disabled_channel` when somebody was
        faster to disable it."""
        ...

    async def channel_revisions(self) -> Mapping[str, int]:
        """Of every managed channel: what tells one node that another has changed something."""
        ...

    async def disabled_channels(self) -> Sequence[DisabledChannel]:
        """Channels of the file that operators have taken out."""
        ...

    async def managed_channels(self) -> Sequence[ManagedChannel]: ...

    async def managed_channel(self, channel_id: str) -> ManagedChannel | None: ...

    async def channels(self) -> Sequence[Channel]:
        """Every version of every channel there ever was, managed or from the file."""
        ...

    async def credentials(self, channel_id: str | None = None) -> Sequence[SealedCredential]:
        """All versions of one channel, or of all; oldest first."""
        ...

    async def reseal(self, renewed: Sequence[tuple[str, SealedCredential]]) -> None:
        """The same credentials under another master key, each with the key id that it had before."""
        ...


class PolicyStore(Protocol):
    """Policy documents, the log of which is in force, and recorded decisions. Only ever added to."""

    async def add_policy(self, version: PolicyVersion, trail: TrailEntry | None = None) -> None:
        """With what the trail says of it. Raises UniqueViolation `uq_policy_number` when its number is taken."""
        ...

    async def activate_policy(self, change: PolicyChange) -> None:
        """All of it in one durable transaction. Raises CommitConflict when the log has gone on meanwhile."""
        ...

    async def save_resolved(self, policy: ResolvedPolicy) -> None:
        """Write a whole policy down by its name; one that is there already stays as it is."""
        ...

    async def policies(self, merchant_id: str) -> Sequence[PolicyVersion]:
        """Of the merchant and its shops, in order of shop and number."""
        ...

    async def policy(self, policy_id: str) -> PolicyVersion | None: ...

    async def policy_activations(self, merchant_id: str) -> Sequence[PolicyActivation]:
        """Of the merchant and its shops, in order of shop and revision."""
        ...

    async def resolved_policy(self, policy_version: str) -> ResolvedPolicy | None: ...

    async def newest_decisions(self, since_ms: int, most: int) -> tuple[tuple[int, str], int]:
        """Where the newest `most` decisions since then begin, and how many there are in all."""
        ...

    async def recorded_decisions(
        self, scope: PolicyScope, place: tuple[int, str], limit: int
    ) -> tuple[Sequence[RecordedDecision], tuple[int, str] | None]:
        """One page, oldest first, and where the next one begins (None: it was the last)."""
        ...


class ChannelWorkshop(Protocol):
    """Opens accounts while the service runs, and puts channels into the running directory."""

    def open(self, channel: Channel, account: Account) -> ChannelClient:
        """Parse every key. Raises AccountProblem with everything that is wrong; adds nothing."""
        ...

    def connectors(self) -> Sequence[str]:
        """On which a channel can be made."""
        ...

    def form(self, connector: str, products: frozenset[Product] | None) -> ConnectorForm | None:
        """What a channel with these products asks for (None: with all of the connector's); None: no such connector."""
        ...

    def install(self, channel: Channel, clients: Mapping[int, ChannelClient]) -> None:
        """From now on routing sees this channel as it is here, with one client for each version of its keys."""
        ...

    def clients_of(self, channel_id: str) -> Mapping[int, ChannelClient]:
        """The open clients of one channel by version of its keys; empty when it is not in the directory."""
        ...

    def shown_keys(self, connector: str) -> frozenset[str]:
        """Which values of an account may be shown again; everything else is secret."""
        ...


class EventSender(Protocol):
    """Delivers one event to a shop."""

    async def deliver(self, event: Event, timeout_ms: int) -> str | None:
        """None when the shop answered 2xx; else one sentence about why not. Never raises for network trouble."""
        ...


class ResultSigner(Protocol):
    """Signs what a customer's browser carries back to a shop."""

    def sign(self, shop_id: str, message_id: str, timestamp_s: int, body: bytes) -> str:
        """The value of a Standard Webhooks signature, with the shop's own secrets."""
        ...


class LiveFeed(Protocol):
    """Hears what happens, for the live page and the counters. Must never block or fail a payment."""

    def tell(self, kind: str, facts: Mapping[str, object]) -> None: ...
