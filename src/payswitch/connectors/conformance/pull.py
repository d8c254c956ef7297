"""Pull products: the call itself takes the money; no answer may be read as less, or more, than it proves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from payswitch.connectors.conformance.shared import (
    PATIENCE_MS,
    an_unknown_number_is_not_paid_and_not_dead,
    assert_changes_are_noticed,
    assert_is_ours,
    assert_money_goes_back_once,
    assert_notification_agrees,
    noise_is_never_a_notification,
    ref_of,
    refund_of,
)
from payswitch.connectors.conformance.subjects import Customer, DebitSubject, Lost
from payswitch.domain.channel import Capability
from payswitch.domain.exchange import CreateOrder, DebitOrder, OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind

LOST_MS = 400
"""How long a check waits for an answer that was lost: long enough for the work itself to be done."""
REVERSE_TRIES = 5
"""A reversal may say "call again" so often before the check gives up."""

DebitCheck = Callable[[DebitSubject], Awaitable[None]]

_K = OutcomeKind
_DONE = (_K.PAID, _K.PENDING)
_REFUSED = frozenset(kind for kind in OutcomeKind if kind.name.startswith("REFUSED_"))
_NOTHING_TAKEN = frozenset({_K.NOT_FOUND, _K.PENDING, _K.CLOSED, *_REFUSED})


async def prepared(subject: DebitSubject, customer: Customer = Customer.PAYING) -> DebitOrder:
    """An order with this customer's consent; created first where the product wants that."""
    order = subject.new_order()
    handle = "" if subject.capability.upfront else await created_handle(subject, order)
    return DebitOrder(order=order, consent=await subject.consent(order, customer), handle=handle)


async def created_handle(subject: DebitSubject, order: CreateOrder) -> str:
    """For a product that is created first: the note that goes back with the consent."""
    answer = await subject.client.create(order, PATIENCE_MS)
    assert answer.outcome.kind is _K.ACCEPTED, f"a healthy channel refused: {answer.outcome}"
    assert answer.credential is not None, "ACCEPTED without a credential"
    return answer.credential.handle


async def truth(subject: DebitSubject, order: CreateOrder) -> OrderFact:
    """What the query says."""
    return await subject.client.query(ref_of(order), PATIENCE_MS)


async def paid(subject: DebitSubject) -> tuple[DebitOrder, OrderFact]:
    """A debit of a paying customer, and the query after it."""
    debit = await prepared(subject)
    answer = await subject.client.debit(debit, PATIENCE_MS)
    assert answer.outcome.kind in _DONE, f"a good consent was answered with {answer.outcome}"
    if answer.outcome.kind is _K.PAID:
        assert_is_ours(answer, debit.order)
    fact = await truth(subject, debit.order)
    assert fact.outcome.kind is _K.PAID, f"the money was taken, the query says {fact.outcome}"
    return debit, fact


async def _lost(subject: DebitSubject, lost: Lost) -> CreateOrder:
    """A debit whose answer never came."""
    debit = await prepared(subject)
    await subject.lose_answers(lost)
    try:
        answer = await subject.client.debit(debit, LOST_MS)
    finally:
        await subject.lose_answers(Lost.NOTHING)
    assert answer.outcome.kind is _K.UNKNOWN, f"a lost answer was read as {answer.outcome}"
    assert not answer.outcome.transient, "a lost debit is marked transient: it would be sent a second time"
    return debit.order


async def _reversed(subject: DebitSubject, order: CreateOrder) -> Outcome:
    """Ask for the reversal as the switch does: after the pause, again while it is in progress."""
    await subject.let_pass(subject.capability.reverse_after_s)
    outcome = await subject.client.reverse(ref_of(order), PATIENCE_MS)
    for _ in range(REVERSE_TRIES - 1):
        if outcome.kind not in (_K.PENDING, _K.UNKNOWN):
            break
        await subject.let_pass(subject.capability.reverse_after_s)
        outcome = await subject.client.reverse(ref_of(order), PATIENCE_MS)
    return outcome


async def a_good_consent_is_paid_in_every_particular(subject: DebitSubject) -> None:
    debit, fact = await paid(subject)
    assert_is_ours(fact, debit.order)
    assert await subject.kept_fen(debit.order) == debit.order.amount_fen, "paid by its word, but not in its books"


async def a_customer_who_is_asked_pays_in_the_end(subject: DebitSubject) -> None:
    """PENDING, which is no failure, until the password is typed; then PAID by the query."""
    if Customer.ASKED not in subject.customers:
        return
    debit = await prepared(subject, Customer.ASKED)
    answer = await subject.client.debit(debit, PATIENCE_MS)
    assert answer.outcome.kind is _K.PENDING, f"the customer is being asked, but: {answer.outcome}"
    fact = await truth(subject, debit.order)
    assert fact.outcome.kind is _K.PENDING, f"the customer is being asked, but the query says {fact.outcome}"
    await subject.confirm(debit.order)
    fact = await truth(subject, debit.order)
    assert fact.outcome.kind is _K.PAID, f"the customer has confirmed, the query says {fact.outcome}"
    assert_is_ours(fact, debit.order)


