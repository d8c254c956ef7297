"""Huifu 斗拱 as a stand-in: its paths, its credentials, its notifications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

from aiohttp import web

from payswitch.kit.money import fen_from_yuan
from payswitch.sandbox.bills import BillDesk
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.huifu import notify
from payswitch.sandbox.huifu.bill_files import BILL_FILE_PATH, FILE_QUERY_PATH, BillFiles
from payswitch.sandbox.huifu.call import HuifuCall, unsigned
from payswitch.sandbox.huifu.codes import Stranger
from payswitch.sandbox.huifu.credentials import CASHIER, Scanner
from payswitch.sandbox.huifu.envelope import CallBody, read_call
from payswitch.sandbox.huifu.merchant import Merchant
from payswitch.sandbox.huifu.orders import OrderDesk
from payswitch.sandbox.huifu.refunds import HuifuRefunds
from payswitch.sandbox.huifu.trades import TRADE_TYPES
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wire import Credential, Guise, NotifyEvent, OutgoingNotification, WalletProblem

_PAYMENT = "/v2/trade/payment"

Work = Callable[[Merchant, CallBody], Mapping[str, object]]
Find = Callable[[Merchant, CallBody], Order | None]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HuifuWire:
    """Satisfies `wire.Wire`."""

    family = "huifu"
    notify_schedule = notify.SCHEDULE
    notify_timeout_s = notify.TIMEOUT_S

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        merchants = [Merchant(spec) for spec in core.accounts_of(self.family)]
        self._by_channel = {merchant.channel_id: merchant for merchant in merchants}
        self._by_caller = {(merchant.keys.sys_id, merchant.keys.huifu_id): merchant for merchant in merchants}
        self._orders = OrderDesk(core)
        self._refunds = HuifuRefunds(core, self._orders)
        self._scanner = Scanner(core, self._by_channel)
        self.bills = BillDesk(core)
        """Its settings make bills wrong on purpose, or ready at once."""
        self._bill_files = BillFiles(core, self.bills)
        self._told: set[bytes] = set()

    def routes(self) -> list[web.RouteDef]:
        orders, refunds = self._orders, self._refunds
        served: list[tuple[str, str, Work, Find]] = [
            ("jspay", "create", orders.create, _nothing),
            ("scanpay/query", "query", orders.query, orders.find),
            ("scanpay/close", "close", orders.close, orders.find),
            ("scanpay/closequery", "close", orders.close_query, orders.find),
            ("scanpay/refund", "refund", refunds.create, orders.find),
            ("scanpay/refundquery", "refund_query", refunds.query, self._refunded_order),
        ]
        posts = [web.post(f"{_PAYMENT}/{path}", self._handler(name, work, find)) for path, name, work, find in served]
        return [
            *posts,
            web.post(FILE_QUERY_PATH, self._handler("query", self._bill_files.offer, _nothing)),
            web.get(BILL_FILE_PATH + "{token}", self._bill_file),
            web.get(CASHIER + "{token}", self._cashier),
            *self.bills.routes(self.family),
        ]

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        return self._scanner.scan(credential)

    def transaction_id(self, order: Order) -> str:
        """Huifu's number stands from the order's making on."""
        return order.extra["hf_seq_id"]

    def build_notification(self, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
        self._told.add((notify.RECEIVED + notify.number_of(order, event.refund)).encode())
        return notify.build(self._by_channel[order.account], order, event, guise)

    def acknowledged(self, status: int, body: bytes) -> bool:
        """200 and `RECV_ORD_ID_` with a number that was told. (Which message this answers is not known here.)"""
        return status == 200 and body in self._told

    def _handler(self, operation: str, work: Work, find: Find) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = read_call(await request.read())
            merchant = self._by_caller.get((body.sys_id, body.text("huifu_id"))) if body is not None else None
            if body is None or merchant is None:
                return _nobody(body)
            order = find(merchant, body)
            trade_type = TRADE_TYPES.get(body.text("trade_type"))
            call = HuifuCall(
                merchant=merchant,
                body=body,
                operation=operation,
                work=lambda: work(merchant, body),
                product=order.product if order is not None else trade_type.product if trade_type is not None else None,
                amount_fen=order.amount_fen if order is not None else _amount(body),
            )
            return await self._core.perform(request, call)

        return handle

    def _refunded_order(self, merchant: Merchant, body: CallBody) -> Order | None:
        found = self._refunds.find(merchant, body)
        return found[0] if found is not None else None

    async def _bill_file(self, request: web.Request) -> web.Response:
        """The file itself: neither signed nor hashed; who has the address has the file."""
        content = self._bill_files.fetch(request.match_info["token"])
        if content is None:
            raise web.HTTPForbidden(text="下载链接已失效 / this address does not work any more")
        return web.Response(body=content, content_type="application/zip")

    async def _cashier(self, request: web.Request) -> web.Response:
        """A person opened UnionPay's page or an e-CNY code in a browser: on to the wallet's page."""
        raise web.HTTPFound(f"/wallet?c={quote(str(request.url), safe='')}")


def _nothing(_merchant: Merchant, _body: CallBody) -> None:
    return None


def _nobody(body: CallBody | None) -> web.Response:
    """Without a known merchant there is nobody to sign for."""
    reason = "请求报文格式错误" if body is None else "系统号或商户号不存在"
    answer = unsigned(Stranger("10000000", reason))
    return web.Response(body=answer.body, content_type="application/json", charset="utf-8")


def _amount(body: CallBody) -> int | None:
    try:
        return fen_from_yuan(body.text("trans_amt"))
    except ValueError:
        return None
