"""支付单: create, read, list, cancel."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from payswitch.domain.changes import IdempotencyRecord, UniqueViolation
from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.errors import (
    CHANNELS_UNAVAILABLE,
    INVALID_REQUEST,
    NO_CANDIDATE,
    NOT_FOUND,
    OUT_TRADE_NO_CONFLICT,
    PAYER_REFUSED,
    TOO_MANY_ATTEMPTS,
    WRONG_STATE,
    PaySwitchError,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    CloseReason,
    Decision,
    Payment,
    PaymentFile,
    PaymentState,
    Shop,
)
from payswitch.routing.request import RoutePlan
from payswitch.services import idempotency, observing, retiring
from payswitch.services.commands import CreatePayment, PaymentAnswer
from payswitch.services.context import Context
from payswitch.services.draft import Draft, change, commit
from payswitch.services.failover import Launched, Since, begin_round, launch
from payswitch.services.lifecycle import begin_close
from payswitch.services.routes import plan_route

LEAST_LIFE_MS = 3_000
"""A payment about to expire launches nothing more: the customer could not finish."""

MOST_EXPOSED = 20
"""Credentials shown for one payment. Each has to be watched until it is dead: a link that somebody presses in a loop
must not become thousands of orders. Attempts that nobody saw do not count: an outage must lock nobody out."""

LAUNCHABLE = frozenset({PaymentState.CREATED, PaymentState.PENDING})

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
    input_hash = hashlib.sha256(_encode(command)).hexdigest()
    key = (shop.shop_id, command.out_trade_no)
    running = ctx.inflight.running(key)
    if running is not None and running.input_hash != input_hash:
        raise _trade_no_conflict(command.out_trade_no)
    joined = running is not None
    answer = await ctx.inflight.run(
        key,
        input_hash,
        f"create {input_hash}",
        lambda: _create_or_resume(ctx, shop, command, input_hash, idempotency_key),
    )
    if not joined:
        return answer
    await idempotency.keep(ctx, idempotency.record_of(answer.file.payment, idempotency_key))
    return msgspec.structs.replace(answer, created=False)


async def _create_or_resume(
    ctx: Context, shop: Shop, command: CreatePayment, input_hash: str, idempotency_key: str | None
) -> PaymentAnswer:
    since = Since.now(ctx)
    payment = _new_payment(ctx, shop, command, input_hash, since.at_ms)
    record = idempotency.record_of(payment, idempotency_key)
    try:
        return await _create(ctx, payment, record, since)
    except UniqueViolation as violation:
        file = await _existing(ctx, payment, record, violation)
    await idempotency.keep(ctx, idempotency.record_of(file.payment, idempotency_key))
    return await resume(ctx, file, since=since)


async def _create(ctx: Context, payment: Payment, record: IdempotencyRecord | None, since: Since) -> PaymentAnswer:
    file = PaymentFile(payment=payment)
    if payment.environment is None:
        draft = Draft(file, is_new=True)
        if record is not None:
            draft.idempotency.append(record)
        file = await commit(ctx, draft)
        _tell_created(ctx, payment)
        return PaymentAnswer(file=file, created=True)
    plan, decision = plan_route(ctx, payment, payment.environment)
    if not plan.candidates:
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
    )
    launched = await launch(ctx, work)
    _tell_created(ctx, payment)
    return launched_answer(ctx, launched, created=True)


def _tell_created(ctx: Context, payment: Payment) -> None:
    ctx.feed.tell(
        "payment_created",
        {"payment_id": payment.payment_id, "shop_id": payment.shop_id, "amount_fen": payment.amount_fen},
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
        environment=command.environment,
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


async def resume(ctx: Context, file: PaymentFile, *, since: Since) -> PaymentAnswer:
    """The payment as it stands, with a usable credential: the shown one, or a newly launched one.

    After a crash this finishes what the dead process began; the sweeper does the same without being asked.
    """
    payment = file.payment
    shown = shown_attempt(file, ctx.clock.now_ms())
    if shown is not None or payment.environment is None or not can_launch(ctx, payment):
        return PaymentAnswer(file=file, attempt_id=shown.attempt_id if shown else None)
    # A credential that has run out may still be open in a wallet: it is retired before another one is shown.
    file = await retiring.retire_all(ctx, file, budget_ms=ctx.timings.retire_deadline_ms)
    if not can_launch(ctx, file.payment):
        return PaymentAnswer(file=file)
    return await launch_more(ctx, file, plan_more(ctx, file, payment.environment), since=since)


def can_launch(ctx: Context, payment: Payment) -> bool:
    """Whether a new attempt may be begun at all."""
    return payment.state in LAUNCHABLE and payment.expires_at_ms - ctx.clock.now_ms() >= LEAST_LIFE_MS


def shown_attempt(file: PaymentFile, now_ms: int) -> Attempt | None:
    """The newest attempt whose credential the customer can still use; none once the payment is decided."""
    if file.payment.state is not PaymentState.PENDING:
        return None
    for attempt in reversed(file.attempts):
        usable = attempt.credential is not None and attempt.credential.expires_at_ms > now_ms
        if attempt.state is AttemptState.EXPOSED and usable:
            return attempt
    return None


class NextRound(msgspec.Struct, frozen=True):
    """Where the next attempt of a payment would go: planned before anything that the customer has is given up."""

    plan: RoutePlan
    decision: Decision
    environment: Environment


def plan_more(
    ctx: Context,
    file: PaymentFile,
    environment: Environment,
    *,
    methods: tuple[Method, ...] = (),
    products: tuple[Product, ...] = (),
) -> NextRound:
    """Plan a new round for a payment that exists; `methods` and `products` are the customer's wish for this round.
    Raises `no_candidate` when nobody can do it, `too_many_attempts` for a payment that was begun over and over."""
    if sum(attempt.exposed_at_ms is not None for attempt in file.attempts) >= MOST_EXPOSED:
        raise PaySwitchError(TOO_MANY_ATTEMPTS, extra={"payment_id": file.payment.payment_id})
    plan, decision = plan_route(ctx, file.payment, environment, file.attempts, methods=methods, products=products)
    if not plan.candidates:
        raise no_candidate(plan.excluded, file)
    return NextRound(plan, decision, environment)


async def launch_more(ctx: Context, file: PaymentFile, planned: NextRound, *, since: Since) -> PaymentAnswer:
    """A new round for a payment that exists."""
    work = begin_round(ctx, file, planned.plan, planned.decision, planned.environment, since=since)
    return launched_answer(ctx, await launch(ctx, work), created=False)


def launched_answer(ctx: Context, launched: Launched, *, created: bool) -> PaymentAnswer:
    """A round's end as an answer, or as the error that says what to do next."""
    payment = launched.file.payment
    if launched.attempt_id is not None or payment.state not in LAUNCHABLE:
        return PaymentAnswer(file=launched.file, attempt_id=launched.attempt_id, created=created)
    raise _no_credential(ctx, launched.file, launched.refused)


