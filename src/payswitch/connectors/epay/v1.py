"""One V1 account, ready to talk: MD5, `submit.php`, `mapi.php`, `api.php`.

V1 answers are not signed. That they are the platform's rests on TLS alone, which is why an account over plain http has
to be asked for (`allow_plain_http`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.epay.account import EpayAccount, V1Secrets
from payswitch.connectors.epay.codes import http_trouble, refusal, unreadable
from payswitch.connectors.epay.creating import ACCEPTED, begun
from payswitch.connectors.epay.credentials import APP_LINK, CODE, PAGE, credential_from
from payswitch.connectors.epay.facts import queried_order
from payswitch.connectors.epay.listing import PAGE_ROWS, list_day, rows_of
from payswitch.connectors.epay.notify import acknowledgement, read_notification
from payswitch.connectors.epay.products import CAPABILITIES, DEVICES
from payswitch.connectors.epay.signing import md5_matches, md5_sign
from payswitch.connectors.epay.v1_refunds import V1Refunds
from payswitch.connectors.epay.wire import Fields, headers_for, read_answer
from payswitch.connectors.transport import HttpTransport, SendFailure
from payswitch.domain.bill import BillAnswer
from payswitch.domain.channel import Product, RefundTerms
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

SUBMIT: Final = "/submit.php"
CREATE: Final = "/mapi.php"
API: Final = "/api.php"
OK: Final = frozenset({"1"})

_NO_CLOSE = Outcome(
    kind=OutcomeKind.UNKNOWN, code="no_close_call", message="易支付 V1 没有关单接口 / V1 has no call to close an order"
)
UNUSABLE = Outcome(
    kind=OutcomeKind.UNKNOWN, code="unreadable", message="taken, but without a page or code that a customer can open"
)


class EpayV1Client:
    """See `domain.channel_client.ChannelClient` for what every method promises."""

    def __init__(self, account: EpayAccount, secrets: V1Secrets, *, transport: HttpTransport, clock: Clock) -> None:
        self._account = account
        self._key = secrets.key
        self._transport = transport
        self._clock = clock
        self._refunds = V1Refunds(account, look=self._look, send=self._send_refund, clock=clock)

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Ask for a page or a code (`mapi`), or sign the cashier page's address here, without a call (`submit`)."""
        params = begun(order, self._account, submit=SUBMIT, signed=self._signed, now_ms=self._clock.now_ms())
        if isinstance(params, CreateAnswer):
            return params
        params |= {"clientip": order.client_ip, "device": DEVICES.get(order.environment, "pc")}
        body = urlencode(self._signed(params)).encode("ascii")
        fields = _fields(await self._answered(Operation.CREATE, "POST", CREATE, body, timeout_ms))
        if isinstance(fields, Outcome):
            return CreateAnswer(outcome=fields)
        offers = {name: fields.get(name, "") for name in (PAGE, CODE, APP_LINK)}
        made = credential_from(offers, order, base_url=self._account.base_url, now_ms=self._clock.now_ms())
        return CreateAnswer(outcome=ACCEPTED if made else UNUSABLE, credential=made)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """NOT_FOUND means "not yet" where the page was signed here: the order begins when the browser opens it."""
        number = order.channel_order_no
        fields = await self._look(number, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=fields)
        return queried_order(fields, number, self._account.pid)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """V1 has no such call; nothing is sent. The order is watched to its deadline and beyond."""
        return _NO_CLOSE

    def refund_terms(self, product: Product) -> RefundTerms | None:
        """V1 has no refund numbers: only the whole of an order can safely go back, unless the account says otherwise.
        Told to the shop before anything is stored, instead of an incident afterwards."""
        if self._account.partial_refunds:
            return None
        return replace(CAPABILITIES[product].refund, parts=1)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """V1 refunds have no number of their own, so a repeat could be a second refund: see `v1_refunds`."""
        return await self._refunds.refund(refund, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """V1 cannot be asked about a refund. What is known comes from this process's own call and from the order."""
        return await self._refunds.known(refund, timeout_ms)

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """`act=orders`: a list of orders, page by page; no bill for settling (see `listing`)."""
        return await list_day(day, self._page, account=self._account, clock=self._clock, timeout_ms=timeout_ms)

    async def _page(self, number: int, offset: int, timeout_ms: int) -> list[Fields] | Outcome:
        account = self._account
        asked = {"act": "orders", "pid": account.pid, "key": self._key.reveal(), "limit": str(PAGE_ROWS)}
        query = urlencode(asked | {"page": str(number + 1), "offset": str(offset)})
        answered = await self._answered(Operation.QUERY, "GET", f"{API}?{query}", b"", timeout_ms)
        return answered if isinstance(answered, Outcome) else rows_of(answered[1])

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        key = self._key.reveal()
        return read_notification(request, pid=self._account.pid, genuine=lambda form: md5_matches(form, key))

    def acknowledge(self, accepted: bool) -> Reply:
        return acknowledgement(accepted)

    def _signed(self, params: Mapping[str, str]) -> dict[str, str]:
        return {**params, "sign": md5_sign(params, self._key.reveal()), "sign_type": "MD5"}

    async def _look(self, number: str, timeout_ms: int) -> Fields | Outcome:
        """`act=order`. The key stands in the address: the protocol has no other way."""
        query = urlencode({"act": "order", "pid": self._account.pid, "key": self._key.reveal(), "out_trade_no": number})
        return _fields(await self._answered(Operation.QUERY, "GET", f"{API}?{query}", b"", timeout_ms))

    async def _send_refund(self, refund: RefundOrder, timeout_ms: int) -> Fields | Outcome:
        form = {
            "pid": self._account.pid,
            "key": self._key.reveal(),
            "out_trade_no": refund.order.channel_order_no,
            "money": yuan_from_fen(refund.amount_fen),
        }
        body = urlencode(form).encode("ascii")
        ok = self._account.refund_ok_codes
        return _fields(await self._answered(Operation.REFUND, "POST", f"{API}?act=refund", body, timeout_ms, ok=ok))

    async def _answered(
        self,
        operation: Operation,
        method: str,
        target: str,
        body: bytes,
        timeout_ms: int,
        *,
        ok: frozenset[str] = OK,
    ) -> tuple[Fields, bytes] | Outcome:
        """One request, sent at most once; the fields of a "yes" with the whole answer for what is more than fields, or
        the outcome that stands for everything else."""
        answer = await self._transport.send(
            method,
            self._account.base_url + target,
            headers=headers_for(method),
            body=body,
            timeout_ms=timeout_ms,
        )
        if isinstance(answer, SendFailure):
            return outcome_of_failure(answer)
        if answer.status != 200:
            return http_trouble(operation, answer.status)
        fields = read_answer(answer.body)
        if fields is None or "code" not in fields:
            return unreadable(operation, "unreadable")
        if fields["code"] in ok:
            return (fields, answer.body)
        return self._without_key(refusal(fields["code"], fields.get("msg", ""), operation, believed=True))

    def _without_key(self, outcome: Outcome) -> Outcome:
        """A platform that quotes the request in its message quotes the key: it must not get into logs and books."""
        key = self._key.reveal()
        return msgspec.structs.replace(
            outcome, code=outcome.code.replace(key, "***"), message=outcome.message.replace(key, "***")
        )


def _fields(answered: tuple[Fields, bytes] | Outcome) -> Fields | Outcome:
    return answered if isinstance(answered, Outcome) else answered[0]
