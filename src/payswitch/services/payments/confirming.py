"""确认扣款: the customer gives what a debit needs (an SMS code, a payment code, an Apple Pay token)."""

from __future__ import annotations

from payswitch.domain.channel import Consent, CredentialKind, Environment
from payswitch.domain.channel_client import SmsClient
from payswitch.domain.errors import (
    CHANNELS_UNAVAILABLE,
    CONSENT_WRONG,
    INVALID_REQUEST,
    PAYER_REFUSED,
    TOO_SOON,
    WRONG_STATE,
    PaySwitchError,
)
from payswitch.domain.exchange import CreateOrder, OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, PaymentState
from payswitch.domain.shop import Shop
from payswitch.domain.transitions import ATTEMPT, AttemptEvent, advance
from payswitch.routing.next_steps import After, after_debit
from payswitch.services.attempts.asking import client_of, create_order
from payswitch.services.attempts.debiting import hear_debit, send_debit
from payswitch.services.attempts.retiring import retire_all
from payswitch.services.attempts.rounds import Since, as_debit
from payswitch.services.checkout.agreements import usable_agreements
from payswitch.services.commands import ConfirmPayment, PaymentAnswer
from payswitch.services.context import Context
from payswitch.services.decisions.observing import customer_key
from payswitch.services.payments import consents
from payswitch.services.payments.consents import Given
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.launching import check_alive, debit_more, launch_more, plan_more, shown_attempt
from payswitch.services.payments.lifecycle import confirming_attempt
from payswitch.services.payments.payments import get_payment


async def confirm_payment(ctx: Context, shop: Shop, payment_id: str, command: ConfirmPayment) -> PaymentAnswer:
    """Debit with the customer's consent. Answers the payment: succeeded, or still confirming (its shop hears the end).

    Two presses of one button are one debit. While a debit is unknown nothing is sent, whatever is asked: the answer is
    the payment as it stands.
    """
    given = consents.of_confirm(command)
    file = await get_payment(ctx, shop, payment_id)
    key = (file.payment.shop_id, file.payment.out_trade_no)

    async def work() -> PaymentAnswer:
        now = await get_payment(ctx, shop, payment_id)
        if now.payment.state is PaymentState.SUCCEEDED or confirming_attempt(now.attempts) is not None:
            return PaymentAnswer(file=now)
        check_alive(ctx, now)
        if given.kind is Consent.SMS_CODE:
            return await _with_sms_code(ctx, now, given)
        return await _with_code_at_hand(ctx, now, given, command.environment)

    return await ctx.inflight.run(key, file.payment.input_hash, f"confirm {given.wish}", work)


async def _with_code_at_hand(
    ctx: Context, file: PaymentFile, given: Given, environment: Environment | None
) -> PaymentAnswer:
    """A payment code or a token: what was shown before is left first, then the debit begins."""
    since = Since.now(ctx)
    where = Environment.COUNTER if given.kind is Consent.PAYMENT_CODE else environment or file.payment.environment
    if where is None:
        raise PaySwitchError(
            INVALID_REQUEST,
            "say where the customer's screen is",
            "请指明顾客所处的支付环境",
            errors=[{"field": "environment", "message": "required here / 此处必填"}],
        )
    planned = await plan_more(ctx, file, where, given=given)
    file = await retire_all(ctx, file, budget_ms=ctx.timings.retire_deadline_ms)
    if file.payment.state is PaymentState.SUCCEEDED:
        return PaymentAnswer(file=file)
    check_alive(ctx, file)
    return await debit_more(ctx, file, planned, given, since=since)


def _awaiting_sms(ctx: Context, file: PaymentFile) -> Attempt:
    shown = shown_attempt(file, ctx.clock.now_ms())
    if shown is not None and shown.credential is not None and shown.credential.kind is CredentialKind.SMS:
        return shown
    raise PaySwitchError(
        WRONG_STATE,
        "no SMS code is being waited for; begin the quick payment anew",
        "当前没有待输入的短信验证码，请重新发起快捷支付",
        extra={"payment_id": file.payment.payment_id, "state": file.payment.state.value},
    )


async def _with_sms_code(ctx: Context, file: PaymentFile, given: Given) -> PaymentAnswer:
    since = Since.now(ctx)
    attempt = _awaiting_sms(ctx, file)
    file, begun = await _begin(ctx, file, attempt)
    if not begun or attempt.credential is None:
        return PaymentAnswer(file=file)
    order = await _order(ctx, file, attempt)
    fact = await send_debit(
        ctx,
        attempt,
        order,
        given.secret,
        ctx.timings.debit_timeout_ms,
        handle=attempt.credential.handle,
        customer=customer_key(file.payment),
    )
    after = after_debit(fact.outcome)
    if after in (After.DONE, After.CONFIRMING):
        return PaymentAnswer(file=await hear_debit(ctx, file, attempt.attempt_id, fact))
    if after is After.ASK_AGAIN or fact.outcome.kind is OutcomeKind.NOT_SENT:
        file = await _back_to_asking(ctx, file, attempt, fact)
        raise _ask_again(file, fact.outcome)
    file = await _refused(ctx, file, attempt, fact)
    if after is After.STOP:
        raise PaySwitchError(PAYER_REFUSED, extra={"payment_id": file.payment.payment_id})
    environment = file.payment.environment or Environment.MOBILE
    return await launch_more(ctx, file, await plan_more(ctx, file, environment), since=since)


