"""Push products: creating moves no money, the customer pays with what they are shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from payswitch.connectors.conformance.shared import (
    NOT_PAID,
    PATIENCE_MS,
    SILENCE_MS,
    an_unknown_number_is_not_paid_and_not_dead,
    assert_changes_are_noticed,
    assert_is_ours,
    assert_money_goes_back_once,
    assert_notification_agrees,
    noise_is_never_a_notification,
    ref_of,
    refund_of,
)
from payswitch.connectors.conformance.subjects import Subject
from payswitch.domain.channel import Closing
from payswitch.domain.exchange import CreateAnswer, CreateOrder, OrderFact
from payswitch.domain.outcome import OutcomeKind

Check = Callable[[Subject], Awaitable[None]]


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


async def a_paid_order_is_paid_in_every_particular(subject: Subject) -> None:
    order, fact = await _paid(subject)
    assert fact.outcome.kind is OutcomeKind.PAID, f"the customer has paid, the query says {fact.outcome}"
    assert_is_ours(fact, order)


async def the_notification_says_the_same_as_the_query(subject: Subject) -> None:
    order, _ = await _paid(subject)
    assert_notification_agrees(subject, order, await subject.told())


async def a_changed_notification_is_not_believed(subject: Subject) -> None:
    order, _ = await _paid(subject)
    assert_changes_are_noticed(subject, order, await subject.told())


async def money_goes_back_once_under_one_number(subject: Subject) -> None:
    order, fact = await _paid(subject)
    await assert_money_goes_back_once(subject, order, fact, order.amount_fen // 2)


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
    said = [
        repr(subject.client),
        repr(await _created(subject, subject.new_order())),
        repr(fact),
        repr(await subject.client.refund(refund_of(order, fact, 1), PATIENCE_MS)),
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
"""For every push product."""