def _no_credential(ctx: Context, file: PaymentFile, refused: Outcome | None) -> PaySwitchError:
    payment = file.payment
    extra: dict[str, object] = {
        "payment_id": payment.payment_id,
        "checkout_url": ctx.checkout_url(payment.checkout_token),
    }
    if refused is not None and refused.kind is OutcomeKind.REFUSED_PAYER:
        return PaySwitchError(PAYER_REFUSED, extra=extra)
    return PaySwitchError(CHANNELS_UNAVAILABLE, extra={**extra, "retry_after_s": 2})


def no_candidate(excluded: Sequence[object], file: PaymentFile | None = None) -> PaySwitchError:
    """Nothing is eligible: say for every channel and product why."""
    reasons = [msgspec.to_builtins(exclusion) for exclusion in excluded]
    extra: dict[str, object] = {"excluded": reasons}
    if file is not None:
        extra["payment_id"] = file.payment.payment_id
    return PaySwitchError(
        NO_CANDIDATE,
        "allow more methods, or configure a channel that works in this environment",
        "请放宽允许的支付方式，或配置适用于该支付环境的渠道",
        extra=extra,
    )


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
    file = await get_payment(ctx, shop, payment_id)
    if file.payment.state is PaymentState.SUCCEEDED:
        raise PaySwitchError(
            WRONG_STATE,
            "the payment has succeeded; refund it instead",
            "支付已成功，请改为退款",
            extra={"payment_id": payment_id, "state": file.payment.state.value},
        )
    now_ms = ctx.clock.now_ms()
    file, _ = await change(
        ctx, payment_id, lambda draft: begin_close(ctx, draft, CloseReason.CANCELLED, now_ms), known=file
    )
    observing.tell_closed(ctx, file)
    return await retiring.retire_all(ctx, file, budget_ms=ctx.timings.retire_deadline_ms)