async def _begin(ctx: Context, file: PaymentFile, attempt: Attempt) -> tuple[PaymentFile, bool]:
    """Write-ahead: from here on the debit may have happened."""

    def decide(draft: Draft) -> bool:
        current = draft.attempt(attempt.attempt_id)
        if current.state is not AttemptState.EXPOSED or draft.payment.state is not PaymentState.PENDING:
            return False
        taken = as_debit(ctx, current)
        draft.set_attempt(
            current.attempt_id,
            state=taken.state,
            debit_at_ms=taken.debit_at_ms,
            tries=taken.tries,
            due_at_ms=taken.due_at_ms,
        )
        return True

    return await change(ctx, attempt.payment_id, decide, known=file)


async def _order(ctx: Context, file: PaymentFile, attempt: Attempt) -> CreateOrder:
    agreements = await usable_agreements(ctx, file.payment)
    environment = file.payment.environment or Environment.MOBILE
    return create_order(ctx, file.payment, attempt, environment, agreements.get(attempt.channel_id, ""))


async def _back_to_asking(ctx: Context, file: PaymentFile, attempt: Attempt, fact: OrderFact) -> PaymentFile:
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        current = draft.attempt(attempt.attempt_id)
        if current.state is not AttemptState.UNKNOWN:
            return
        draft.set_attempt(
            current.attempt_id,
            state=advance(ATTEMPT, current.state, AttemptEvent.ASK_AGAIN),
            debit_at_ms=None,
            known_by_ms=None,
            outcome=fact.outcome,
            due_at_ms=ctx.timings.next_query_ms(1, now_ms),
        )

    return (await change(ctx, attempt.payment_id, decide, known=file))[0]


def _ask_again(file: PaymentFile, outcome: Outcome) -> PaySwitchError:
    extra: dict[str, object] = {"payment_id": file.payment.payment_id}
    if outcome.kind is OutcomeKind.NOT_SENT:
        return PaySwitchError(
            CHANNELS_UNAVAILABLE,
            "the bank could not be reached, nothing was debited; send the same code again",
            "暂时无法连接银行，未扣款，请用同一验证码重试",
            extra={**extra, "retry_after_s": 2},
        )
    return PaySwitchError(CONSENT_WRONG, extra=extra)


async def _refused(ctx: Context, file: PaymentFile, attempt: Attempt, fact: OrderFact) -> PaymentFile:
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        current = draft.attempt(attempt.attempt_id)
        if current.state is AttemptState.UNKNOWN:
            draft.set_attempt(
                current.attempt_id,
                state=advance(ATTEMPT, current.state, AttemptEvent.REFUSE),
                outcome=fact.outcome,
                finished_at_ms=now_ms,
                due_at_ms=None,
            )

    return (await change(ctx, attempt.payment_id, decide, known=file))[0]


async def resend_sms(ctx: Context, shop: Shop, payment_id: str) -> PaymentAnswer:
    """The code did not come: the bank sends another, at most once a minute. No money moves."""
    file = await get_payment(ctx, shop, payment_id)
    attempt = _awaiting_sms(ctx, file)
    monotonic_ms = ctx.clock.monotonic_ms()
    if not ctx.sms_sent.is_due(attempt.attempt_id, monotonic_ms):
        wait_s = ctx.timings.sms_gap_ms // 1_000
        raise PaySwitchError(
            TOO_SOON,
            f"an SMS code is sent at most every {wait_s} s",
            f"短信验证码每 {wait_s} 秒最多发送一次",
            extra={"retry_after_s": wait_s},
        )
    ctx.sms_sent.note(attempt.attempt_id, monotonic_ms)
    client = client_of(ctx, attempt)
    handle = attempt.credential.handle if attempt.credential is not None else ""
    if not isinstance(client, SmsClient):
        raise PaySwitchError(WRONG_STATE, "this channel sends no second code", "该渠道不支持重发验证码")
    answer = await client.resend(await _order(ctx, file, attempt), handle, ctx.timings.query_timeout_ms)
    if answer.credential is None:
        raise PaySwitchError(CHANNELS_UNAVAILABLE, extra={"payment_id": payment_id, "retry_after_s": 2})
    credential = answer.credential

    def decide(draft: Draft) -> None:
        if draft.attempt(attempt.attempt_id).state is AttemptState.EXPOSED:
            draft.set_attempt(attempt.attempt_id, credential=credential)

    file, _ = await change(ctx, payment_id, decide, known=file)
    return PaymentAnswer(file=file, attempt_id=attempt.attempt_id)
