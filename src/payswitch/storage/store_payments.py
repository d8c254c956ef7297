"""`services.ports.Store`, the part about payments, for every database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.domain.backlog import Backlog
from payswitch.domain.changes import IdempotencyRecord
from payswitch.domain.events import Event
from payswitch.domain.live_minute import LiveMinute
from payswitch.domain.payment import Attempt, Decision, Incident, Payment, PaymentFile, PaymentState, Refund
from payswitch.storage import agreements, audit, outbox, sweep_claims
from payswitch.storage import read_statements as reads
from payswitch.storage.backlog import backlog
from payswitch.storage.live_history import live_minutes
from payswitch.storage.payment_files import event_page, file_of, payment_page
from payswitch.storage.prepared import Prepared
from payswitch.storage.running import ScriptRunner
from payswitch.storage.scripts import decoded, first, rows
from payswitch.storage.unwatched import unwatched
from payswitch.storage.write_statements import ATTEMPT, DECISION, EVENT, IDEMPOTENCY, INCIDENT, REFUND


class PaymentStore(ScriptRunner):
    """Payments with all that belongs to them, the outbox, signed cards, and counts over the whole."""

    # --- the outbox --------------------------------------------------------------------------------------------

    async def claim_events(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Event]:
        return await self.write(lambda: outbox.claim(now_ms, lease_ms, limit))

    async def save_delivery(self, event: Event) -> None:
        await self.write(lambda: outbox.save_delivery(event))

    # --- the sweeper -------------------------------------------------------------------------------------------

    async def claim_payments(self, now_ms: int, lease_ms: int, limit: int, holder: str) -> Sequence[str]:
        """See `services.ports.Store.claim_payments`. Most rounds find nothing due, and then nothing is written."""
        if not await self.look(sweep_claims.is_anything_due(now_ms)):
            return []
        return await self.write(lambda: sweep_claims.claim(now_ms, lease_ms, limit, holder))

    async def release_payments(self, holder: str, until_ms: Mapping[str, int | None]) -> None:
        await self.write(lambda: sweep_claims.release(holder, until_ms))

    async def open_refunds(self, merchant_id: str, limit: int) -> Sequence[Refund]:
        return await self.read(decoded(REFUND, reads.OPEN_REFUNDS, merchant_id=merchant_id, limit=limit))

    # --- one payment -------------------------------------------------------------------------------------------

    async def payment_file(self, payment_id: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_ID, payment_id=payment_id)

    async def file_by_trade_no(self, shop_id: str, out_trade_no: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_TRADE_NO, shop_id=shop_id, out_trade_no=out_trade_no)

    async def file_by_checkout_token(self, token: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_CHECKOUT_TOKEN, token=token)

    async def file_by_order_no(self, channel_id: str, channel_order_no: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_ORDER_NO, channel_id=channel_id, channel_order_no=channel_order_no)

    async def file_by_refund_no(self, channel_id: str, out_refund_no: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_REFUND_NO, channel_id=channel_id, out_refund_no=out_refund_no)

    async def refund(self, refund_id: str) -> Refund | None:
        return await self._row(REFUND, reads.REFUND_BY_ID, refund_id=refund_id)

    async def event(self, event_id: str) -> Event | None:
        return await self._row(EVENT, reads.EVENT_BY_ID, event_id=event_id)

    async def decisions(self, payment_id: str) -> Sequence[Decision]:
        return await self._rows(DECISION, reads.DECISIONS_OF, payment_id=payment_id)

    async def idempotency(self, shop_id: str, key: str) -> IdempotencyRecord | None:
        return await self._row(IDEMPOTENCY, reads.IDEMPOTENCY, shop_id=shop_id, key=key)

    # --- lists -------------------------------------------------------------------------------------------------

    async def list_payments(
        self, shop_id: str, *, state: PaymentState | None, before: str | None, limit: int
    ) -> Sequence[Payment]:
        return await self.read(payment_page(shop_id, state, before, limit), snapshot=True)

    async def list_events(
        self, shop_id: str, *, payment_id: str | None, before: str | None, limit: int
    ) -> Sequence[Event]:
        return await self.read(event_page(shop_id, payment_id, before, limit), snapshot=True)

    async def list_incidents(self, *, limit: int) -> Sequence[Incident]:
        return await self.read(decoded(INCIDENT, reads.LIST_INCIDENTS, limit=limit))

    async def live_minutes(self, from_ms: int, to_ms: int) -> Sequence[LiveMinute]:
        return await self.read(live_minutes(from_ms, to_ms))

    async def received_since(self, since_ms: int) -> Mapping[str, int]:
        return dict(await self.read(rows(reads.RECEIVED_SINCE, since_ms=since_ms)))

    async def has_paid(self, shop_id: str, customer_id: str) -> bool:
        return await self.look(first(reads.HAS_PAID, shop_id=shop_id, customer_id=customer_id)) is not None

    async def recent_attempts(self, since_id: str, limit: int) -> Sequence[Attempt]:
        return await self.read(decoded(ATTEMPT, reads.RECENT_ATTEMPTS, since_id=since_id, limit=limit))

    async def counts(self) -> audit.Counts:
        """The whole database counted in one snapshot. Reads everything: for audits and reports."""
        return await self.read(audit.count_all(), snapshot=True)

    async def backlog(self, now_ms: int) -> Backlog:
        return await self.read(backlog(now_ms))

    async def unwatched(self) -> Sequence[tuple[str, str]]:
        """(table, id) of what has not ended and has no due time. Reads whole tables; must always be empty."""
        return await self.read(unwatched())

    # --- signed cards -----------------------------------------------------------------------------------------

    async def save_agreement(self, agreement: Agreement) -> None:
        await self.write(lambda: agreements.save(agreement))

    async def update_agreement(self, agreement: Agreement, was: AgreementState) -> bool:
        return await self.write(lambda: agreements.replace(agreement, was))

    async def agreement(self, agreement_id: str) -> Agreement | None:
        return await self._row(agreements.AGREEMENT, reads.AGREEMENT_BY_ID, agreement_id=agreement_id)

    async def agreements_of(self, shop_id: str, customer_id: str) -> Sequence[Agreement]:
        return await self._rows(agreements.AGREEMENT, reads.AGREEMENTS_OF, shop_id=shop_id, customer_id=customer_id)

    async def _file(self, find: Prepared, **names: str) -> PaymentFile | None:
        return await self.look(file_of(find, **names), snapshot=True)
