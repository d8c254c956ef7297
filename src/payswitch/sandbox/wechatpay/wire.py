"""WeChat Pay as a stand-in: v3's paths, credentials and notifications; V2's are in `v2/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

import msgspec
from aiohttp import web

from payswitch.kit.clock import beijing
from payswitch.kit.durations import DAY_MS
from payswitch.kit.retry import Schedule
from payswitch.sandbox.bills import BillDesk
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wechatpay import notify
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.bill_files import BILL_FILE_PATH, BillFiles, FileCall
from payswitch.sandbox.wechatpay.call import WechatCall, request_id
from payswitch.sandbox.wechatpay.errors import Refusal
from payswitch.sandbox.wechatpay.login import LoginPages
from payswitch.sandbox.wechatpay.objects import wire_time
from payswitch.sandbox.wechatpay.orders import H5_PATH, OrderDesk
from payswitch.sandbox.wechatpay.refunds import WechatRefunds
from payswitch.sandbox.wechatpay.scan import Scanner
from payswitch.sandbox.wechatpay.signing import RawRequest, read_authorization
from payswitch.sandbox.wechatpay.v2.wire import V2Wire
from payswitch.sandbox.wire import Answer, Credential, Guise, NotifyEvent, OutgoingNotification, WalletProblem

_MINUTE, _HOUR = 60, 3_600
_EARLY = [15, 15, 30, 3 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 30 * _MINUTE, 30 * _MINUTE, 30 * _MINUTE]
_LATE = [60 * _MINUTE, 3 * _HOUR, 3 * _HOUR, 3 * _HOUR, 6 * _HOUR, 6 * _HOUR]
NOTIFY_SCHEDULE = Schedule([*_EARLY, *_LATE])
"""15 retries in 24 h 4 min (official)."""
NOTIFY_TIMEOUT_S = 5.0
"""How long WeChat waits for an acknowledgement (official)."""
_PRODUCTS = {name: f"wechat_{name}" for name in ("native", "jsapi", "h5", "app")}

_OWN_ORDERS = "/v3/pay/transactions"
_PARTNER_ORDERS = "/v3/pay/partner/transactions"

Work = Callable[[WechatAccount], Answer]


class WechatWire:
    """Satisfies `wire.Wire`."""

    family = "wechatpay"
    notify_schedule = NOTIFY_SCHEDULE
    notify_timeout_s = NOTIFY_TIMEOUT_S

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        accounts = [WechatAccount(spec) for spec in core.accounts_of(self.family)]
        self._by_mchid: dict[str, list[WechatAccount]] = {}
        for account in accounts:
            self._by_mchid.setdefault(account.keys.mchid, []).append(account)
        self._by_channel = {account.spec.channel_id: account for account in accounts}
        self._orders = OrderDesk(core)
        self._refunds = WechatRefunds(core)
        self._scanner = Scanner(core, self._by_channel)
        self._v2 = V2Wire(core, self._by_mchid)
        self._login = LoginPages(core, accounts)
        self.bills = BillDesk(core)
        """Its settings make bills wrong on purpose, or ready at once."""
        self._bill_files = BillFiles(core, self.bills)

    def routes(self) -> list[web.RouteDef]:
        refunds = "/v3/refund/domestic/refunds"
        return [
            *(route for orders in (_OWN_ORDERS, _PARTNER_ORDERS) for route in self._order_routes(orders)),
            web.post(refunds, self._refund),
            web.get(f"{refunds}/{{number}}", self._refund_query),
            web.post(f"{refunds}/{{refund_id}}/apply-abnormal-refund", self._abnormal_refund),
            web.get("/v3/certificates", self._certificates),
            web.get("/v3/bill/tradebill", self._trade_bill),
            web.get(BILL_FILE_PATH, self._bill_file),
            web.get(H5_PATH, self._h5),
            *self.bills.routes(self.family),
            *self._v2.routes(),
            *self._login.routes(),
        ]

    def _order_routes(self, orders: str) -> list[web.RouteDef]:
        return [
            web.post(f"{orders}/{{trade:native|jsapi|h5|app}}", self._create),
            web.get(f"{orders}/out-trade-no/{{number}}", self._query),
            web.get(f"{orders}/id/{{transaction_id}}", self._query_by_transaction),
            web.post(f"{orders}/out-trade-no/{{number}}/close", self._close),
        ]

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        return self._scanner.scan(credential)

    def transaction_id(self, order: Order) -> str:
        day = beijing(self._core.clock.now_ms())
        return f"4200{int(self._core.ids.nonce(), 16) % 10**6:06d}{day:%Y%m%d}{order.n % 10**10:010d}"

    def build_notification(self, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
        return notify.build(self._core, self._by_channel[order.account], order, event, guise)

    def acknowledged(self, status: int, body: bytes) -> bool:
        """200 or 204; WeChat does not read the body."""
        return status in (200, 204)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        product = _PRODUCTS[request.match_info["trade"]]
        return await self._serve(
            request,
            "create",
            lambda account: self._orders.create(account, product, body, partner=_is_partner(request)),
            product=product,
            amount_fen=_amount(body),
        )

    async def _query(self, request: web.Request) -> web.StreamResponse:
        number, named = request.match_info["number"], _named_merchant(request)
        return await self._serve(
            request, "query", lambda account: self._orders.query(account, named, number=number), number=number
        )

    async def _query_by_transaction(self, request: web.Request) -> web.StreamResponse:
        transaction_id, named = request.match_info["transaction_id"], _named_merchant(request)
        return await self._serve(
            request,
            "query",
            lambda account: self._orders.query(account, named, transaction_id=transaction_id),
            transaction_id=transaction_id,
        )

    async def _close(self, request: web.Request) -> web.StreamResponse:
        body, number = await request.read(), request.match_info["number"]
        return await self._serve(
            request,
            "close",
            lambda account: self._orders.close(account, number, body, partner=_is_partner(request)),
            number=number,
        )

    async def _refund(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        return await self._serve(
            request,
            "refund",
            lambda account: self._refunds.create(account, body),
            number=_text(body, "out_trade_no"),
            transaction_id=_text(body, "transaction_id"),
        )

    async def _abnormal_refund(self, request: web.Request) -> web.StreamResponse:
        body, refund_id = await request.read(), request.match_info["refund_id"]
        serial = request.headers.get("Wechatpay-Serial", "")
        return await self._serve(
            request,
            "refund",
            lambda account: self._refunds.redirect(account, refund_id, body, serial),
            out_refund_no=_text(body, "out_refund_no"),
        )

    async def _refund_query(self, request: web.Request) -> web.StreamResponse:
        out_refund_no, sub_mchid = request.match_info["number"], request.query.get("sub_mchid")
        return await self._serve(
            request,
            "refund_query",
            lambda account: self._refunds.query(account, out_refund_no, sub_mchid),
            out_refund_no=out_refund_no,
        )

    async def _certificates(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "certificates", self._platform_certificates)

    def _platform_certificates(self, account: WechatAccount) -> Answer:
        keys = account.keys
        if not keys.platform_certificate:
            raise Refusal("RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥")
        sealed = notify.sealed_resource(self._core, account, keys.platform_certificate.encode(), "certificate")
        now_ms = self._core.clock.now_ms()
        entry = {
            "serial_no": keys.platform_serial_no,
            "effective_time": wire_time(now_ms - DAY_MS),
            "expire_time": wire_time(now_ms + 365 * DAY_MS),
            "encrypt_certificate": sealed,
        }
        return Answer(body=msgspec.json.encode({"data": [entry]}))

    async def _trade_bill(self, request: web.Request) -> web.StreamResponse:
        asked = dict(request.query)
        return await self._serve(request, "query", lambda account: self._bill_files.offer(account, asked))

    async def _bill_file(self, request: web.Request) -> web.StreamResponse:
        token = request.query.get("token", "")
        return await self._serve(
            request, "query", lambda account: self._bill_files.fetch(account, token), call_of=FileCall
        )

    async def _h5(self, request: web.Request) -> web.StreamResponse:
        """The browser opened an h5_url: on to the wallet's page, remembering where the shop wants it back."""
        content = str(request.url)
        found = self.scan(Credential(kind="redirect", content=content))
        back = request.query.get("redirect_url", "")
        if isinstance(found, Order) and back:
            self._core.ledger.come_back_to(found, back)
        raise web.HTTPFound(f"/wallet?c={quote(content, safe='')}")

    async def _serve(
        self,
        request: web.Request,
        operation: str,
        work: Work,
        *,
        product: str | None = None,
        amount_fen: int | None = None,
        call_of: type[WechatCall] = WechatCall,
        **order_named: str,
    ) -> web.StreamResponse:
        """Find the account, then let the core answer. Without a known merchant there is nobody to sign for."""
        pairs = read_authorization(request.headers.get("Authorization", "")) or {}
        sub_mchid = request.query.get("sub_mchid") or _text(await request.read(), "sub_mchid")
        account = self._account(pairs.get("mchid", ""), sub_mchid)
        if account is None:
            return self._nobody(pairs)
        order = self._named(account, **order_named) if order_named else None
        call = call_of(
            core=self._core,
            merchant=account,
            request=RawRequest(
                method=request.method,
                target=request.raw_path,
                headers=request.headers,
                body=await request.read(),
            ),
            pairs=pairs,
            operation=operation,
            work=lambda: work(account),
            product=order.product if order is not None else product,
            amount_fen=order.amount_fen if order is not None else amount_fen,
        )
        return await self._core.perform(request, call)

    def _account(self, mchid: str, sub_mchid: str) -> WechatAccount | None:
        """A provider signs for all its sub-merchants; which one is meant stands in the query or the body."""
        signed_for = self._by_mchid.get(mchid, [])
        return next((a for a in signed_for if a.keys.sub_mchid == sub_mchid), signed_for[0] if signed_for else None)

    def _named(
        self, account: WechatAccount, number: str = "", transaction_id: str = "", out_refund_no: str = ""
    ) -> Order | None:
        """The order that a call is about, so that faults can choose by its product and amount."""
        ledger, channel_id = self._core.ledger, account.spec.channel_id
        if number:
            return ledger.find(channel_id, number)
        if transaction_id:
            return ledger.find_by_transaction(channel_id, transaction_id)
        found = ledger.find_refund(channel_id, out_refund_no)
        return found[0] if found is not None else None

    def _nobody(self, pairs: Mapping[str, str]) -> web.Response:
        refusal = Refusal("MCH_NOT_EXISTS") if pairs else Refusal("SIGN_ERROR", "Http头Authorization认证类型不正确")
        answer = refusal.answer()
        headers = {"Request-ID": request_id(self._core, answer.notes["reason"])}
        return web.Response(status=answer.status, body=answer.body, headers=headers, content_type="application/json")


def _is_partner(request: web.Request) -> bool:
    return request.path.startswith(_PARTNER_ORDERS)


def _named_merchant(request: web.Request) -> dict[str, str]:
    """Whose order is asked for. A partner's path without `sub_mchid` names nobody."""
    names = ("sp_mchid", "sub_mchid") if _is_partner(request) else ("mchid",)
    return {name: request.query.get(name, "") for name in names}


def _loose(body: bytes) -> dict[str, object]:
    """The body as far as faults need it; whether it is right is judged later."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(body: bytes, name: str) -> str:
    value = _loose(body).get(name)
    return value if isinstance(value, str) else ""


def _amount(body: bytes) -> int | None:
    amount = _loose(body).get("amount")
    total = amount.get("total") if isinstance(amount, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None