async def a_refusal_is_the_customers_and_takes_nothing(subject: DebitSubject) -> None:
    debit = await prepared(subject, Customer.REFUSING)
    answer = await subject.client.debit(debit, PATIENCE_MS)
    assert answer.outcome.kind is _K.REFUSED_PAYER, f"the customer's refusal was read as {answer.outcome}"
    assert await subject.kept_fen(debit.order) == 0, "refused, but the money was taken"
    fact = await truth(subject, debit.order)
    assert fact.outcome.kind in _NOTHING_TAKEN, f"refused, but the query says {fact.outcome}"


async def a_lost_answer_is_unknown_and_the_query_finds_the_money(subject: DebitSubject) -> None:
    order = await _lost(subject, Lost.DONE)
    fact = await truth(subject, order)
    assert fact.outcome.kind is _K.PAID, f"the money was taken, the query says {fact.outcome}"
    assert_is_ours(fact, order)


async def a_lost_answer_is_unknown_and_the_query_finds_no_money(subject: DebitSubject) -> None:
    order = await _lost(subject, Lost.UNDONE)
    fact = await truth(subject, order)
    assert fact.outcome.kind in _NOTHING_TAKEN, f"nothing was taken, the query says {fact.outcome}"


async def a_silent_query_and_reversal_prove_nothing(subject: DebitSubject) -> None:
    debit, _ = await paid(subject)
    await subject.lose_answers(Lost.UNDONE)
    try:
        fact = await subject.client.query(ref_of(debit.order), LOST_MS)
        outcome = await subject.client.reverse(ref_of(debit.order), LOST_MS)
    finally:
        await subject.lose_answers(Lost.NOTHING)
    assert fact.outcome.kind is _K.UNKNOWN, f"silence was read as {fact.outcome}"
    # A connector that knows without a call that it cannot reverse may say DUPLICATE; nothing else is known.
    assert outcome.kind in (_K.UNKNOWN, _K.DUPLICATE), f"silence was read as {outcome}"


async def reversing_an_unpaid_debit_ends_it(subject: DebitSubject) -> None:
    order = await _lost(subject, Lost.UNDONE)
    outcome = await _reversed(subject, order)
    assert outcome.kind is _K.CLOSED, f"nothing was taken, but the reversal says {outcome}"
    fact = await truth(subject, order)
    assert fact.outcome.kind in (_K.CLOSED, _K.NOT_FOUND), f"reversed, but the query says {fact.outcome}"
    assert await subject.kept_fen(order) == 0, "reversed, but money is kept"


async def reversing_a_paid_debit_never_keeps_the_money_silently(subject: DebitSubject) -> None:
    order = await _lost(subject, Lost.DONE)
    outcome = await _reversed(subject, order)
    kept_fen, fact = await subject.kept_fen(order), await truth(subject, order)
    if outcome.kind is _K.CLOSED:
        assert kept_fen == 0, f"reversed by its word, but {kept_fen} fen are kept"
        assert fact.outcome.kind in (_K.CLOSED, _K.NOT_FOUND), f"reversed, but the query says {fact.outcome}"
    else:
        assert kept_fen == order.amount_fen, f"not reversed ({outcome}), but only {kept_fen} fen are kept"
        assert fact.outcome.kind is _K.PAID, f"not reversed ({outcome}), but the query says {fact.outcome}"


async def reversing_twice_is_harmless(subject: DebitSubject) -> None:
    for lost in (Lost.UNDONE, Lost.DONE):
        order = await _lost(subject, lost)
        first = await _reversed(subject, order)
        kept_fen = await subject.kept_fen(order)
        again = await _reversed(subject, order)
        assert await subject.kept_fen(order) == kept_fen, "a second reversal moved money"
        if first.kind is _K.CLOSED:
            assert again.kind in (_K.CLOSED, _K.PENDING, _K.UNKNOWN), f"reversed already, but now: {again}"


async def a_debit_that_comes_twice_takes_the_money_once(subject: DebitSubject) -> None:
    """The switch never sends it twice; a proxy might. No refusal then: it would say that nothing was taken."""
    debit, fact = await paid(subject)
    again = await subject.client.debit(debit, PATIENCE_MS)
    assert await subject.kept_fen(debit.order) == debit.order.amount_fen, "the same debit took money twice"
    assert again.outcome.kind not in (*_REFUSED, _K.NOT_SENT, _K.CLOSED), (
        f"it was taken under this number, but the repeat says {again.outcome}"
    )
    assert fact.transaction_id


