"""扣款: the rounds of pull products, where the call itself takes the money.

Here a switch is allowed only after a definite "nothing was taken". Whatever is not definite ends the round: the attempt
stays `unknown`, is asked about and at last reversed (`unknown_debits.py`), and nothing else is begun before that.
"""

from __future__ import annotations

from payswitch.domain.channel_client import DebitClient
from payswitch.domain.exchange import CreateOrder, DebitOrder, OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, HeardBy, PaymentFile
from payswitch.kit.secrets import Secret
from payswitch.routing.next_steps import After, after_debit
from payswitch.services.attempts.asking import client_of
from payswitch.services.attempts.results import apply_to_attempt, query_attempt
from payswitch.services.attempts.rounds import Launched, Round, commit_attempt, end_round, give_up, order_of
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.payments.confirmations import tell_confirming
from payswitch.services.payments.draft import Draft, change

WORTH_ANOTHER_CALL = frozenset({"connect_failed", "dns_failed", "connection_lost"})
"""Of calls that never left: trouble that came fast and may be gone. The channel has heard nothing of the debit."""


async def debit_round(ctx: Context, work: Round, consent: Secret) -> Launched:
    """Try candidates in order until one has taken the money, one may have, or the customer must choose."""
    while work.candidates and work.remaining_ms(ctx) >= ctx.timings.least_try_ms:
        attempt = await commit_attempt(ctx, work, work.candidates.popleft(), debit=True)
        if attempt is None:
            return Launched(file=work.file)
        timeout_ms = min(ctx.timings.debit_timeout_ms, work.remaining_ms(ctx))
        customer = observing.customer_key(work.file.payment)
        order = order_of(ctx, work, attempt)
        fact = await send_debit(ctx, attempt, order, consent, timeout_ms, customer=customer)
        after = after_debit(fact.outcome)
        if after in (After.DONE, After.CONFIRMING):
            work.file = await hear_debit(ctx, work.file, attempt.attempt_id, fact)
            observing.tell_switch(ctx, work.file, attempt, work.started_ms, ctx.clock.now_ms())
            return Launched(file=work.file)
        give_up(ctx, work, attempt, fact.outcome, left_behind=False)
        if after is not After.NEXT:
            break
    return await end_round(ctx, work)


async def send_debit(
    ctx: Context,
    attempt: Attempt,
    order: CreateOrder,
    consent: Secret,
    timeout_ms: int,
    *,
    handle: str = "",
    customer: tuple[str, str] | None = None,
) -> OrderFact:
    """The debit call. Once more only if the first never left: then the channel has heard nothing of it."""
    client = client_of(ctx, attempt)
    if not isinstance(client, DebitClient):
        outcome = Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="no_debits", message="this connector cannot debit")
        return OrderFact(channel_order_no=attempt.channel_order_no, outcome=outcome)
    debit = DebitOrder(order=order, consent=consent, handle=handle)

    async def once() -> OrderFact:
        begun = ctx.clock.monotonic_ms()
        fact = await client.debit(debit, max(timeout_ms, 1))
        observing.tell_call(ctx, attempt, fact.outcome, ctx.clock.monotonic_ms() - begun, customer, call="debit")
        return fact

    fact = await once()
    if fact.outcome.kind is OutcomeKind.NOT_SENT and fact.outcome.code in WORTH_ANOTHER_CALL:
        fact = await once()
    return fact


async def hear_debit(ctx: Context, file: PaymentFile, attempt_id: str, fact: OrderFact) -> PaymentFile:
    """An answer that is paid, or leaves it open. Paid goes through the funnel like every fact; the rest is noted, and
    asked about soon: at once where the channel says that it has taken the order (its answer may lack a particular)."""
    if fact.outcome.kind is OutcomeKind.PAID:
        file = await apply_to_attempt(ctx, file, attempt_id, fact, HeardBy.ANSWER)
    if file.attempt(attempt_id).state is not AttemptState.UNKNOWN:
        return file
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        if draft.attempt(attempt_id).state is AttemptState.UNKNOWN:
            due_at_ms = ctx.timings.next_debit_ms(1, now_ms)
            draft.set_attempt(attempt_id, outcome=fact.outcome, answered_at_ms=now_ms, tries=0, due_at_ms=due_at_ms)
            tell_confirming(ctx, draft, attempt_id, now_ms)

    file, _ = await change(ctx, file.payment.payment_id, decide, known=file)
    if fact.outcome.kind is OutcomeKind.PENDING:
        file, _ = await query_attempt(ctx, file, attempt_id, ctx.timings.query_timeout_ms)
    return file
