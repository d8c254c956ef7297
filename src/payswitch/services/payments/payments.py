"""支付单: create, read, list, cancel."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from payswitch.domain.changes import IdempotencyRecord, UniqueViolation
from payswitch.domain.channel import Environment
from payswitch.domain.errors import (
    INVALID_REQUEST,
    NOT_FOUND,
    OUT_TRADE_NO_CONFLICT,
    WRONG_STATE,
    PaySwitchError,
)
from payswitch.domain.payment import CloseReason, Decision, Payment, PaymentFile, PaymentState
from payswitch.domain.shop import Shop
from payswitch.domain.trail import TrailEntry
from payswitch.services.attempts import retiring
from payswitch.services.attempts.rounds import Since, begin_round
from payswitch.services.checkout.agreements import usable_agreements
from payswitch.services.commands import CreatePayment, PaymentAnswer
from payswitch.services.context import Context
from payswitch.services.decisions import observing
from payswitch.services.decisions.customer_facts import look_up_customer
from payswitch.services.decisions.routes import plan_route
from payswitch.services.payments import consents, idempotency
from payswitch.services.payments.consents import Given
from payswitch.services.payments.draft import Draft, change, commit
from payswitch.services.payments.launching import (
    can_launch,
    debit_more,
    launch_more,
    launched_answer,
    no_candidate,
    plan_more,
    run_round,
    shown_attempt,
    wallet_of,
)
from payswitch.services.payments.lifecycle import begin_close, confirming_attempt
from payswitch.services.payments.other_nodes import wait_for_launch
from payswitch.services.payments.refreshing import refresh, refreshable

_encode = msgspec.json.Encoder(order="deterministic").encode


async def create_payment(
    ctx: Context, shop: Shop, command: CreatePayment, idempotency_key: str | None
) -> PaymentAnswer:
    """Create a payment and, where the customer's environment is known, launch its first attempt.

    The natural key is (shop, out_trade_no): the same input again resumes or repeats, other input is a conflict.
    An error 5xx is never frozen: the payment is kept and the same request tries again.
    """
    if command.shop is not None and command.shop != shop.shop_id:
        raise PaySwitchError(
            INVALID_REQUEST,
            "the API key belongs to another shop",
            "该 API 密钥属于其他店铺",
            errors=[{"field": "shop", "message": "must be the shop of the API key / 须为该密钥所属店铺"}],
        )
    given = consents.of_create(command)
    input_hash = _hash_of(command)
    key = (shop.shop_id, command.out_trade_no)
    running = ctx.inflight.running(key)
    if running is not None and running.input_hash != input_hash:
        raise _trade_no_conflict(command.out_trade_no)
    joined = running is not None
    answer = await ctx.inflight.run(
        key,
        input_hash,
        f"create {input_hash}" if given is None else f"create {input_hash} {given.wish}",
        lambda: _create_or_resume(ctx, shop, command, input_hash, idempotency_key, given),
    )
    if not joined:
        return answer
    await idempotency.keep(ctx, idempotency.record_of(answer.file.payment, idempotency_key))
    return msgspec.structs.replace(answer, created=False)


def _hash_of(command: CreatePayment) -> str:
    """What makes two requests the same. What the customer gave for one debit is no part of the order."""
    if command.payment_code is not None:
        command = msgspec.structs.replace(command, payment_code=None)
    return hashlib.sha256(_encode(command)).hexdigest()


async def _create_or_resume(
    ctx: Context,
    shop: Shop,
    command: CreatePayment,
    input_hash: str,
    idempotency_key: str | None,
    given: Given | None,
) -> PaymentAnswer:
    since = Since.now(ctx)
    payment = _new_payment(ctx, shop, command, input_hash, since.at_ms)
    record = idempotency.record_of(payment, idempotency_key)
    try:
        return await _create(ctx, payment, record, since, given)
    except UniqueViolation as violation:
        file = await _existing(ctx, payment, record, violation)
    await idempotency.keep(ctx, idempotency.record_of(file.payment, idempotency_key))
    waited = await wait_for_launch(ctx, file)
    # Who waited for a node that turned out to be dead has a launch of its own, with all its time.
    return await resume(ctx, waited, since=since if waited is file else Since.now(ctx), given=given)


async def _create(
    ctx: Context, payment: Payment, record: IdempotencyRecord | None, since: Since, given: Given | None
) -> PaymentAnswer:
    file = PaymentFile(payment=payment)
    if payment.environment is None:
        draft = Draft(file, is_new=True)
        if record is not None:
            draft.idempotency.append(record)
        file = await commit(ctx, draft)
        _tell_created(ctx, payment, shown=None)
        return PaymentAnswer(file=file, created=True)
    agreements = await usable_agreements(ctx, payment)
    await look_up_customer(ctx, payment)
    methods = wallet_of(payment, given)
    plan, decision = plan_route(ctx, payment, payment.environment, methods=methods, given=given, agreements=agreements)
    if not plan.candidates:
        ctx.feed.tell("no_candidate", {"shop_id": payment.shop_id})
        raise no_candidate(plan.excluded)
    work = begin_round(
        ctx,
        file,
        plan,
        decision,
        payment.environment,
        since=since,
        is_new=True,
        idempotency=record,
        agreements=agreements,
        allowed_ms=None if given is None else ctx.timings.debit_round_ms,
    )
    launched = await run_round(ctx, work, given)
    _tell_created(ctx, payment, shown=launched.attempt_id is not None)
    return launched_answer(ctx, launched, created=True)


def _tell_created(ctx: Context, payment: Payment, *, shown: bool | None) -> None:
    """`shown`: whether its first round gave the customer something to pay with; None: it had none yet."""
    ctx.feed.tell(
        "payment_created",
        {
            "payment_id": payment.payment_id,
            "merchant_id": observing.counted_for(payment),
            "shop_id": payment.shop_id,
            "amount_fen": payment.amount_fen,
            "took_ms": ctx.clock.now_ms() - payment.created_at_ms,
            "shown": shown,
        },
    )


def _new_payment(ctx: Context, shop: Shop, command: CreatePayment, input_hash: str, now_ms: int) -> Payment:
    expires_at_ms = now_ms + command.expires_in_s * 1_000
    return Payment(
        payment_id=ctx.ids.new("pay_", now_ms),
        merchant_id=shop.merchant_id,
        shop_id=shop.shop_id,
        out_trade_no=command.out_trade_no,
        amount_fen=command.amount_fen,
        subject=command.subject,
        state=PaymentState.CREATED,
        methods=command.methods,
        products=command.products,
        environment=Environment.COUNTER if command.payment_code is not None else command.environment,
        user_agent=command.user_agent,
        customer=command.customer,
        instalments=command.instalments,
        agreement_id=command.agreement_id,
        goods_tag=command.goods_tag,
        notify_url=command.notify_url or shop.notify_url,
        return_url=command.return_url,
        metadata=command.metadata,
        created_at_ms=now_ms,
        expires_at_ms=expires_at_ms,
        late_until_ms=None if shop.accept_late_s is None else expires_at_ms + shop.accept_late_s * 1_000,
        checkout_token=ctx.ids.token(),
        input_hash=input_hash,
        due_at_ms=expires_at_ms,
    )


async def _existing(
    ctx: Context, payment: Payment, record: IdempotencyRecord | None, violation: UniqueViolation
) -> PaymentFile:
    """The payment that the request repeats; raises when it is not the same request."""
    if record is not None:
        await idempotency.check(ctx, record)
    file = await ctx.store.file_by_trade_no(payment.shop_id, payment.out_trade_no)
    if file is None:
        raise violation
    if file.payment.input_hash != payment.input_hash:
        raise _trade_no_conflict(payment.out_trade_no)
    return file


def _trade_no_conflict(out_trade_no: str) -> PaySwitchError:
    return PaySwitchError(
        OUT_TRADE_NO_CONFLICT,
        f"out_trade_no {out_trade_no} was created with other content; use a new number for a new order",
        f"商户订单号 {out_trade_no} 已用于内容不同的支付单，新订单请使用新单号",
    )


async def resume(ctx: Context, file: PaymentFile, *, since: Since, given: Given | None = None) -> PaymentAnswer:
    """The payment as it stands, with a usable credential: the shown one, or a newly launched one; or debited with what
    the customer gave now. While an earlier debit is unknown nothing is begun.

    After a crash this finishes what the dead process began; the sweeper does the same without being asked.
    """
    payment = file.payment
    if confirming_attempt(file.attempts) is not None:
        return PaymentAnswer(file=file)
    shown = shown_attempt(file, ctx.clock.now_ms())
    if shown is not None or payment.environment is None or not can_launch(ctx, payment):
        return PaymentAnswer(file=file, attempt_id=shown.attempt_id if shown else None)
    if given is None and (expired := refreshable(ctx, file)) is not None:
        file, fresh = await refresh(ctx, file, expired, payment.environment, since)
        if fresh:
            return PaymentAnswer(file=file, attempt_id=expired.attempt_id)
    # A credential that has run out may still be open in a wallet: it is retired before another one is shown.
    file = await retiring.retire_all(ctx, file, budget_ms=retiring.budget_ms(ctx, since))
    if not can_launch(ctx, file.payment):
        return PaymentAnswer(file=file)
    planned = await plan_more(ctx, file, payment.environment, given=given)
    if given is not None:
        return await debit_more(ctx, file, planned, given, since=since)
    return await launch_more(ctx, file, planned, since=since)


async def get_payment(ctx: Context, shop: Shop, payment_id: str) -> PaymentFile:
    """One payment of this shop. Another shop's payment does not exist for it."""
    file = await ctx.store.payment_file(payment_id)
    if file is None or file.payment.shop_id != shop.shop_id:
        raise PaySwitchError(NOT_FOUND, f"there is no payment {payment_id} in this shop", "该店铺没有此支付单")
    return file