async def a_used_consent_is_refused(subject: DebitSubject) -> None:
    """Only where the consent is a thing of its own: an SMS code belongs to its order anyway."""
    if not subject.capability.upfront:
        return
    debit, _ = await paid(subject)
    second = replace(debit, order=subject.new_order())
    answer = await subject.client.debit(second, PATIENCE_MS)
    assert answer.outcome.kind in _REFUSED, f"a used consent was answered with {answer.outcome}"
    assert await subject.kept_fen(second.order) == 0, "a used consent paid again"


async def an_unreachable_channel_was_sent_nothing(subject: DebitSubject) -> None:
    debit = await prepared(subject)
    answer = await subject.stranded.debit(debit, PATIENCE_MS)
    assert answer.outcome.kind is _K.NOT_SENT, f"nobody listens there, but: {answer.outcome}"
    outcome = await subject.stranded.reverse(ref_of(debit.order), PATIENCE_MS)
    assert outcome.kind in (_K.NOT_SENT, _K.DUPLICATE), f"nobody listens there, but: {outcome}"
    assert await subject.kept_fen(debit.order) == 0


async def creating_what_is_debited_in_one_step_is_refused(subject: DebitSubject) -> None:
    if not subject.capability.upfront:
        return
    answer = await subject.client.create(subject.new_order(), PATIENCE_MS)
    assert answer.outcome.kind is _K.REFUSED_CONFIG, f"create of a pull product: {answer.outcome}"
    assert answer.outcome.code == "product_is_pull", f"code {answer.outcome.code!r} instead of 'product_is_pull'"
    assert answer.credential is None, "a credential for a product that shows none"


async def money_taken_goes_back_once_under_one_number(subject: DebitSubject) -> None:
    debit, fact = await paid(subject)
    parts = subject.capability.refund.parts
    amount_fen = debit.order.amount_fen if parts == 1 else debit.order.amount_fen // 2
    await assert_money_goes_back_once(subject, debit.order, fact, amount_fen)
    kept_fen = await subject.kept_fen(debit.order)
    assert kept_fen >= debit.order.amount_fen - amount_fen, "the same refund twice paid back twice"


async def a_debits_notification_says_the_same_as_the_query(subject: DebitSubject) -> None:
    if subject.notifies:
        debit, _ = await paid(subject)
        assert_notification_agrees(subject, debit.order, await subject.told())


async def a_changed_notification_of_a_debit_is_not_believed(subject: DebitSubject) -> None:
    if subject.notifies:
        debit, _ = await paid(subject)
        assert_changes_are_noticed(subject, debit.order, await subject.told())


async def no_secret_and_no_consent_comes_out(subject: DebitSubject) -> None:
    debit, fact = await paid(subject)
    refusing = await prepared(subject, Customer.REFUSING)
    said = [
        repr(subject.client),
        repr(debit),
        repr(fact),
        repr(await subject.client.debit(refusing, PATIENCE_MS)),
        repr(await subject.client.debit(replace(debit, order=subject.new_order()), PATIENCE_MS)),
        repr(await subject.client.refund(refund_of(debit.order, fact, debit.order.amount_fen), PATIENCE_MS)),
        repr(await subject.stranded.debit(refusing, PATIENCE_MS)),
        repr(await subject.stranded.reverse(ref_of(debit.order), PATIENCE_MS)),
    ]
    consents = [debit.consent.reveal(), refusing.consent.reveal()]
    for secret in (*subject.secrets, *consents):
        assert not any(secret in text for text in said), "a secret of the account, or a consent, came out of the client"


DEBIT_CHECKS: tuple[DebitCheck, ...] = (
    a_good_consent_is_paid_in_every_particular,
    a_customer_who_is_asked_pays_in_the_end,
    a_refusal_is_the_customers_and_takes_nothing,
    a_lost_answer_is_unknown_and_the_query_finds_the_money,
    a_lost_answer_is_unknown_and_the_query_finds_no_money,
    a_silent_query_and_reversal_prove_nothing,
    reversing_an_unpaid_debit_ends_it,
    reversing_a_paid_debit_never_keeps_the_money_silently,
    reversing_twice_is_harmless,
    a_debit_that_comes_twice_takes_the_money_once,
    a_used_consent_is_refused,
    an_unreachable_channel_was_sent_nothing,
    creating_what_is_debited_in_one_step_is_refused,
    an_unknown_number_is_not_paid_and_not_dead,
    noise_is_never_a_notification,
    money_taken_goes_back_once_under_one_number,
    a_debits_notification_says_the_same_as_the_query,
    a_changed_notification_of_a_debit_is_not_believed,
    no_secret_and_no_consent_comes_out,
)
"""For every pull product."""


def is_created_first(capability: Capability) -> bool:
    """Pull, but created before the consent exists: the bank sends an SMS code."""
    return not capability.push and not capability.upfront
