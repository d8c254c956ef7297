"""What every connector must do, as checks that anybody can run on theirs.

A connector's author gives a `Subject`: a client of an account, and hands on the channel's other side (a stand-in, or a
provider's own test environment). `CHECKS` then tells the stories that the switch lives by. In a test:

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    async def test_conformance(check, subject):
        await check(subject)

A check raises AssertionError with a sentence about what the connector did wrong. None of them knows a wire format.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from msgspec.structs import replace

from payswitch.domain.channel import Capability, Closing
from payswitch.domain.exchange import (
    ChannelClient,
    CreateAnswer,
    CreateOrder,
    NotifyRequest,
    OrderFact,
    OrderRef,
    RefundOrder,
)
from payswitch.domain.outcome import OutcomeKind

PATIENCE_MS = 5_000
SILENCE_MS = 150
"""How long a check lets a silent channel be silent."""

NOT_PAID = frozenset({OutcomeKind.PENDING, OutcomeKind.NOT_FOUND})
BELIEVED = frozenset({OutcomeKind.ACCEPTED})


class Subject(Protocol):
    """One account and one product under test, with hands on the other side."""

    client: ChannelClient
    stranded: ChannelClient
    """The same account, pointed at an address where nobody listens."""
    capability: Capability
    secrets: Sequence[str]
    """Texts that must never come out of the client: keys, passwords."""

    def new_order(self) -> CreateOrder:
        """A fresh order of this product, with a number never used before."""
        ...

    async def pay(self, answer: CreateAnswer) -> None:
        """A customer pays with the credential that was given out."""
        ...

    async def told(self) -> NotifyRequest:
        """The next notification that the channel sent to the order's notify_url."""
        ...

    async def be_silent(self, silent: bool) -> None:
        """From now on the channel takes connections and never answers; or is well again."""
        ...


Check = Callable[[Subject], Awaitable[None]]


def ref_of(order: CreateOrder, transaction_id: str | None = None) -> OrderRef:
    """How the order is named afterwards."""
    return OrderRef(
        channel_order_no=order.channel_order_no,
        product=order.product,
        amount_fen=order.amount_fen,
        created_at_ms=order.created_at_ms,
        transaction_id=transaction_id,
    )


async def _created(subject: Subject, order: CreateOrder) -> CreateAnswer:
    answer = await subject.client.create(order, PATIENCE_MS)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED, f"a healthy channel refused: {answer.outcome}"
    assert answer.credential is not None, "ACCEPTED without a credential"
    return answer


async def _paid(subject: Subject) -> tuple[CreateOrder, OrderFact]:
    order = subject.new_order()
    await subject.pay(await _created(subject, order))
    return order, await subject.client.query(ref_of(order), PATIENCE_MS)


async def gives_a_credential_that_ends_with_the_order(subject: Subject) -> None:
    order = subject.new_order()
    credential = (await _created(subject, order)).credential
    assert credential is not None
    assert credential.kind is subject.capability.credential, f"a {credential.kind} instead of what the table says"
    assert credential.content or credential.params, "an empty credential"
    assert credential.expires_at_ms <= order.expires_at_ms, "the credential outlives the order's deadline"


async def an_unpaid_order_is_not_paid(subject: Subject) -> None:
    order = subject.new_order()
    await _created(subject, order)
    fact = await subject.client.query(ref_of(order), PATIENCE_MS)
    assert fact.outcome.kind in NOT_PAID, f"nobody has paid, but the query says {fact.outcome}"


async def an_unknown_number_is_not_paid_and_not_dead(subject: Subject) -> None:
    fact = await subject.client.query(ref_of(subject.new_order()), PATIENCE_MS)
    assert fact.outcome.kind is not OutcomeKind.PAID, "a number that never existed is paid"
    assert fact.outcome.kind is not OutcomeKind.CLOSED, "a number that never existed is confirmed dead"


async def a_paid_order_is_paid_in_every_particular(subject: Subject) -> None:
    order, fact = await _paid(subject)
    assert fact.outcome.kind is OutcomeKind.PAID, f"the customer has paid, the query says {fact.outcome}"
    _assert_is_ours(fact, order)


def _assert_is_ours(fact: OrderFact, order: CreateOrder) -> None:
    assert fact.channel_order_no == order.channel_order_no, "the fact names another number"
    assert fact.amount_fen == order.amount_fen, f"{fact.amount_fen} fen instead of {order.amount_fen}"
    assert (fact.currency or "CNY") == "CNY", f"currency {fact.currency}"
    assert fact.merchant_ok, "the channel's own merchant is not recognised"
    assert fact.transaction_id, "paid without the channel's own number"


async def the_notification_says_the_same_as_the_query(subject: Subject) -> None:
    order, _ = await _paid(subject)
    answer = subject.client.read_notify(await subject.told())
    assert answer.outcome.kind in BELIEVED, f"a genuine notification is not believed: {answer.outcome}"
    assert answer.order is not None, "a payment's notification without its fact"
    assert answer.order.outcome.kind is OutcomeKind.PAID
    _assert_is_ours(answer.order, order)


