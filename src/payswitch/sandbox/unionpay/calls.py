"""One message at one of UnionPay's server entrances, between its arrival and its signed answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.unionpay import fields, messages
from payswitch.sandbox.unionpay.bill import Bills, SettlementDesk
from payswitch.sandbox.unionpay.codes import OK, Refused, message
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.money_back import REFUND, REVERSAL, VOID, MoneyBack
from payswitch.sandbox.unionpay.orders import ASKING, QR_PREFIX, OrderDesk
from payswitch.sandbox.unionpay.queries import Queries
from payswitch.sandbox.unionpay.signing import Fields, answer_body
from payswitch.sandbox.unionpay.terms import APP, BACK, product_of
from payswitch.sandbox.wire import Answer, Seal
from payswitch.sandbox.world import AccountSpec

QUERY, FILE = "query", "file"
"""Two more entrances, beside those of `terms`."""
CONTENT_TYPE = "text/html;charset=UTF-8"
_OPERATIONS = {"01": "create", "00": "query", REFUND: "refund", VOID: "refund", REVERSAL: "reverse", "76": "query"}
"""txnType in the vocabulary of faults."""
_DEBIT = ("01", "06")
"""txnType and txnSubType of the one payment that takes the money itself."""

Work = Callable[[Member, Mapping[str, str]], Fields]


class Counter:
    """What can be asked at the server entrances: the work by entrance, txnType and txnSubType."""

    def __init__(self, core: SandboxCore, orders: OrderDesk, desk: SettlementDesk) -> None:
        self._orders = orders
        self._money_back = MoneyBack(core, orders)
        self._bills = Bills(core, desk)
        query = Queries(core, orders).query
        self._works: dict[tuple[str, str, str], Work] = {
            (APP, "01", "01"): self._app,
            (BACK, "01", "07"): self._code,
            (BACK, "01", "06"): self._debit,
            (BACK, "00", "00"): query,
            (QUERY, "00", "00"): query,
            (BACK, REFUND, "00"): self._refund,
            (BACK, VOID, "00"): self._void,
            (BACK, REVERSAL, "01"): self._reverse,
            (FILE, "76", "01"): self._bill,
        }

    def work(self, entrance: str, request: Mapping[str, str]) -> Work:
        """Refused (32) for what cannot be asked here."""
        work = self._works.get((entrance, request["txnType"], request["txnSubType"]))
        if work is None:
            raise Refused("32")
        return work

    def _app(self, member: Member, request: Mapping[str, str]) -> Fields:
        return messages.answer(request, tn=self._orders.create_app(member, request).credential)

    def _code(self, member: Member, request: Mapping[str, str]) -> Fields:
        return messages.answer(request, qrCode=code_text(self._orders.create_back(member, request).credential))

    def _debit(self, member: Member, request: Mapping[str, str]) -> Fields:
        """What was not declined is answered as the account's oddities say: "taken", or "not clear yet"."""
        order = self._orders.debit(member, request)
        code = order.extra["bank_code"]
        code = member.oddities.debit_code if code in (OK, ASKING) else code
        told = messages.answer(request, code, txnAmt=request["txnAmt"], currencyCode=request["currencyCode"])
        return told | ({"queryId": order.transaction_id} if order.transaction_id and code == OK else {})

    def _refund(self, member: Member, request: Mapping[str, str]) -> Fields:
        order, refund = self._money_back.refund(member, request)
        return self._accepted(request, order.transaction_id, refund.refund_id)

    def _void(self, member: Member, request: Mapping[str, str]) -> Fields:
        order, refund = self._money_back.void(member, request)
        return self._accepted(request, order.transaction_id, refund.refund_id)

    @staticmethod
    def _accepted(request: Mapping[str, str], original: str | None, number: str) -> Fields:
        """Taken, not done: only a query or the notification tells the end."""
        return messages.answer(request, origQryId=original or "", queryId=number, txnAmt=request["txnAmt"])

    def _reverse(self, member: Member, request: Mapping[str, str]) -> Fields:
        self._money_back.reverse(member, request)
        return messages.answer(request)

    def _bill(self, member: Member, request: Mapping[str, str]) -> Fields:
        return messages.answer(request, OK, "", **self._bills.download(member, request))


@dataclass
class ServerCall:
    """Satisfies `wire.WireCall`. Answers with status 200 and a signed body whatever happened, as UnionPay does."""

    core: SandboxCore
    member: Member
    counter: Counter
    entrance: str
    request: Fields

    @property
    def account(self) -> AccountSpec:
        return self.member.spec

    def __post_init__(self) -> None:
        kind = self.request.get("txnType", ""), self.request.get("txnSubType", "")
        self.operation = "debit" if kind == _DEBIT else _OPERATIONS.get(kind[0], "create")
        self.product: str | None = None
        self.amount_fen: int | None = None
        if self.operation in ("create", "debit"):
            self.product = product_of(self.entrance, self.request)
            self.amount_fen = fields.peek_amount_fen(self.request)
        else:
            self._look_up()

    def _look_up(self) -> None:
        """What the transaction that is asked about or given back is, as far as an unverified message tells."""
        ledger, channel_id = self.core.ledger, self.member.spec.channel_id
        number = self.request.get("orderId", "")
        order = ledger.find_by_transaction(channel_id, self.request.get("origQryId", ""))
        order = order or ledger.find(channel_id, number)
        found = ledger.find_refund(channel_id, number)
        if found is not None and self.operation == "query":
            self.operation = "refund_query"
        order = order or (found[0] if found is not None else None)
        if order is not None:
            self.product, self.amount_fen = order.product, order.amount_fen

    def process(self) -> Answer:
        try:
            self.member.admit(self.request)
            told = self.counter.work(self.entrance, self.request)(self.member, self.request)
        except Refused as refused:
            told = messages.refusal(self.request, refused)
        return Answer(notes=told)

    def refuse(self, fault: Fault) -> Answer:
        told = messages.answer(self.request, fault.code, fault.message or message(fault.code))
        return Answer(status=fault.status or 200, notes=told)

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        return sealed(self.member, answer.notes, seal, answer.status)


def sealed(member: Member, told: Mapping[str, str], seal: Seal = Seal.HONEST, status: int = 200) -> web.Response:
    """The complete answer to a server."""
    body = answer_body(member.seal(told, seal))
    if seal is Seal.MALFORMED:
        body = body[: len(body) // 2]
    return web.Response(status=status, body=body, headers={"Content-Type": CONTENT_TYPE})


def code_text(token: str) -> str:
    """The text of a code that 云闪付 scans."""
    return QR_PREFIX + token
