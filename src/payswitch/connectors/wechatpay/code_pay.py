"""付款码: the cashier scans the code in the customer's wallet, and the call debits (API V2 `micropay`).

There is no notification. What the answer leaves open is asked (`orderquery`), and in the end undone (`reverse`, over
mutual TLS).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from payswitch.connectors.codes import Operation
from payswitch.connectors.consents import hushed
from payswitch.connectors.transport import HttpTransport
from payswitch.connectors.wechatpay.facts import TRADE_STATES
from payswitch.connectors.wechatpay.hosts import Hosts
from payswitch.connectors.wechatpay.parties import Party
from payswitch.connectors.wechatpay.v2_account import V2Account
from payswitch.connectors.wechatpay.v2_calls import V2Calls
from payswitch.connectors.wechatpay.v2_codes import classify
from payswitch.connectors.wechatpay.v2_xml import Fields
from payswitch.connectors.wechatpay.wire import DESCRIPTION_BYTES, cut_utf8, one_line
from payswitch.domain.exchange import CreateOrder, DebitOrder, OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import BEIJING, Clock, beijing
from payswitch.kit.ids import IdSource
from payswitch.kit.secrets import Secret

MICROPAY: Final = "/pay/micropay"
ORDERQUERY: Final = "/pay/orderquery"
REVERSE: Final = "/secapi/pay/reverse"

LIFE_S: Final = 65
"""How long WeChat may let a debit wait, told to it as `time_expire`. It wants more than a minute; a debit that arrives
after this is refused, which is what makes "no such order" final."""
LEAST_LIFE_S: Final = 61

_PAYMENT_CODE: Final = re.compile(r"1[0-5][0-9]{16}", re.ASCII)
_NO_CODE: Final = Outcome(
    kind=OutcomeKind.REFUSED_PAYER,
    code="payment_code_format",
    message="not a WeChat payment code: 18 digits beginning with 10 to 15 / "
    "不是微信付款码：应为 10~15 开头的 18 位数字",
    ask_consent=True,
)
_EXPIRED: Final = Outcome(kind=OutcomeKind.REFUSED_ORDER, code="expired", message="the order's time is over")
_INCOMPLETE: Final = Outcome(kind=OutcomeKind.PENDING, code="incomplete", message="paid, without all particulars")
_WRONG_MERCHANT: Final = Outcome(kind=OutcomeKind.UNTRUSTED, code="wrong_merchant")
_WIRE_TIME: Final = "%Y%m%d%H%M%S"


class CodePay:
    """The payment-code side of one account."""

    def __init__(
        self,
        account: V2Account,
        party: Party,
        *,
        hosts: Hosts,
        transport: HttpTransport,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._tls = account.tls
        self._party = party
        self._hosts = hosts
        self._hosts_tls = hosts if account.base_url_tls is None else Hosts(account.base_url_tls, None, clock)
        self._clock = clock
        self._calls = V2Calls(account, party, transport=transport, clock=clock, ids=ids)

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        """Take the money. PENDING while the customer types the password; whatever is not certain is UNKNOWN."""
        order, number = debit.order, debit.order.channel_order_no
        now_ms = self._clock.now_ms()
        hindrance = _hindrance(order, debit.consent, now_ms)
        if hindrance is not None:
            return OrderFact(channel_order_no=number, outcome=hindrance)
        said = _micropay_fields(order, debit.consent, now_ms)
        answer = await self._calls.call(Operation.DEBIT, self._hosts, MICROPAY, said, timeout_ms)
        return hushed(self._debited(answer, number), debit.consent)

    def _debited(self, answer: Fields | Outcome, number: str) -> OrderFact:
        if isinstance(answer, Outcome):
            return OrderFact(channel_order_no=number, outcome=answer)
        if answer.get("result_code") != "SUCCESS":
            return OrderFact(channel_order_no=number, outcome=self._refused(Operation.DEBIT, answer))
        return self._fact(answer, number, Outcome(kind=OutcomeKind.PAID, code="SUCCESS"))

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """The state of a debit. Needs no certificate."""
        number = order.channel_order_no
        said = {"out_trade_no": number}
        answer = await self._calls.call(Operation.QUERY, self._hosts, ORDERQUERY, said, timeout_ms)
        if isinstance(answer, Outcome):
            return OrderFact(channel_order_no=number, outcome=answer)
        if answer.get("result_code") != "SUCCESS":
            return OrderFact(channel_order_no=number, outcome=self._refused(Operation.QUERY, answer))
        state = answer.get("trade_state", "")
        kind, words = TRADE_STATES.get(state, OutcomeKind.UNKNOWN), answer.get("trade_state_desc", "")[:200]
        return self._fact(answer, number, Outcome(kind=kind, code=state, message=words))

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Unpaid: closed. Paid: given back. `recall=Y`: call again."""
        said = {"out_trade_no": order.channel_order_no}
        answer = await self._calls.call(Operation.REVERSE, self._hosts_tls, REVERSE, said, timeout_ms, tls=self._tls)
        if isinstance(answer, Outcome):
            return answer
        if _names_another(answer, self._party):
            return _WRONG_MERCHANT
        recall = answer.get("recall", "")
        if recall == "Y":
            return Outcome(kind=OutcomeKind.PENDING, code=answer.get("err_code") or "recall")
        if answer.get("result_code") == "SUCCESS":
            return Outcome(kind=OutcomeKind.CLOSED if recall == "N" else OutcomeKind.UNKNOWN, code=f"recall_{recall}")
        outcome = classify(Operation.REVERSE, answer.get("err_code", ""), answer.get("err_code_des", ""))
        return self._never_came(order, outcome) if outcome.kind is OutcomeKind.NOT_FOUND else outcome

    def _never_came(self, order: OrderRef, outcome: Outcome) -> Outcome:
        """WeChat knows no such order. While a debit could still be on its way to it, that is no end."""
        over = self._clock.now_ms() >= order.created_at_ms + LIFE_S * 1_000
        return Outcome(
            kind=OutcomeKind.CLOSED if over else OutcomeKind.PENDING, code=outcome.code, message=outcome.message
        )

    def _refused(self, operation: Operation, answer: Fields) -> Outcome:
        if _names_another(answer, self._party):
            return _WRONG_MERCHANT
        return classify(operation, answer.get("err_code", ""), answer.get("err_code_des", ""))

    def _fact(self, answer: Fields, number: str, outcome: Outcome) -> OrderFact:
        """What a genuine answer asserts. A payment is told in the answer's own words, right or wrong: the funnel
        compares them with ours. Anything else must be about our order, or it is not believed."""
        named, amount_fen = answer.get("out_trade_no", ""), _fen(answer.get("total_fee", ""))
        ours, transaction_id = _is_ours(answer, self._party), answer.get("transaction_id", "")
        if outcome.kind is not OutcomeKind.PAID:
            return OrderFact(channel_order_no=number, outcome=_about_us(outcome, named == number, ours))
        complete = named and transaction_id and amount_fen is not None
        return OrderFact(
            channel_order_no=named or number,
            outcome=outcome if complete else _INCOMPLETE,
            amount_fen=amount_fen,
            currency=None if amount_fen is None else answer.get("fee_type") or "CNY",
            merchant_ok=ours,
            transaction_id=transaction_id or None,
            paid_at_ms=_ms(answer.get("time_end", "")),
        )