async def a_changed_notification_is_not_believed(subject: Subject) -> None:
    """Change a byte of what the signature covers, everywhere: no other payment may come out of it."""
    order, _ = await _paid(subject)
    request = await subject.told()
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


async def noise_is_never_a_notification(subject: Subject) -> None:
    order = subject.new_order()
    for body in (b"", b"{}", b"\x00\xff", b"a=b&sign=x", b"<xml/>", b"[" * 500, "金额=1".encode("gbk")):
        request = NotifyRequest(method="POST", path="/", query=body.decode("latin-1"), headers={}, body=body)
        answer = subject.client.read_notify(request)
        assert answer.order is None, f"{body!r} became a fact"
        assert answer.refund is None, f"{body!r} became a refund"
    assert subject.client.acknowledge(True) != subject.client.acknowledge(False), "yes and no sound alike"
    assert order.channel_order_no


async def money_goes_back_once_under_one_number(subject: Subject) -> None:
    order, fact = await _paid(subject)
    refund = _refund(order, fact, order.amount_fen // 2)
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


def _refund(order: CreateOrder, fact: OrderFact, amount_fen: int) -> RefundOrder:
    return RefundOrder(
        order=ref_of(order, fact.transaction_id),
        out_refund_no="R" + order.channel_order_no[1:],
        amount_fen=amount_fen,
        reason="七天无理由",
        notify_url=order.notify_url,
    )


async def closing_tells_the_truth(subject: Subject) -> None:
    order = subject.new_order()
    await _created(subject, order)
    outcome = await subject.client.close(ref_of(order), PATIENCE_MS)
    if subject.capability.closing is Closing.YES:
        assert outcome.kind is OutcomeKind.CLOSED, f"closable by the table, but: {outcome}"
        fact = await subject.client.query(ref_of(order), PATIENCE_MS)
        assert fact.outcome.kind in (OutcomeKind.CLOSED, OutcomeKind.PENDING), f"closed, then {fact.outcome}"
    elif subject.capability.closing is Closing.NO:
        assert outcome.kind is not OutcomeKind.CLOSED, "not closable by the table, but confirmed closed"
    else:
        assert outcome.kind is not OutcomeKind.CLOSED, "nobody has scanned it: the channel cannot have closed it"


async def a_paid_order_cannot_be_closed(subject: Subject) -> None:
    order, fact = await _paid(subject)
    outcome = await subject.client.close(ref_of(order, fact.transaction_id), PATIENCE_MS)
    assert outcome.kind is not OutcomeKind.CLOSED, "a paid order was confirmed closed"


async def silence_is_unknown_and_takes_no_longer_than_allowed(subject: Subject) -> None:
    order = subject.new_order()
    answer = await _created(subject, order)
    await subject.be_silent(True)
    try:
        fact = await subject.client.query(ref_of(order), SILENCE_MS)
        assert fact.outcome.kind is OutcomeKind.UNKNOWN, f"silence was read as {fact.outcome}"
        if subject.capability.server_created:
            silent = await subject.client.create(subject.new_order(), SILENCE_MS)
            assert silent.outcome.kind is OutcomeKind.UNKNOWN, f"silence was read as {silent.outcome}"
            assert silent.credential is None
    finally:
        await subject.be_silent(False)
    assert answer.credential is not None


async def an_unreachable_channel_was_not_sent_anything(subject: Subject) -> None:
    order = subject.new_order()
    fact = await subject.stranded.query(ref_of(order), PATIENCE_MS)
    assert fact.outcome.kind is OutcomeKind.NOT_SENT, f"nobody listens there, but: {fact.outcome}"
    if subject.capability.server_created:
        answer = await subject.stranded.create(order, PATIENCE_MS)
        assert answer.outcome.kind is OutcomeKind.NOT_SENT, f"nobody listens there, but: {answer.outcome}"


async def no_secret_comes_out(subject: Subject) -> None:
    order, fact = await _paid(subject)
    refund = _refund(order, fact, 1)
    said = [
        repr(subject.client),
        repr(await _created(subject, subject.new_order())),
        repr(fact),
        repr(await subject.client.refund(refund, PATIENCE_MS)),
        repr(await subject.stranded.query(ref_of(order), PATIENCE_MS)),
        repr(subject.client.read_notify(await subject.told())),
    ]
    for secret in subject.secrets:
        assert not any(secret in text for text in said), "a secret of the account came out of the client"


CHECKS: tuple[Check, ...] = (
    gives_a_credential_that_ends_with_the_order,
    an_unpaid_order_is_not_paid,
    an_unknown_number_is_not_paid_and_not_dead,
    a_paid_order_is_paid_in_every_particular,
    the_notification_says_the_same_as_the_query,
    a_changed_notification_is_not_believed,
    noise_is_never_a_notification,
    money_goes_back_once_under_one_number,
    closing_tells_the_truth,
    a_paid_order_cannot_be_closed,
    silence_is_unknown_and_takes_no_longer_than_allowed,
    an_unreachable_channel_was_not_sent_anything,
    no_secret_comes_out,
)