async def find_payment(ctx: Context, shop: Shop, out_trade_no: str) -> PaymentFile | None:
    return await ctx.store.file_by_trade_no(shop.shop_id, out_trade_no)


async def list_payments(
    ctx: Context, shop: Shop, *, state: PaymentState | None, before: str | None, limit: int
) -> Sequence[Payment]:
    return await ctx.store.list_payments(shop.shop_id, state=state, before=before, limit=limit)


async def decisions(ctx: Context, shop: Shop, payment_id: str) -> Sequence[Decision]:
    await get_payment(ctx, shop, payment_id)
    return await ctx.store.decisions(payment_id)


async def cancel_payment(ctx: Context, shop: Shop, payment_id: str) -> PaymentFile:
    """The shop does not want it any more. What a customer may still pay is queried, closed and watched.

    Answers `closed` when all of it is confirmed dead, `closing` while a channel has still to confirm (the event
    payment.closed follows), or `succeeded` when the customer was faster.
    """
    return await close_payment(ctx, await get_payment(ctx, shop, payment_id))


async def close_payment(ctx: Context, file: PaymentFile, by_hand: TrailEntry | None = None) -> PaymentFile:
    """The same for whoever has found the payment already. `by_hand`: the deed of the person who wants it closed."""
    payment_id = file.payment.payment_id
    if file.payment.state is PaymentState.SUCCEEDED:
        raise PaySwitchError(
            WRONG_STATE,
            "the payment has succeeded; refund it instead",
            "支付已成功，请改为退款",
            extra={"payment_id": payment_id, "state": file.payment.state.value},
        )
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> None:
        begin_close(ctx, draft, CloseReason.CANCELLED, now_ms)
        draft.trail += [] if by_hand is None else [by_hand]

    file, _ = await change(ctx, payment_id, decide, known=file)
    observing.tell_closed(ctx, file)
    return await retiring.retire_all(ctx, file, budget_ms=ctx.timings.retire_deadline_ms)
