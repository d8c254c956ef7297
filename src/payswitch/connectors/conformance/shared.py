"""What the checks of push and of pull products have in common."""

from __future__ import annotations

from typing import Protocol

from msgspec.structs import replace

from payswitch.domain.channel import Capability
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import CreateOrder, NotifyRequest, OrderFact, OrderRef, RefundOrder
from payswitch.domain.outcome import OutcomeKind

PATIENCE_MS = 5_000
SILENCE_MS = 150
"""How long a check lets a silent channel be silent."""

NOT_PAID = frozenset({OutcomeKind.PENDING, OutcomeKind.NOT_FOUND})
BELIEVED = frozenset({OutcomeKind.ACCEPTED})


class Anyone(Protocol):
    """What `Subject` and `DebitSubject` share."""

    @property
    def client(self) -> ChannelClient: ...

    @property
    def capability(self) -> Capability: ...

    def new_order(self) -> CreateOrder: ...


def ref_of(order: CreateOrder, transaction_id: str | None = None) -> OrderRef:
    """How the order is named afterwards."""
    return OrderRef(
        channel_order_no=order.channel_order_no,
        product=order.product,
        amount_fen=order.amount_fen,
        created_at_ms=order.created_at_ms,
        transaction_id=transaction_id,
    )


def refund_of(order: CreateOrder, fact: OrderFact, amount_fen: int) -> RefundOrder:
    """A refund of a part of a paid order; the same number whenever it is asked for."""
    return RefundOrder(
        order=ref_of(order, fact.transaction_id),
        out_refund_no="R" + order.channel_order_no[1:],
        amount_fen=amount_fen,
        reason="七天无理由",
        notify_url=order.notify_url,
    )


def assert_is_ours(fact: OrderFact, order: CreateOrder) -> None:
    """Every particular that the funnel compares before it believes PAID."""
    assert fact.channel_order_no == order.channel_order_no, "the fact names another number"
    assert fact.amount_fen == order.amount_fen, f"{fact.amount_fen} fen instead of {order.amount_fen}"
    assert (fact.currency or "CNY") == "CNY", f"currency {fact.currency}"
    assert fact.merchant_ok, "the channel's own merchant is not recognised"
    assert fact.transaction_id, "paid without the channel's own number"


async def an_unknown_number_is_not_paid_and_not_dead(subject: Anyone) -> None:
    fact = await subject.client.query(ref_of(subject.new_order()), PATIENCE_MS)
    assert fact.outcome.kind is not OutcomeKind.PAID, "a number that never existed is paid"
    assert fact.outcome.kind is not OutcomeKind.CLOSED, "a number that never existed is confirmed dead"


async def noise_is_never_a_notification(subject: Anyone) -> None:
    for body in (b"", b"{}", b"\x00\xff", b"a=b&sign=x", b"<xml/>", b"[" * 500, "金额=1".encode("gbk")):
        request = NotifyRequest(method="POST", path="/", query=body.decode("latin-1"), headers={}, body=body)
        answer = subject.client.read_notify(request)
        assert answer.order is None, f"{body!r} became a fact"
        assert answer.refund is None, f"{body!r} became a refund"
    assert subject.client.acknowledge(True) != subject.client.acknowledge(False), "yes and no sound alike"


def assert_notification_agrees(subject: Anyone, order: CreateOrder, request: NotifyRequest) -> None:
    """A genuine notification is believed and says what the query says."""
    answer = subject.client.read_notify(request)
    assert answer.outcome.kind in BELIEVED, f"a genuine notification is not believed: {answer.outcome}"
    assert answer.order is not None, "a payment's notification without its fact"
    assert answer.order.outcome.kind is OutcomeKind.PAID
    assert_is_ours(answer.order, order)


def assert_changes_are_noticed(subject: Anyone, order: CreateOrder, request: NotifyRequest) -> None:
    """Change a byte of what the signature covers, everywhere: no other payment may come out of it."""
    genuine = subject.client.read_notify(request)
    source = request.body or request.query.encode()
    step = max(1, len(source) // 60)
    for place in range(0, len(source), step):
        changed = bytes([*source[:place], source[place] ^ 0x01, *source[place + 1 :]])
        forged = replace(request, body=changed) if request.body else replace(request, query=changed.decode("latin-1"))
        answer = subject.client.read_notify(forged)
        if answer.order is not None:
            assert answer.order == genuine.order, f"a notification changed at byte {place} told something new"
    assert genuine.order is not None
    assert genuine.order.channel_order_no == order.channel_order_no


async def assert_money_goes_back_once(subject: Anyone, order: CreateOrder, fact: OrderFact, amount_fen: int) -> None:
    """Refund, the same refund again, and what the channel then says of the refund and of the payment."""
    refund = refund_of(order, fact, amount_fen)
    first = await subject.client.refund(refund, PATIENCE_MS)
    assert first.outcome.kind in (OutcomeKind.PAID, OutcomeKind.PENDING), f"refund refused: {first.outcome}"
    again = await subject.client.refund(refund, PATIENCE_MS)
    assert again.outcome.kind in (OutcomeKind.PAID, OutcomeKind.PENDING, OutcomeKind.DUPLICATE, OutcomeKind.UNKNOWN), (
        f"the same refund again is no new refund and no failure: {again.outcome}"
    )
    seen = await subject.client.query_refund(refund, PATIENCE_MS)
    assert seen.outcome.kind in (OutcomeKind.PAID, OutcomeKind.PENDING), f"the refund is not found: {seen.outcome}"
    assert seen.amount_fen in (None, refund.amount_fen), "the refund query speaks of another amount"
    after = await subject.client.query(ref_of(order, fact.transaction_id), PATIENCE_MS)
    assert after.outcome.kind is OutcomeKind.PAID, "a refund does not make a payment unpaid"
