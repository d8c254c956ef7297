"""One call at `/gateway.do`, between its arrival and its sealed answer."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import quote, urlencode

from aiohttp import web

from payswitch.kit.money import fen_from_yuan
from payswitch.sandbox.alipay import answers, fields
from payswitch.sandbox.alipay.application import Application
from payswitch.sandbox.alipay.codes import GatewayRefused, Problem, Refused, problem
from payswitch.sandbox.alipay.gate import check_call
from payswitch.sandbox.alipay.methods import OPERATIONS, PAGE_METHODS, SERVER_METHODS
from payswitch.sandbox.alipay.parameters import codec, read_biz_content
from payswitch.sandbox.alipay.stranger import UNKNOWN_CERT_SN, Stranger
from payswitch.sandbox.alipay.terms import PRODUCTS, read_terms
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.wire import Answer, Seal

GATEWAY_METHODS = frozenset(SERVER_METHODS) | PAGE_METHODS
_UNSIGNED = {"unsigned": "1"}
_LOCATION = "location"


class GatewayCall:
    """What server calls and page openings have in common. Subclasses satisfy `WireCall`."""

    def __init__(self, core: SandboxCore, app: Application, params: Mapping[str, str], stranger: Stranger) -> None:
        self.account = app.account
        self.operation = OPERATIONS[params["method"]]
        self._core = core
        self._app = app
        self._params = params
        self._stranger = stranger
        self._biz: dict[str, object] = {}
        self._unreadable: Refused | None = None
        try:
            self._biz = read_biz_content(params)
        except Refused as refused:
            self._unreadable = refused
        self.product, self.amount_fen = self._subject()

    def _subject(self) -> tuple[str | None, int | None]:
        """(product, amount) for the faults' filters, as far as an unverified call tells."""
        method = self._params["method"]
        if method not in PRODUCTS:
            return self._subject_of_trade()
        extend = self._biz.get("extend_params")
        instalments = isinstance(extend, dict) and extend.get("hb_fq_num")
        product = f"{'huabei' if instalments else 'alipay'}_{PRODUCTS[method]}"
        try:
            return product, fen_from_yuan(str(self._biz.get("total_amount")))
        except ValueError:
            return product, None

    def _subject_of_trade(self) -> tuple[str | None, int | None]:
        number = self._biz.get("out_trade_no")
        order = self._core.ledger.find(self.account.channel_id, number) if isinstance(number, str) else None
        return (None, None) if order is None else (order.product, order.amount_fen)

    def _verified_biz(self) -> fields.Biz:
        """The business parameters, once the call is known to be the merchant's. Raises `Refused`."""
        check_call(self._params, self._app.keys, GATEWAY_METHODS)
        if self._unreadable is not None:
            raise self._unreadable
        return self._biz


class ServerCall(GatewayCall):
    """A call of the merchant's server: answered with a signed JSON node, always with status 200."""

    def process(self) -> Answer:
        try:
            biz = self._verified_biz()
            node = SERVER_METHODS[self._params["method"]](self._core, self._app, self._params, biz)
        except GatewayRefused as refused:
            return Answer(body=answers.unsigned(self._params["method"], refused.problem), notes=_UNSIGNED)
        except Refused as refused:
            node = refused.problem.node()
        return Answer(body=answers.node_bytes(node))

    def refuse(self, fault: Fault) -> Answer:
        return Answer(status=fault.status or 200, body=answers.node_bytes(problem(fault.code, fault.message).node()))

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        body = answer.body if answer.notes else self._sign(answer.body, seal)
        if seal is Seal.MALFORMED:
            body = body[: len(body) // 2]
        return web.Response(status=answer.status, body=body, headers={"Content-Type": answers.CONTENT_TYPE})

    def _sign(self, node: bytes, seal: Seal) -> bytes:
        keys = self._app.keys
        wrong = seal in (Seal.BAD_SIGNATURE, Seal.UNKNOWN_SERIAL)
        key = self._stranger.key if wrong else keys.alipay
        serial = keys.alipay_cert_sn
        if serial is not None and seal is Seal.UNKNOWN_SERIAL:
            serial = UNKNOWN_CERT_SN
        return answers.signed(self._params["method"], node, key, serial)


class PageCall(GatewayCall):
    """The customer's browser opens a signed link or form: on to the wallet's page, or an error page.

    Nothing here reaches the merchant's server: a redirect product's failure is seen only by the customer.
    """

    def process(self) -> Answer:
        try:
            read_terms(self._params, self._verified_biz(), self._app.seller_id)
        except Refused as refused:
            return _error_page(refused.problem)
        query = urlencode(self._params, encoding=codec(self._params.get("charset") or "utf-8"))
        link = f"{self.account.base_url}/gateway.do?{query}"
        return Answer(status=302, notes={_LOCATION: f"/wallet?c={quote(link, safe='')}"})

    def refuse(self, fault: Fault) -> Answer:
        return _error_page(problem(fault.code, fault.message), fault.status)

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        headers = {"Content-Type": answers.CONTENT_TYPE}
        if _LOCATION in answer.notes:
            headers["Location"] = answer.notes[_LOCATION]
        body = answer.body
        if seal is Seal.MALFORMED:
            body = body[: len(body) // 2]
        return web.Response(status=answer.status, body=body, headers=headers)


def _error_page(why: Problem, status: int = 0) -> Answer:
    page = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>错误 / Error</title></head>'
        f'<body><h1>支付宝沙箱：无法支付 / Cannot pay</h1><p data-sub-code="{escape(why.sub_code)}">'
        f"{escape(why.sub_msg)}</p><p>错误代码 / Error code: {escape(why.sub_code)}</p></body></html>"
    )
    return Answer(status=status or 200, body=page.encode())
