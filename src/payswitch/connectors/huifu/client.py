"""One Huifu account, ready to talk: the `ChannelClient` of this connector.

Every number on this wire is a pair: `req_seq_id` and the Beijing date it was used on. Huifu takes the same number on
another day for another order (or another refund!), so the date is never "today": it is the day on which the order or
the refund was made here, the same in every call about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from payswitch.connectors.codes import CodeClass, Operation, outcome_of
from payswitch.connectors.huifu.account import HuifuAccount
from payswitch.connectors.huifu.answers import UNREADABLE, believed_members, untrusted
from payswitch.connectors.huifu.bills import FILE_QUERY, fetch_bill
from payswitch.connectors.huifu.facts import order_fact, refund_fact
from payswitch.connectors.huifu.notify import REFUSED_REPLY, read_notification, received
from payswitch.connectors.huifu.products import CAPABILITIES, missing_identity, order_data, read_credential
from payswitch.connectors.huifu.signing import Members, canonical
from payswitch.connectors.huifu.wire import JSON, Fields, call_body, day_of, plain_text, text_fields
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.bill import BillAnswer
from payswitch.domain.channel import Credential, Product
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    NotifyAnswer,
    NotifyRequest,
    OpenidSpace,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
    Reply,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource
from payswitch.kit.money import yuan_from_fen

CREATE: Final = "/v2/trade/payment/jspay"
QUERY: Final = "/v2/trade/payment/scanpay/query"
CLOSE: Final = "/v2/trade/payment/scanpay/close"
QUERY_CLOSE: Final = "/v2/trade/payment/scanpay/closequery"
REFUND: Final = "/v2/trade/payment/scanpay/refund"
QUERY_REFUND: Final = "/v2/trade/payment/scanpay/refundquery"

_SHORTEST_LIFE_MS: Final = 60_000
"""An order must live for more than a minute (Huifu's older page of the same call); refused here, because Huifu's word
for it is a wrong parameter, which would take the channel out."""
_LONGEST_REASON: Final = 84
_CLOSE_PREFIX: Final = "C"
_BILL_PREFIX: Final = "B"
_ACCEPTED: Final = Outcome(kind=OutcomeKind.ACCEPTED)
_TOO_SHORT: Final = Outcome(
    kind=OutcomeKind.REFUSED_ORDER, code="expires_too_soon", message="less than a minute is left of the order"
)
_CLOSED: Final = Outcome(kind=OutcomeKind.CLOSED, code="trans_stat_S")
_CLOSING: Final = Outcome(kind=OutcomeKind.PENDING, code="trans_stat_P", message="the close is in progress")


class HuifuClient:
    """See `domain.channel_client.ChannelClient` for what every method promises."""

    def __init__(self, account: HuifuAccount, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self._account = account
        self._transport = transport
        self._clock = clock
        self._ids = ids

    def __repr__(self) -> str:
        return f"HuifuClient(huifu_id={self._account.huifu_id!r})"

    def openid_space(self, product: Product) -> OpenidSpace | None:
        """The merchant's own 公众号 or mini program, as bound at Huifu."""
        named = {Product.WECHAT_JSAPI: self._account.wx_appid, Product.WECHAT_MINI: self._account.wx_mini_appid}
        appid = named.get(product)
        return OpenidSpace(appid) if appid else None

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Make an order. Huifu answers a repeated number with DUPLICATE and without a credential: then another number
        is needed, and this one is closed."""
        refused = self._refused_here(order)
        if refused is not None:
            return CreateAnswer(outcome=refused)
        data = order_data(order, self._account)
        fields = await self._ask(CREATE, data, Operation.CREATE, timeout_ms)
        if isinstance(fields, Outcome):
            return CreateAnswer(outcome=fields)
        if fields.get("req_seq_id") != order.channel_order_no or not self._is_ours(fields):
            return CreateAnswer(outcome=_wrong_number())
        return _created(order, fields, self._clock.now_ms())

    def _refused_here(self, order: CreateOrder) -> Outcome | None:
        if order.product not in CAPABILITIES:
            return Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="unsupported_product")
        missing = missing_identity(order)
        if missing is not None:
            return Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=missing)
        return _TOO_SHORT if order.expires_at_ms <= self._clock.now_ms() + _SHORTEST_LIFE_MS else None

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """Ask by our own number and its day."""
        number = order.channel_order_no
        fields = await self._ask(QUERY, self._named(order), Operation.QUERY, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=fields)
        # The v2 answer repeats the order's number as org_req_seq_id; newer versions as req_seq_id.
        if number not in (fields.get("org_req_seq_id"), fields.get("req_seq_id")):
            return OrderFact(channel_order_no=number, outcome=_wrong_number())
        return order_fact(fields, number, self._account.huifu_id)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """WeChat and Alipay orders only, and only once they are a minute old: before that, and for UnionPay and e-CNY,
        the answer is UNKNOWN. A close may be PENDING; `query` (or `query_close`) tells how it ended."""
        return await self._close(CLOSE, order, timeout_ms)

    async def query_close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """What became of an earlier close, in the words of `close`. Not part of `ChannelClient`: `query` says the
        same about the order itself; this is for people who look into a close that hangs."""
        return await self._close(QUERY_CLOSE, order, timeout_ms)

    async def _close(self, path: str, order: OrderRef, timeout_ms: int) -> Outcome:
        now_ms = self._clock.now_ms()
        # The close is an order of its own kind: it needs a number that no call has used today.
        own = {"req_date": day_of(now_ms), "req_seq_id": self._ids.new(_CLOSE_PREFIX, now_ms)}
        fields = await self._ask(path, self._named(order) | own, Operation.CLOSE, timeout_ms)
        if isinstance(fields, Outcome):
            return fields
        if fields.get("org_req_seq_id") != order.channel_order_no or not self._is_ours(fields):
            return _wrong_number()
        return _close_outcome(fields)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """Pay back. A repeat carries the same number and the same day: with another day it would be a second refund."""
        data = {
            "req_date": _refund_day(refund),
            "req_seq_id": refund.out_refund_no,
            "huifu_id": self._account.huifu_id,
            "ord_amt": yuan_from_fen(refund.amount_fen),
            "org_req_date": day_of(refund.order.created_at_ms),
            "org_req_seq_id": refund.order.channel_order_no,
            "notify_url": refund.notify_url,
            # Required for e-CNY.
            "remark": plain_text(refund.reason, _LONGEST_REASON) or "退款",
        }
        fields = await self._ask(REFUND, data, Operation.REFUND, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=fields)
        if not _is_about(fields, refund) or not self._is_ours(fields):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_wrong_number())
        return refund_fact(fields, refund.out_refund_no, channel_refund_id=fields.get("hf_seq_id", ""))

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """Here `org_req_seq_id` is the refund's number, not the payment's."""
        number = refund.out_refund_no
        data = {
            "huifu_id": self._account.huifu_id,
            "org_req_date": _refund_day(refund),
            "org_req_seq_id": number,
        }
        fields = await self._ask(QUERY_REFUND, data, Operation.QUERY_REFUND, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=number, outcome=fields)
        if fields.get("org_req_seq_id") != number or not self._is_ours(fields):
            return RefundFact(out_refund_no=number, outcome=_wrong_number())
        return refund_fact(fields, number, channel_refund_id=fields.get("org_hf_seq_id", ""))

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """The day's trade bill (`domain.bill.BillSource`)."""

        async def ask(data: Mapping[str, str], left_ms: int) -> Members | Outcome:
            return await self._members(FILE_QUERY, data, Operation.QUERY, left_ms)

        return await fetch_bill(
            day,
            ask,
            account=self._account,
            number=self._ids.new(_BILL_PREFIX, self._clock.now_ms()),
            transport=self._transport,
            clock=self._clock,
            timeout_ms=timeout_ms,
        )

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        """The answer brings its own `reply`: Huifu wants to hear the message's number."""
        return read_notification(request, self._account)

    def acknowledge(self, accepted: bool) -> Reply:
        """Without the message's number, which only the answer's `reply` has, Huifu repeats the message (three times at
        most, harmlessly)."""
        return received("") if accepted else REFUSED_REPLY

    def _is_ours(self, fields: Fields) -> bool:
        """One key of Huifu's may sign for many merchants."""
        return fields.get("huifu_id") == self._account.huifu_id

    def _named(self, order: OrderRef) -> dict[str, str]:
        return {
            "huifu_id": self._account.huifu_id,
            "org_req_date": day_of(order.created_at_ms),
            "org_req_seq_id": order.channel_order_no,
        }

    async def _ask(self, path: str, data: Mapping[str, str], operation: Operation, timeout_ms: int) -> Fields | Outcome:
        members = await self._members(path, data, operation, timeout_ms)
        return members if isinstance(members, Outcome) else text_fields(members)

    async def _members(
        self, path: str, data: Mapping[str, str], operation: Operation, timeout_ms: int
    ) -> Members | Outcome:
        account = self._account
        signed = canonical(data)
        body = call_body(account.sys_id, account.product_id, signed, account.signing_key.sign(signed))
        url = account.base_url + path
        answer = await self._transport.send("POST", url, headers=JSON, body=body, timeout_ms=timeout_ms)
        return believed_members(answer, operation=operation, key=account.huifu_key)


def _created(order: CreateOrder, fields: Fields, now_ms: int) -> CreateAnswer:
    """`trans_stat` P with something to show is an order; F is none, and S cannot be: nobody has seen it."""
    stat = fields.get("trans_stat", "")
    if stat in ("F", "S"):
        failed = CodeClass.SWITCH if stat == "F" else CodeClass.PAID
        message = fields.get("bank_message") or fields.get("resp_desc", "")
        code = f"trans_stat_{stat}"
        return CreateAnswer(outcome=outcome_of(failed, code=code, message=message[:200], operation=Operation.CREATE))
    given = read_credential(fields, order.product)
    if given is None:
        return CreateAnswer(outcome=UNREADABLE)
    capability = CAPABILITIES[order.product]
    credential = Credential(
        kind=capability.credential,
        content=given.content,
        params=given.params,
        expires_at_ms=min(order.expires_at_ms, now_ms + capability.credential_valid_s * 1_000),
    )
    return CreateAnswer(outcome=_ACCEPTED, credential=credential)


def _close_outcome(fields: Fields) -> Outcome:
    """`trans_stat` is the close's own fate here, `org_trans_stat` the order's. An order that has failed is as good as
    closed; a close that failed otherwise says nothing but "ask"."""
    stat, original = fields.get("trans_stat", ""), fields.get("org_trans_stat", "")
    if stat == "S":
        return _CLOSED
    if stat == "P":
        return _CLOSING
    code = f"trans_stat_{stat}_{original}"
    if original == "S":
        return Outcome(kind=OutcomeKind.DUPLICATE, code=code)
    if original == "F":
        return Outcome(kind=OutcomeKind.CLOSED, code=code)
    return Outcome(kind=OutcomeKind.UNKNOWN, code=code)


def _is_about(fields: Fields, refund: RefundOrder) -> bool:
    """The answer to a refund repeats its number, the payment's, or both; at least one, and none but the right ones."""
    expected = {"req_seq_id": refund.out_refund_no, "org_req_seq_id": refund.order.channel_order_no}
    named = {name: fields[name] for name in expected if fields.get(name)}
    return bool(named) and all(expected[name] == value for name, value in named.items())


def _refund_day(refund: RefundOrder) -> str:
    """The day on which the refund was made here; where that is not told, the payment's: stable either way."""
    return day_of(refund.created_at_ms if refund.created_at_ms is not None else refund.order.created_at_ms)


def _wrong_number() -> Outcome:
    return untrusted("wrong_order_no", "the answer is signed but about another order or merchant")
