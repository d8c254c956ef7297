"""One call of a merchant, between its arrival and its sealed answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from aiohttp import web

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.words import Fields, Form, NotUnderstood, Refused
from payswitch.sandbox.wire import Answer, Seal

CONTENT_TYPE = "text/html;charset=UTF-8"
"""What the real gateway says, although the body is JSON."""
FAIL = "FAIL"
_UNSIGNED = {"unsigned": "1"}
_NUMBERS = ("reqsn", "orderid", "oldreqsn", "oldorderid")

Work = Callable[[Merchant, Form], Fields]


class QuickpayCall:
    """Satisfies `WireCall`."""

    def __init__(
        self, core: SandboxCore, merchant: Merchant, form: Form, *, work: Work, operation: str, product: str | None
    ) -> None:
        self.account = merchant.spec
        self.operation = operation
        self._core = core
        self._merchant = merchant
        self._form = form
        self._work = work
        order = self._order()
        self.product = product or (order.product if order is not None else None)
        self.amount_fen = order.amount_fen if order is not None else _amount(form)

    def _order(self) -> Order | None:
        """The order this call is about, for the faults' filters: as far as an unverified call tells."""
        numbers = [self._form[name] for name in _NUMBERS if self._form.get(name)]
        found = (self._core.ledger.find(self.account.channel_id, number) for number in numbers)
        return next((order for order in found if order is not None), None)

    def process(self) -> Answer:
        if not self._merchant.seals.genuine(self._form):
            return _answer({"retcode": FAIL, "retmsg": "签名验证失败"}, signed=False)
        if self._form.get("appid") != self._merchant.keys.appid:
            return _answer({"retcode": FAIL, "retmsg": "应用不存在"}, signed=False)
        try:
            fields = self._work(self._merchant, self._form)
        except NotUnderstood as problem:
            return _answer({"retcode": FAIL, "retmsg": problem.message})
        except Refused as refused:
            echo = {name: self._form.get(name, "") for name in ("reqsn", "orderid")}
            fields = {**echo, "trxstatus": refused.status, "errmsg": refused.message}
        return _answer({"retcode": "SUCCESS", **fields})

    def refuse(self, fault: Fault) -> Answer:
        """`FAIL`: the message was not understood. Anything else is a `trxstatus`."""
        if fault.code == FAIL:
            return _answer({"retcode": FAIL, "retmsg": fault.message or "系统异常"}, status=fault.status or 200)
        echo = {name: self._form.get(name, "") for name in ("reqsn", "orderid")}
        told = {"retcode": "SUCCESS", **echo, "trxstatus": fault.code, "errmsg": fault.message or "交易失败"}
        return _answer(told, status=fault.status or 200)

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        fields: Fields = msgspec.json.decode(answer.body, type=dict[str, str])
        keys = self._merchant.keys
        fields |= {"cusid": keys.cusid, "appid": keys.appid, "randomstr": self._core.ids.nonce()[:12]}
        fields = {name: value for name, value in fields.items() if value}
        if not answer.notes:
            wrong = seal in (Seal.BAD_SIGNATURE, Seal.UNKNOWN_SERIAL)
            fields["sign"] = self._merchant.seals.sign(fields, forged=wrong)
        body = msgspec.json.encode(fields)
        if seal is Seal.MALFORMED:
            body = body[: len(body) // 2]
        return web.Response(status=answer.status, body=body, headers={"Content-Type": CONTENT_TYPE})


def _answer(fields: Mapping[str, str], *, signed: bool = True, status: int = 200) -> Answer:
    return Answer(status=status, body=msgspec.json.encode(fields), notes={} if signed else _UNSIGNED)


def _amount(form: Form) -> int | None:
    text = form.get("trxamt") or form.get("amount") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None