def _is_ours(answer: Fields, party: Party) -> bool:
    """Whether it names our merchant, completely."""
    return all(answer.get(name, "") == value for name, value in party.v2_identity().items())


def _names_another(answer: Fields, party: Party) -> bool:
    """Whether it names somebody else. Refusals do not always name everybody."""
    return any(answer.get(name) not in (None, "", value) for name, value in party.v2_identity().items())


def _about_us(outcome: Outcome, number_fits: bool, merchant_fits: bool) -> Outcome:
    if not number_fits:
        return Outcome(kind=OutcomeKind.UNTRUSTED, code="wrong_number")
    return outcome if merchant_fits else _WRONG_MERCHANT


def _hindrance(order: CreateOrder, consent: Secret, now_ms: int) -> Outcome | None:
    """Why a debit is not sent at all."""
    if order.expires_at_ms <= now_ms:
        return _EXPIRED
    return None if _PAYMENT_CODE.fullmatch(consent.reveal()) else _NO_CODE


def _micropay_fields(order: CreateOrder, consent: Secret, now_ms: int) -> dict[str, str]:
    """The one place where the customer's code is written down."""
    ends_ms = max(order.created_at_ms + LIFE_S * 1_000, now_ms + LEAST_LIFE_S * 1_000)
    return {
        "body": cut_utf8(one_line(order.subject), DESCRIPTION_BYTES),
        "out_trade_no": order.channel_order_no,
        "total_fee": str(order.amount_fen),
        "fee_type": "CNY",
        "spbill_create_ip": order.client_ip,
        "time_start": beijing(now_ms).strftime(_WIRE_TIME),
        "time_expire": beijing(ends_ms).strftime(_WIRE_TIME),
        "auth_code": consent.reveal(),
    }


def _fen(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 13 else None


def _ms(text: str) -> int | None:
    """Beijing time without separators, as Unix milliseconds."""
    if not (text.isascii() and text.isdigit() and len(text) == 14):
        return None
    try:
        return int(datetime.strptime(text, _WIRE_TIME).replace(tzinfo=BEIJING).timestamp()) * 1_000
    except ValueError:
        return None
