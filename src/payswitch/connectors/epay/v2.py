"""One V2 account, ready to talk: SHA256withRSA both ways, `/api/pay/*`, refund numbers, a close of sorts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.epay.account import EpayAccount, V2Secrets
from payswitch.connectors.epay.codes import http_trouble, refusal, unreadable
from payswitch.connectors.epay.creating import ACCEPTED, begun
from payswitch.connectors.epay.credentials import (
    APP_LINK,
    CODE,
    PAGE,
    credential_from,
    is_web_address,
)
from payswitch.connectors.epay.facts import queried_order, refund_queried, untrusted, wrong_number
from payswitch.connectors.epay.listing import PAGE_ROWS, list_day, rows_of
from payswitch.connectors.epay.notify import acknowledgement, read_notification
from payswitch.connectors.epay.products import DEVICES, JUMP
from payswitch.connectors.epay.signing import rsa_message
from payswitch.connectors.epay.wire import Fields, headers_for, read_answer
from payswitch.connectors.transport import HttpTransport, SendFailure
from payswitch.domain.bill import BillAnswer
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    NotifyAnswer,
    NotifyRequest,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
    Reply,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock
from payswitch.kit.money import yuan_from_fen

SUBMIT: Final = "/api/pay/submit"
CREATE: Final = "/api/pay/create"
QUERY: Final = "/api/pay/query"
CLOSE: Final = "/api/pay/close"
REFUND: Final = "/api/pay/refund"
QUERY_REFUND: Final = "/api/pay/refundquery"
ORDERS: Final = "/api/merchant/orders"
OK: Final = "0"
MOST_SKEW_S: Final = 300
"""A signed answer with an older or later timestamp could be a recording."""

_OFFERS: Final = {"jump": PAGE, "html": PAGE, "qrcode": CODE, "urlscheme": APP_LINK}
"""Which `pay_type` is which of V1's offers. `html` is usable only where it holds an address; jsapi, app, wxapp,
wxplugin and scan need a page of the platform's own, and their lists are not even signed."""


