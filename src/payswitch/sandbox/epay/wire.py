"""An epay platform as a stand-in: `submit.php`, `mapi.php`, `api.php`, `/api/pay/*`, its pages and notifications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote, urlsplit

from aiohttp import web

from payswitch.kit.retry import Schedule
from payswitch.sandbox.bills import BillDesk
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.epay import notifications
from payswitch.sandbox.epay.answers import account_fields, refund_fields, refund_state_fields
from payswitch.sandbox.epay.asked import Params, number_of, parameters_of, subject_of
from payswitch.sandbox.epay.calls import PageCall, ServerCall, unsigned_refusal
from payswitch.sandbox.epay.listing import Listing
from payswitch.sandbox.epay.merchant import EpayMerchant, Stranger
from payswitch.sandbox.epay.orders import TOKEN, Fields, OrderDesk
from payswitch.sandbox.epay.refusal import EpayRefusal
from payswitch.sandbox.ledger import Order, OrderState
from payswitch.sandbox.wire import Credential, Guise, NotifyEvent, OutgoingNotification, WalletProblem

SUBMIT_PATHS = frozenset({"/submit.php", "/api/pay/submit"})
MOST_ORDERS = 50
_V2_OPERATIONS = {
    "create": "create",
    "query": "query",
    "close": "close",
    "refund": "refund",
    "refundquery": "refund_query",
}
_APP_LINK = "alipays://platformapi/startapp?appId=20000067&url="

Work = Callable[[EpayMerchant, Params], Fields]


class EpayWire:
    """All merchants of the platform. Satisfies `Wire`.

    Platforms differ; what differs can be set here: `notify_schedule`, `offers` (what create answers with: `payurl`,
    `qrcode`, `urlscheme`), `refund_code` (V1's "yes" to a refund: 1, on some platforms 0), `orders.shows_refunds`.
    """

    family = "epay"
    notify_timeout_s = notifications.TIMEOUT_S

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        stranger = Stranger()
        merchants = [EpayMerchant(spec, stranger) for spec in core.accounts_of(self.family)]
        self._by_pid = {merchant.keys.pid: merchant for merchant in merchants}
        self._by_channel = {merchant.spec.channel_id: merchant for merchant in merchants}
        self.orders = OrderDesk(core)
        self.bills = BillDesk(core)
        """Its edits make the list of orders wrong on purpose."""
        self._listing = Listing(self.orders, self.bills)
        self.notify_schedule: Schedule = notifications.SCHEDULE
        self.offers = "payurl"
        self.refund_code = 1

    def routes(self) -> list[web.RouteDef]:
        routes = [
            *_both("/submit.php", self._submit),
            *_both("/api/pay/submit", self._submit),
            *_both("/mapi.php", self._mapi),
            *_both("/api.php", self._api),
            web.get("/pay/return/{trade_no}/", self._return),
            web.get("/pay/{kind:alipay|wxpay|qr}/{trade_no}/", self._cashier),
            web.post("/api/merchant/orders", self._merchant_orders),
            *self.bills.routes(self.family),
        ]
        routes += [web.post(f"/api/pay/{name}", self._v2) for name in _V2_OPERATIONS]
        return routes

    # -- what servers call -----------------------------------------------------------------------------------------

    async def _mapi(self, request: web.Request) -> web.StreamResponse:
        def work(merchant: EpayMerchant, params: Params) -> Fields:
            merchant.check_md5(params)
            if not params.get("type"):
                raise EpayRefusal("参数错误：type不能为空")
            order = self.orders.create(merchant, params)
            offer = "payurl" if params.get("device") == "jump" else self.offers
            return {"code": 1, "msg": "success", "trade_no": order.extra["trade_no"], offer: self._offer(order, offer)}

        return await self._serve(request, "create", work)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        acts: dict[str, tuple[str, Work]] = {
            "query": ("query", lambda merchant, params: account_fields(self.orders, merchant)),
            "order": ("query", self._act_order),
            "orders": ("query", self._act_orders),
            "refund": ("refund", self._act_refund),
        }
        params = await parameters_of(request)
        operation, act = acts.get(params.get("act", ""), ("query", _no_act))

        def work(merchant: EpayMerchant, params: Params) -> Fields:
            merchant.check_key(params)
            return act(merchant, params)

        return await self._serve(request, operation, work)

    def _act_order(self, merchant: EpayMerchant, params: Params) -> Fields:
        order = self.orders.must_find(merchant, params)
        return {"code": 1, "msg": "succ", **self.orders.view(merchant, order)}

    def _act_orders(self, merchant: EpayMerchant, params: Params) -> Fields:
        limit, page = number_of(params, "limit", 20, MOST_ORDERS), number_of(params, "page", 1, 1_000_000)
        rows = self._listing.rows(merchant)[(page - 1) * limit : page * limit]
        return {"code": 1, "msg": "查询订单记录成功！", "data": rows}

    def _act_refund(self, merchant: EpayMerchant, params: Params) -> Fields:
        self.orders.refund_at_once(merchant, params)
        return {"code": self.refund_code, "msg": "退款成功"}

    async def _v2(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        works: dict[str, Work] = {
            "create": self._v2_create,
            "query": lambda merchant, params: self.orders.view(merchant, self.orders.must_find(merchant, params)),
            "close": self._v2_close,
            "refund": lambda merchant, params: refund_fields(*self.orders.refund_under_number(merchant, params)),
            "refundquery": lambda merchant, params: refund_state_fields(*self.orders.find_refund(merchant, params)),
        }

        def work(merchant: EpayMerchant, params: Params) -> Fields:
            merchant.check_rsa(params, self._core.clock.now_ms())
            return {"code": 0, "msg": "success", **works[name](merchant, params)}

        return await self._serve(request, _V2_OPERATIONS[name], work)

    def _v2_create(self, merchant: EpayMerchant, params: Params) -> Fields:
        if not params.get("method") or not params.get("type"):
            raise EpayRefusal("参数错误：method、type不能为空")
        order = self.orders.create(merchant, params)
        offer = "payurl" if params["method"] == "jump" else self.offers
        pay_type = {"payurl": "jump"}.get(offer, offer)
        return {"trade_no": order.extra["trade_no"], "pay_type": pay_type, "pay_info": self._offer(order, offer)}

    def _v2_close(self, merchant: EpayMerchant, params: Params) -> Fields:
        self.orders.close(merchant, params)
        return {}

    async def _merchant_orders(self, request: web.Request) -> web.StreamResponse:
        def work(merchant: EpayMerchant, params: Params) -> Fields:
            merchant.check_rsa(params, self._core.clock.now_ms())
            offset, limit = number_of(params, "offset", 0, 1_000_000), number_of(params, "limit", 20, MOST_ORDERS)
            return {"code": 0, "msg": "success", "data": self._listing.rows(merchant)[offset : offset + limit]}

        return await self._serve(request, "query", work)

    # -- what browsers open ----------------------------------------------------------------------------------------

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        params = await parameters_of(request)
        merchant = self._by_pid.get(params.get("pid", ""))
        if merchant is None:
            return unsigned_refusal(EpayRefusal("商户ID不存在"))
        product, amount_fen = subject_of(params)
        call = PageCall(
            self._core,
            merchant,
            lambda: self._open(merchant, params),
            lambda order: self._offer(order, "payurl"),
            product=product,
            amount_fen=amount_fen,
        )
        return await self._core.perform(request, call)

    def _open(self, merchant: EpayMerchant, params: Params) -> Order:
        """The order of a signed address: it begins here, when the customer opens it."""
        if params.get("sign_type") == "RSA":
            merchant.check_rsa(params, self._core.clock.now_ms())
        else:
            merchant.check_md5(params)
        if not params.get("return_url"):
            raise EpayRefusal("参数错误：return_url不能为空")
        known = self.orders.named(merchant, {"out_trade_no": params.get("out_trade_no", "")})
        if known is not None and known.received:
            return known  # The wallet says "paid already", not the door.
        return self.orders.create(merchant, params)

    async def _cashier(self, request: web.Request) -> web.Response:
        """The page behind `payurl` and the code: on to the wallet, or back to the shop when it is paid."""
        trade_no = request.match_info["trade_no"]
        if self._find(trade_no) is None:
            raise web.HTTPNotFound(text="订单不存在 / no such order")
        raise web.HTTPFound(f"/wallet?c={quote(str(request.url), safe='')}")

    async def _return(self, request: web.Request) -> web.Response:
        """Where the wallet's "back to the shop" leads: with the signed fields once it is paid."""
        order = self._find(request.match_info["trade_no"])
        if order is None:
            raise web.HTTPNotFound(text="订单不存在 / no such order")
        merchant = self._by_channel[order.account]
        if order.received:
            address = notifications.return_address(merchant, order, clock=self._core.clock)
        else:
            address = order.extra["return_url"]
        raise web.HTTPFound(address or self._offer(order, "payurl"))

    # -- the wallet's and the notifier's side ----------------------------------------------------------------------

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        content = credential.content.strip()
        if content.startswith(_APP_LINK):
            content = content.removeprefix(_APP_LINK)
        try:
            address = urlsplit(content)
        except ValueError:
            return None
        if address.path in SUBMIT_PATHS:
            return self._scan_signed(address.query, credential.params)
        parts = address.path.strip("/").split("/")
        if len(parts) != 3 or parts[0] != "pay" or parts[1] not in ("alipay", "wxpay", "qr"):
            return None
        order = self._find(parts[2])
        if order is None:
            return WalletProblem(result="not_found", message="无法识别的付款码 / This code leads nowhere")
        return order

    def _scan_signed(self, query: str, params: Mapping[str, str]) -> Order | WalletProblem:
        given = dict(parse_qsl(query, keep_blank_values=True)) | dict(params)
        merchant = self._by_pid.get(given.get("pid", ""))
        if merchant is None:
            return WalletProblem(result="not_found", message="商户ID不存在 / Unknown merchant")
        try:
            return self._open(merchant, given)
        except EpayRefusal as refusal:
            found = self.orders.named(merchant, {"out_trade_no": given.get("out_trade_no", "")})
            closed = found is not None and found.state is OrderState.CLOSED
            message = f"{refusal.message} / Cannot be paid"
            return WalletProblem(result="closed" if closed else "not_found", message=message, order=found)

    def transaction_id(self, order: Order) -> str:
        return order.extra["trade_no"]

    def build_notification(self, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
        return notifications.build(self._by_channel[order.account], order, guise, clock=self._core.clock)

    def acknowledged(self, status: int, body: bytes) -> bool:
        return status == 200 and body == notifications.ACKNOWLEDGEMENT

    # -- shared ----------------------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request, operation: str, work: Work) -> web.StreamResponse:
        params = await parameters_of(request)
        merchant = self._by_pid.get(params.get("pid", ""))
        if merchant is None:
            return unsigned_refusal(EpayRefusal("商户ID不存在"))
        product, amount_fen = subject_of(params) if operation == "create" else self._subject_of_order(merchant, params)
        call = ServerCall(
            self._core,
            merchant,
            operation,
            lambda: work(merchant, params),
            product=product,
            amount_fen=amount_fen,
        )
        return await self._core.perform(request, call)

    def _subject_of_order(self, merchant: EpayMerchant, params: Params) -> tuple[str | None, int | None]:
        order = self.orders.named(merchant, params)
        if order is None and params.get("out_refund_no"):
            found = self._core.ledger.find_refund(merchant.spec.channel_id, params["out_refund_no"])
            order = found[0] if found is not None else None
        return (order.product, order.amount_fen) if order is not None else (None, None)

    def _find(self, trade_no: str) -> Order | None:
        order = self._core.ledger.find_by_credential(TOKEN + trade_no)
        return order if order is not None and order.account in self._by_channel else None

    def _offer(self, order: Order, offer: str) -> str:
        """The page, the code's text, or the address that opens an app."""
        base_url, trade_no = self._by_channel[order.account].spec.base_url, order.extra["trade_no"]
        if offer == "qrcode":
            return f"{base_url}/pay/qr/{trade_no}/"
        page = f"{base_url}/pay/{order.extra['type']}/{trade_no}/"
        return _APP_LINK + page if offer == "urlscheme" else page


def _both(path: str, handler: Callable[[web.Request], object]) -> list[web.RouteDef]:
    return [web.get(path, handler, allow_head=False), web.post(path, handler)]  # type: ignore[arg-type]


def _no_act(merchant: EpayMerchant, params: Params) -> Fields:
    raise EpayRefusal("No Act!", -5)
