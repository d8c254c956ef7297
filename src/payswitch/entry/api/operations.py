"""Every operation of the shops' API, one small function each, and the table from which routes and document are made."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain import errors as kinds
from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.payment import Decision, PaymentFile
from payswitch.entry.api import query, views
from payswitch.entry.api.agreement_operations import AGREEMENTS
from payswitch.entry.api.call import Answer, Call
from payswitch.entry.api.capability_views import CapabilityList, capability_list
from payswitch.entry.api.event_operations import EVENTS
from payswitch.entry.api.explanation_views import ExplanationView, explanation_view
from payswitch.entry.api.inputs import CreatePaymentInput
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.refund_operations import REFUNDS
from payswitch.entry.http.environment import detect
from payswitch.services.checkout import applepay, capabilities
from payswitch.services.commands import ConfirmPayment, OpenApplePaySession, PaymentAnswer, SwitchPayment
from payswitch.services.decisions import explaining
from payswitch.services.payments import confirming, payments, switching
from payswitch.services.payments.confirmations import settled_by_ms


async def create_payment(call: Call) -> Answer:
    command: CreatePaymentInput = call.command
    if command.environment is None and command.user_agent:
        command = msgspec.structs.replace(command, environment=detect(command.user_agent))
    answer = await payments.create_payment(call.ctx, call.shop, command, call.idempotency_key)
    return Answer(_shown(call, answer), status=201 if answer.created else 200)


async def get_payment(call: Call) -> Answer:
    payment_id = call.path["payment_id"]
    file = await payments.get_payment(call.ctx, call.shop, payment_id)
    decisions = await payments.decisions(call.ctx, call.shop, payment_id)
    return Answer(_view(call, file, decisions=decisions))


async def list_payments(call: Call) -> Answer:
    if "out_trade_no" in call.query:
        return await _payment_of_trade_no(call)
    limit = call.query.get("limit", query.PER_PAGE)
    found = await payments.list_payments(
        call.ctx, call.shop, state=call.query.get("state"), before=call.query.get("before"), limit=limit
    )
    data = [views.payment_view(payment, call.ctx.checkout_url(payment.checkout_token)) for payment in found]
    return Answer(views.PaymentList(data=data, next=data[-1].payment_id if len(data) == limit else None))


async def _payment_of_trade_no(call: Call) -> Answer:
    file = await payments.find_payment(call.ctx, call.shop, call.query["out_trade_no"])
    state = call.query.get("state")
    fits = file is not None and state in (None, file.payment.state)
    return Answer(views.PaymentList(data=[_plain(call, file)] if file is not None and fits else [], next=None))


async def cancel_payment(call: Call) -> Answer:
    return Answer(_plain(call, await payments.cancel_payment(call.ctx, call.shop, call.path["payment_id"])))


async def switch_payment(call: Call) -> Answer:
    answer = await switching.switch_payment(call.ctx, call.path["payment_id"], call.command, shop=call.shop)
    return Answer(_shown(call, answer))


async def confirm_payment(call: Call) -> Answer:
    answer = await confirming.confirm_payment(call.ctx, call.shop, call.path["payment_id"], call.command)
    return Answer(_shown(call, answer))


async def resend_sms(call: Call) -> Answer:
    return Answer(_shown(call, await confirming.resend_sms(call.ctx, call.shop, call.path["payment_id"])))


async def open_apple_pay_session(call: Call) -> Answer:
    session = await applepay.merchant_session(call.ctx, call.shop, call.path["payment_id"], call.command)
    return Answer(msgspec.Raw(session))


async def explain_payment(call: Call) -> Answer:
    return Answer(explanation_view(await explaining.explain_for_shop(call.ctx, call.shop, call.path["payment_id"])))


async def list_capabilities(call: Call) -> Answer:
    return Answer(capability_list(capabilities.places_of(call.ctx, call.shop.merchant_id)))


def _shown(call: Call, answer: PaymentAnswer) -> views.PaymentView:
    """After a use case that names the attempt to show."""
    return _view(call, answer.file, attempt_id=answer.attempt_id)


def _plain(call: Call, file: PaymentFile) -> views.PaymentView:
    return _view(call, file)


def _view(
    call: Call, file: PaymentFile, *, attempt_id: str | None = None, decisions: Sequence[Decision] | None = None
) -> views.PaymentView:
    ctx = call.ctx
    return views.file_view(
        file,
        ctx.checkout_url(file.payment.checkout_token),
        ctx.clock.now_ms(),
        settled_by=lambda attempt: settled_by_ms(ctx, attempt),
        attempt_id=attempt_id,
        decisions=decisions,
    )


_PAYMENT = "/v1/payments/{payment_id}"

OPERATIONS: tuple[Operation[Call], ...] = (
    Operation(
        name="createPayment",
        method="POST",
        path="/v1/payments",
        run=create_payment,
        title="Create a payment; with an environment (or user agent) it answers with the credential to show",
        title_zh="创建支付单；给出支付环境（或 User-Agent）时直接返回支付凭证",
        body=CreatePaymentInput,
        answer=views.PaymentView,
        status=201,
        may_repeat=True,
        problems=(
            kinds.TOO_MANY_ATTEMPTS,
            kinds.OUT_TRADE_NO_CONFLICT,
            kinds.IDEMPOTENCY_CONFLICT,
            kinds.CONSENT_UNUSABLE,
            kinds.NO_CANDIDATE,
            kinds.PAYER_REFUSED,
            kinds.CHANNELS_UNAVAILABLE,
        ),
    ),
    Operation(
        name="listPayments",
        method="GET",
        path="/v1/payments",
        run=list_payments,
        title="Payments of the shop, newest first",
        title_zh="支付单列表，新的在前",
        parameters=(query.STATE, query.BEFORE_PAYMENT, query.LIMIT, query.TRADE_NO),
        answer=views.PaymentList,
    ),
    Operation(
        name="getPayment",
        method="GET",
        path=_PAYMENT,
        run=get_payment,
        title="One payment with its attempts, refunds and routing decisions",
        title_zh="查询支付单，含支付尝试、退款与路由决策",
        answer=views.PaymentView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="explainOwnPayment",
        method="GET",
        path=_PAYMENT + "/explanation",
        run=explain_payment,
        title="Why the payment went where it went, one sentence a line",
        title_zh="决策说明：逐条说明支付为何走该渠道",
        answer=ExplanationView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="cancelPayment",
        method="POST",
        path=_PAYMENT + "/cancel",
        run=cancel_payment,
        title="No further attempts; ends closed, or succeeded if the customer was faster",
        title_zh="取消支付单；若顾客已先付款则以支付成功结束",
        answer=views.PaymentView,
        problems=(NOT_FOUND, kinds.WRONG_STATE),
    ),
    Operation(
        name="switchPayment",
        method="POST",
        path=_PAYMENT + "/switch",
        run=switch_payment,
        title="The customer wants another way: closes the old attempt and answers with a new credential",
        title_zh="换一种支付方式：关闭旧尝试并返回新的支付凭证",
        body=SwitchPayment,
        answer=views.PaymentView,
        problems=(
            NOT_FOUND,
            kinds.WRONG_STATE,
            kinds.PAYMENT_CONFIRMING,
            kinds.NO_CANDIDATE,
            kinds.TOO_MANY_ATTEMPTS,
            kinds.PAYER_REFUSED,
            kinds.CHANNELS_UNAVAILABLE,
        ),
    ),
    Operation(
        name="confirmPayment",
        method="POST",
        path=_PAYMENT + "/confirm",
        run=confirm_payment,
        title="Debit with what the customer gave: an SMS code, a payment code or an Apple Pay token",
        title_zh="以顾客的短信验证码、付款码或 Apple Pay 授权扣款",
        body=ConfirmPayment,
        answer=views.PaymentView,
        problems=(
            NOT_FOUND,
            kinds.WRONG_STATE,
            kinds.CONSENT_WRONG,
            kinds.CONSENT_UNUSABLE,
            kinds.PAYMENT_CONFIRMING,
            kinds.NO_CANDIDATE,
            kinds.TOO_MANY_ATTEMPTS,
            kinds.PAYER_REFUSED,
            kinds.CHANNELS_UNAVAILABLE,
        ),
    ),
    Operation(
        name="openApplePaySession",
        method="POST",
        path=_PAYMENT + "/apple-pay-session",
        run=open_apple_pay_session,
        title="For the page's `onvalidatemerchant`: Apple's merchant session, unchanged",
        title_zh="网页 onvalidatemerchant 时调用：原样返回 Apple 的商户会话",
        body=OpenApplePaySession,
        answer=views.ApplePaySessionView,
        problems=(
            NOT_FOUND,
            kinds.WRONG_STATE,
            kinds.PAYMENT_CONFIRMING,
            kinds.NO_CANDIDATE,
            kinds.CHANNELS_UNAVAILABLE,
        ),
    ),
    Operation(
        name="resendSms",
        method="POST",
        path=_PAYMENT + "/resend-sms",
        run=resend_sms,
        title="The bank sends the customer another SMS code; at most once a minute",
        title_zh="重发短信验证码，每分钟最多一次",
        answer=views.PaymentView,
        problems=(NOT_FOUND, kinds.WRONG_STATE, kinds.TOO_SOON, kinds.CHANNELS_UNAVAILABLE),
    ),
    *REFUNDS,
    *EVENTS,
    Operation(
        name="listCapabilities",
        method="GET",
        path="/v1/capabilities",
        run=list_capabilities,
        title="What the merchant's enabled channels can do in each environment",
        title_zh="各支付环境中可用的支付方式与支付产品",
        answer=CapabilityList,
    ),
    *AGREEMENTS,
)
