"""签约 over the API: apply for a card, confirm it with the SMS code, list, give back."""

from __future__ import annotations

from payswitch.domain import errors as kinds
from payswitch.domain.errors import NOT_FOUND
from payswitch.entry.api.agreement_views import AgreementList, AgreementView, agreement_view
from payswitch.entry.api.call import Answer, Call
from payswitch.entry.api.decode import FieldErrors
from payswitch.entry.api.inputs import ApplyAgreementInput, ConfirmAgreementInput
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import OF_CUSTOMER
from payswitch.kit.secrets import Secret
from payswitch.services.checkout import agreements
from payswitch.services.commands import ApplyAgreement


async def apply_agreement(call: Call) -> Answer:
    given: ApplyAgreementInput = call.command
    _check_credit(given)
    command = ApplyAgreement(
        customer_id=given.customer_id,
        bank=given.bank,
        card_no=Secret(given.card_no),
        id_no=Secret(given.id_no.upper()),
        name=Secret(given.name),
        mobile=Secret(given.mobile),
        is_credit=given.is_credit,
        valid_until=None if given.valid_until is None else Secret(given.valid_until),
        cvv2=None if given.cvv2 is None else Secret(given.cvv2),
    )
    agreement, new = await agreements.apply(call.ctx, call.shop, command)
    return Answer(agreement_view(agreement), status=201 if new else 200)


def _check_credit(given: ApplyAgreementInput) -> None:
    """A credit card is signed up with what is printed on it, a debit card has nothing of the kind."""
    errors = FieldErrors()
    for name, value in (("valid_until", given.valid_until), ("cvv2", given.cvv2)):
        if given.is_credit and value is None:
            errors.add(name, "is required for a credit card", "信用卡必填")
        if not given.is_credit and value is not None:
            errors.add(name, "belongs to credit cards; set is_credit", "仅信用卡需要，请设置 is_credit")
    errors.raise_if_any()


async def confirm_agreement(call: Call) -> Answer:
    given: ConfirmAgreementInput = call.command
    agreement_id = call.path["agreement_id"]
    signed = await agreements.confirm(call.ctx, call.shop, agreement_id, Secret(given.sms_code))
    return Answer(agreement_view(signed))


async def resend_agreement_sms(call: Call) -> Answer:
    return Answer(agreement_view(await agreements.resend(call.ctx, call.shop, call.path["agreement_id"])))


async def list_agreements(call: Call) -> Answer:
    found = await agreements.of_customer(call.ctx, call.shop, call.query["customer_id"])
    return Answer(AgreementList(data=[agreement_view(agreement) for agreement in found]))


async def get_agreement(call: Call) -> Answer:
    return Answer(agreement_view(await agreements.get(call.ctx, call.shop, call.path["agreement_id"])))


async def end_agreement(call: Call) -> Answer:
    return Answer(agreement_view(await agreements.end(call.ctx, call.shop, call.path["agreement_id"])))


_AGREEMENT = "/v1/agreements/{agreement_id}"

AGREEMENTS: tuple[Operation[Call], ...] = (
    Operation(
        name="applyAgreement",
        method="POST",
        path="/v1/agreements",
        run=apply_agreement,
        title="Sign up a customer's bank card: the bank sends an SMS code; no money moves",
        title_zh="签约申请：银行向顾客发送短信验证码，不发生扣款",
        body=ApplyAgreementInput,
        answer=AgreementView,
        status=201,
        may_repeat=True,
        problems=(kinds.BANK_NOT_OFFERED, kinds.CARD_REFUSED, kinds.TOO_SOON, kinds.BANK_UNAVAILABLE),
    ),
    Operation(
        name="listAgreements",
        method="GET",
        path="/v1/agreements",
        run=list_agreements,
        title="The cards of one customer, newest first, ended ones included",
        title_zh="顾客的签约列表，新的在前，含已解约",
        parameters=(OF_CUSTOMER,),
        answer=AgreementList,
    ),
    Operation(
        name="getAgreement",
        method="GET",
        path=_AGREEMENT,
        run=get_agreement,
        title="One signed card",
        title_zh="查询签约",
        answer=AgreementView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="confirmAgreement",
        method="POST",
        path=_AGREEMENT + "/confirm",
        run=confirm_agreement,
        title="The customer typed the SMS code: the card is signed up",
        title_zh="签约确认：顾客输入短信验证码",
        body=ConfirmAgreementInput,
        answer=AgreementView,
        problems=(
            NOT_FOUND,
            kinds.AGREEMENT_OVER,
            kinds.CONSENT_WRONG,
            kinds.CARD_REFUSED,
            kinds.BANK_UNAVAILABLE,
        ),
    ),
    Operation(
        name="resendAgreementSms",
        method="POST",
        path=_AGREEMENT + "/resend",
        run=resend_agreement_sms,
        title="The code did not come: once more, at most once a minute",
        title_zh="重发签约短信，每分钟最多一次",
        answer=AgreementView,
        problems=(
            NOT_FOUND,
            kinds.AGREEMENT_OVER,
            kinds.CARD_REFUSED,
            kinds.TOO_SOON,
            kinds.BANK_UNAVAILABLE,
        ),
    ),
    Operation(
        name="endAgreement",
        method="POST",
        path=_AGREEMENT + "/end",
        run=end_agreement,
        title="The customer gives the card back (解约)",
        title_zh="解约",
        answer=AgreementView,
        problems=(NOT_FOUND, kinds.BANK_UNAVAILABLE),
    ),
)
