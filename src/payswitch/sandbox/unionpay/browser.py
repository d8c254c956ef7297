"""What a customer's browser meets at UnionPay: the signed form, an error page, the way back to the shop."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from aiohttp import web

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.unionpay import fields, messages
from payswitch.sandbox.unionpay.codes import OK, Refused, message
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.orders import OrderDesk
from payswitch.sandbox.unionpay.signing import Fields
from payswitch.sandbox.unionpay.terms import FRONT, product_of
from payswitch.sandbox.wire import Answer, Seal
from payswitch.sandbox.world import AccountSpec

CASHIER_PATH = "/b2c/cashier.action"
"""The page that a good form leads to; its address is a credential that a wallet opens."""
_LOCATION = "location"
_HTML = "text/html;charset=UTF-8"
_AWAY = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class FrontCall:
    """A browser brings a form: on to the wallet's page, or an error page. Satisfies `wire.WireCall`.

    Nothing here reaches the merchant's server: a form that fails is seen only by the customer.
    """

    operation = "create"

    def __init__(self, core: SandboxCore, member: Member, orders: OrderDesk, form: Fields) -> None:
        self._core = core
        self._member = member
        self._orders = orders
        self._form = form
        self.product = product_of(FRONT, form)
        self.amount_fen = fields.peek_amount_fen(form)

    @property
    def account(self) -> AccountSpec:
        return self._member.spec

    def process(self) -> Answer:
        try:
            self._member.admit(self._form)
            order = self._orders.open_form(self._member, self._form)
        except Refused as refused:
            return error_answer(refused.code, refused.words)
        address = f"{self._member.spec.base_url}{CASHIER_PATH}?transNumber={order.credential}"
        return Answer(status=303, notes={_LOCATION: f"/wallet?c={quote(address, safe='')}"})

    def refuse(self, fault: Fault) -> Answer:
        return error_answer(fault.code, fault.message or message(fault.code), fault.status or 200)

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        body = answer.body
        if seal is Seal.MALFORMED:
            body = body[: len(body) // 2]
        headers = {"Content-Type": _HTML, **_AWAY}
        if _LOCATION in answer.notes:
            headers["Location"] = answer.notes[_LOCATION]
        return web.Response(status=answer.status, body=body, headers=headers)


def error_answer(code: str, words: str, status: int = 200) -> Answer:
    """The page of a form that UnionPay does not take."""
    shown, number = escape(words), escape(code, quote=True)
    page = (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>银联在线支付 / UnionPay</title></head>'
        f'<body data-resp-code="{number}"><h1>支付失败 / Payment failed</h1><p>{shown} ({number})</p></body></html>'
    )
    return Answer(status=status, body=page.encode())


def error_page(refused: Refused) -> web.Response:
    answer = error_answer(refused.code, refused.words)
    return web.Response(status=answer.status, body=answer.body, headers={"Content-Type": _HTML, **_AWAY})


def return_page(member: Member, order: Order) -> web.Response:
    """Back to the shop's frontUrl: with the signed result as a posted form once it is paid, else just back.

    The shop must take it for nothing but a reason to ask: it arrives through the customer's hands.
    """
    front_url = order.extra["front_url"]
    if not order.received or OrderDesk.late(order):
        return web.Response(status=303, headers={"Location": front_url, **_AWAY})
    told = messages.payment(member, order) | {"respCode": OK, "respMsg": message(OK)}
    page = _posting_page(front_url, member.seal(told))
    return web.Response(body=page.encode(), headers={"Content-Type": _HTML, **_AWAY})


def _posting_page(action: str, values: Mapping[str, str]) -> str:
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in values.items()
    )
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>返回商户 / Back to the shop</title></head>'
        f'<body onload="document.forms[0].submit()"><form method="post" action="{escape(action)}">{inputs}'
        "<button>返回商户 / Back to the shop</button></form></body></html>"
    )
