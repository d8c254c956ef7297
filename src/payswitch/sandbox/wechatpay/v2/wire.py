"""V2's paths. Reversals are taken on the TLS port only, from whoever shows the merchant's own certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aiohttp import web

from payswitch.sandbox.authority import shows
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.objects import PRODUCT_OF_CODES
from payswitch.sandbox.wechatpay.v2.call import V2Call
from payswitch.sandbox.wechatpay.v2.messages import parse, render
from payswitch.sandbox.wechatpay.v2.orders import CodeDesk
from payswitch.sandbox.wechatpay.v2.refusals import TurnedAway

Fields = Mapping[str, str]
Work = Callable[[WechatAccount, Fields], Fields]

_NO_CERTIFICATE = (
    "<html><head><title>400 No required SSL certificate was sent</title></head>"
    "<body><center><h1>400 Bad Request</h1></center></body></html>"
)


class V2Wire:
    """The part of WeChat's stand-in that speaks V2."""

    def __init__(self, core: SandboxCore, by_mchid: Mapping[str, Sequence[WechatAccount]]) -> None:
        self._core = core
        self._by_mchid = by_mchid
        self._desk = CodeDesk(core)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/pay/micropay", self._micropay),
            web.post("/pay/orderquery", self._query),
            web.post("/secapi/pay/reverse", self._reverse),
        ]

    async def _micropay(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "debit", self._desk.micropay)

    async def _query(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "query", self._desk.query)

    async def _reverse(self, request: web.Request) -> web.StreamResponse:
        if request.transport is None or request.transport.get_extra_info("peercert") is None:
            return web.Response(status=400, text=_NO_CERTIFICATE, content_type="text/html")

        def work(account: WechatAccount, fields: Fields) -> Fields:
            if not shows(request, account.spec.client_certificate):
                raise TurnedAway("证书验证失败")
            return self._desk.reverse(account, fields)

        return await self._serve(request, "reverse", work)

    async def _serve(self, request: web.Request, operation: str, work: Work) -> web.StreamResponse:
        fields = parse(await request.read())
        if fields is None:
            return _turned_away("XML格式错误")
        account = self._account(fields)
        if account is None:
            return _turned_away("商户号mch_id或sub_mch_id不存在")
        order = self._order(account, fields)
        fee = fields.get("total_fee", "")
        call = V2Call(
            core=self._core,
            merchant=account,
            fields=fields,
            operation=operation,
            work=lambda: work(account, fields),
            product=order.product if order is not None else PRODUCT_OF_CODES,
            amount_fen=order.amount_fen if order is not None else int(fee) if fee.isascii() and fee.isdigit() else None,
        )
        return await self._core.perform(request, call)

    def _account(self, fields: Fields) -> WechatAccount | None:
        """A provider must name the sub-merchant; a merchant of its own names none."""
        sub_mchid = fields.get("sub_mch_id", "")
        known = self._by_mchid.get(fields.get("mch_id", ""), ())
        return next((account for account in known if account.keys.sub_mchid == sub_mchid), None)

    def _order(self, account: WechatAccount, fields: Fields) -> Order | None:
        number = fields.get("out_trade_no", "")
        return self._core.ledger.find(account.spec.channel_id, number) if number else None


def _turned_away(message: str) -> web.Response:
    """Nobody's key is known here: said without a signature."""
    body = render({"return_code": "FAIL", "return_msg": message})
    return web.Response(body=body, content_type="text/xml", charset="utf-8")