class EpayV2Client:
    """See `domain.channel_client.ChannelClient` for what every method promises."""

    def __init__(self, account: EpayAccount, secrets: V2Secrets, *, transport: HttpTransport, clock: Clock) -> None:
        self._account = account
        self._secrets = secrets
        self._transport = transport
        self._clock = clock

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Ask for a page or a code (`mapi`), or sign the cashier page's address here, without a call (`submit`)."""
        params = begun(order, self._account, submit=SUBMIT, signed=self._signed, now_ms=self._clock.now_ms())
        if isinstance(params, CreateAnswer):
            return params
        device = DEVICES.get(order.environment, "pc")
        method, device = ("jump", "mobile") if device == JUMP else ("web", device)
        params |= {"clientip": order.client_ip, "device": device, "method": method}
        fields = await self._ask(Operation.CREATE, CREATE, params, timeout_ms)
        if isinstance(fields, Outcome):
            return CreateAnswer(outcome=fields)
        return self._created(fields, order)

    def _created(self, fields: Fields, order: CreateOrder) -> CreateAnswer:
        pay_type, pay_info = fields.get("pay_type", ""), fields.get("pay_info", "")
        offer = _OFFERS.get(pay_type)
        if offer is None or (pay_type == "html" and not is_web_address(pay_info)):
            outcome = Outcome(
                kind=OutcomeKind.REFUSED_CHANNEL,
                code=f"pay_type_{pay_type}"[:40],
                message="平台返回的支付方式无法展示 / the platform answered with a way to pay that cannot be shown",
            )
            return CreateAnswer(outcome=outcome)
        made = credential_from({offer: pay_info}, order, base_url=self._account.base_url, now_ms=self._clock.now_ms())
        return CreateAnswer(outcome=ACCEPTED if made else unreadable(Operation.CREATE, "unreadable"), credential=made)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """NOT_FOUND means "not yet" where the page was signed here: the order begins when the browser opens it."""
        number = order.channel_order_no
        fields = await self._ask(Operation.QUERY, QUERY, {"out_trade_no": number}, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=fields)
        return queried_order(fields, number, self._account.pid)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Sent, but a "yes" is not taken for the end unless the account says so: a platform closes its own channel's
        order where that channel can, its cashier page may begin a new one, and no query shows the difference."""
        params = {"out_trade_no": order.channel_order_no}
        fields = await self._ask(Operation.CLOSE, CLOSE, params, timeout_ms)
        if isinstance(fields, Outcome):
            return fields
        kind = OutcomeKind.CLOSED if self._account.close_is_final else OutcomeKind.PENDING
        return Outcome(kind=kind, code="close_taken")

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """`out_refund_no` makes a repeat harmless. A "yes" only says "taken": the refund query tells the end."""
        params = {
            "out_trade_no": refund.order.channel_order_no,
            "out_refund_no": refund.out_refund_no,
            "money": yuan_from_fen(refund.amount_fen),
        }
        fields = await self._ask(Operation.REFUND, REFUND, params, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=fields)
        outcome = Outcome(kind=OutcomeKind.PENDING, code="refund_taken")
        if fields.get("out_refund_no", refund.out_refund_no) != refund.out_refund_no:
            outcome = untrusted("wrong_refund_no", "the answer is about another refund")
        return RefundFact(
            out_refund_no=refund.out_refund_no,
            outcome=outcome,
            channel_refund_id=fields.get("refund_no") or None,
        )

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        params = {"out_refund_no": refund.out_refund_no}
        fields = await self._ask(Operation.QUERY_REFUND, QUERY_REFUND, params, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=fields)
        number = refund.order.channel_order_no
        if fields.get("out_trade_no", number) != number:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=wrong_number())
        return refund_queried(fields, refund.out_refund_no)

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """`/api/merchant/orders`: a list of orders, page by page; no bill for settling (see `listing`). The protocol
        signs no lists: that the rows are the platform's rests on TLS alone."""
        return await list_day(day, self._page, account=self._account, clock=self._clock, timeout_ms=timeout_ms)

    async def _page(self, number: int, offset: int, timeout_ms: int) -> list[Fields] | Outcome:
        params = {"offset": str(offset), "limit": str(PAGE_ROWS)}
        answered = await self._answered(Operation.QUERY, ORDERS, params, timeout_ms)
        return answered if isinstance(answered, Outcome) else rows_of(answered[1])

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return read_notification(request, pid=self._account.pid, genuine=self._genuine)

    def acknowledge(self, accepted: bool) -> Reply:
        return acknowledgement(accepted)

    def _signed(self, params: Mapping[str, str]) -> dict[str, str]:
        complete = {**params, "pid": self._account.pid, "timestamp": str(self._clock.now_ms() // 1_000)}
        sign = self._secrets.signing.sign(rsa_message(complete))
        return {**complete, "sign": sign, "sign_type": "RSA"}

    def _genuine(self, fields: Fields) -> bool:
        return self._secrets.verifying.verify(rsa_message(fields), fields.get("sign", ""))

    async def _ask(
        self, operation: Operation, path: str, params: Mapping[str, str], timeout_ms: int
    ) -> Fields | Outcome:
        """One request, sent at most once; the signed fields of a "yes", or the outcome that stands for the rest."""
        answered = await self._answered(operation, path, params, timeout_ms)
        return answered if isinstance(answered, Outcome) else answered[0]

    async def _answered(
        self, operation: Operation, path: str, params: Mapping[str, str], timeout_ms: int
    ) -> tuple[Fields, bytes] | Outcome:
        """The signed fields, and the whole answer for what the protocol does not sign."""
        answer = await self._transport.send(
            "POST",
            self._account.base_url + path,
            headers=headers_for("POST"),
            body=urlencode(self._signed(params)).encode("ascii"),
            timeout_ms=timeout_ms,
        )
        if isinstance(answer, SendFailure):
            return outcome_of_failure(answer)
        if answer.status != 200:
            return http_trouble(operation, answer.status)
        fields = read_answer(answer.body)
        if fields is None or "code" not in fields:
            return unreadable(operation, "unreadable")
        believed = self._believed(fields, operation)
        return believed if isinstance(believed, Outcome) else (believed, answer.body)

    def _believed(self, fields: Fields, operation: Operation) -> Fields | Outcome:
        signed = bool(fields.get("sign"))
        if signed and not self._genuine(fields):
            return untrusted("bad_signature", "the answer's signature is not the platform's for this account")
        if signed and not self._is_fresh(fields.get("timestamp", "")):
            return untrusted("stale", "the answer's timestamp is more than five minutes off; check both clocks")
        if fields["code"] != OK:
            return refusal(fields["code"], fields.get("msg", ""), operation, believed=signed)
        return fields if signed else untrusted("unsigned", "a successful answer without a signature")

    def _is_fresh(self, timestamp: str) -> bool:
        """A platform that sends no timestamp cannot be asked for one."""
        if not timestamp:
            return True
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            return False
        return abs(self._clock.now_ms() // 1_000 - int(timestamp)) <= MOST_SKEW_S
