"""Reading payments: one with all that belongs to it, and pages of many."""

from __future__ import annotations

from payswitch.domain.events import Event
from payswitch.domain.payment import Payment, PaymentFile, PaymentState
from payswitch.storage import read_statements as reads
from payswitch.storage.prepared import Prepared
from payswitch.storage.scripts import Script, decoded, first, row_or_none
from payswitch.storage.write_statements import ATTEMPT, EVENT, PAYMENT, REFUND


def file_of(find: Prepared, **names: str) -> Script[PaymentFile | None]:
    """The payment that `find` finds, with its attempts and refunds."""
    payment = yield from row_or_none(PAYMENT, find, **names)
    if payment is None:
        return None
    return PaymentFile(
        payment=payment,
        attempts=tuple((yield from decoded(ATTEMPT, reads.ATTEMPTS_OF, payment_id=payment.payment_id))),
        refunds=tuple((yield from decoded(REFUND, reads.REFUNDS_OF, payment_id=payment.payment_id))),
    )


def payment_page(shop_id: str, state: PaymentState | None, before: str | None, limit: int) -> Script[list[Payment]]:
    """Newest first, after the payment `before`; nothing when that one is not this shop's."""
    given: dict[str, object] = {"shop_id": shop_id, "limit": limit}
    if before is not None:
        place = yield from first(reads.PAYMENT_PLACE, before=before, shop_id=shop_id)
        if place is None:
            return []
        given |= {"place_ms": place[0], "place_id": place[1]}
    return (yield from decoded(PAYMENT, reads.LIST_PAYMENTS[state, before is not None], **given))


def event_page(shop_id: str, payment_id: str | None, before: str | None, limit: int) -> Script[list[Event]]:
    """Newest first, after the event `before`; nothing when that one is not this shop's."""
    given: dict[str, object] = {"shop_id": shop_id, "payment_id": payment_id, "limit": limit}
    if before is not None:
        place = yield from first(reads.EVENT_PLACE, before=before, shop_id=shop_id)
        if place is None:
            return []
        given |= {"place_ms": place[0], "place_sequence": place[1], "place_id": place[2]}
    return (yield from decoded(EVENT, reads.LIST_EVENTS[payment_id is not None, before is not None], **given))
