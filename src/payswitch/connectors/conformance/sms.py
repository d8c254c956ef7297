"""Pull products that are created first: the bank sends an SMS code, and only the call with it takes the money."""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.connectors.conformance.pull import DebitCheck, created_handle, prepared, truth
from payswitch.connectors.conformance.shared import NOT_PAID, PATIENCE_MS, assert_is_ours
from payswitch.connectors.conformance.subjects import Customer, DebitSubject
from payswitch.domain.channel import CredentialKind
from payswitch.domain.channel_client import SmsClient
from payswitch.domain.exchange import DebitOrder
from payswitch.domain.outcome import OutcomeKind

_K = OutcomeKind
_DONE = (_K.PAID, _K.PENDING)


async def creating_sends_a_code_and_takes_nothing(subject: DebitSubject) -> None:
    order = subject.new_order()
    answer = await subject.client.create(order, PATIENCE_MS)
    assert answer.outcome.kind is _K.ACCEPTED, f"a healthy channel refused: {answer.outcome}"
    assert answer.credential is not None, "ACCEPTED without a credential"
    assert answer.credential.kind is CredentialKind.SMS, f"a {answer.credential.kind} instead of an SMS"
    assert answer.credential.expires_at_ms <= order.expires_at_ms, "the code outlives the order's deadline"
    fact = await truth(subject, order)
    assert fact.outcome.kind in NOT_PAID, f"nobody has confirmed, but the query says {fact.outcome}"
    assert await subject.kept_fen(order) == 0, "creating took the money"


async def a_wrong_code_may_be_corrected(subject: DebitSubject) -> None:
    wrong = await prepared(subject, Customer.MISTYPING)
    answer = await subject.client.debit(wrong, PATIENCE_MS)
    assert answer.outcome.kind is _K.REFUSED_PAYER, f"a mistyped code was read as {answer.outcome}"
    assert answer.outcome.ask_consent, "a mistyped code is not the end: ask_consent is missing"
    assert await subject.kept_fen(wrong.order) == 0, "a wrong code took the money"
    right = replace(wrong, consent=await subject.consent(wrong.order, Customer.PAYING))
    answer = await subject.client.debit(right, PATIENCE_MS)
    assert answer.outcome.kind in _DONE, f"the right code was answered with {answer.outcome}"
    fact = await truth(subject, wrong.order)
    assert fact.outcome.kind is _K.PAID, f"the money was taken, the query says {fact.outcome}"
    assert_is_ours(fact, wrong.order)


async def the_code_can_be_sent_again(subject: DebitSubject) -> None:
    client = subject.client
    assert isinstance(client, SmsClient), "a product with an SMS code needs `resend` (domain.channel_client.SmsClient)"
    order = subject.new_order()
    handle = await created_handle(subject, order)
    again = await client.resend(order, handle, PATIENCE_MS)
    assert again.outcome.kind is _K.ACCEPTED, f"a healthy channel refused to send the code again: {again.outcome}"
    assert again.credential is not None, "ACCEPTED without a credential"
    debit = DebitOrder(
        order=order, consent=await subject.consent(order, Customer.PAYING), handle=again.credential.handle
    )
    answer = await subject.client.debit(debit, PATIENCE_MS)
    assert answer.outcome.kind in _DONE, f"the code that was sent again was answered with {answer.outcome}"


SMS_CHECKS: tuple[DebitCheck, ...] = (
    creating_sends_a_code_and_takes_nothing,
    a_wrong_code_may_be_corrected,
    the_code_can_be_sent_again,
)
"""For pull products whose consent is an SMS code, besides `DEBIT_CHECKS`."""
