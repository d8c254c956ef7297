"""Alipay's stand-in: `/gateway.do`, the credentials that wallets open, and the notifications."""

from __future__ import annotations

from aiohttp import web

from payswitch.sandbox.alipay import answers, notifications, trades
from payswitch.sandbox.alipay.application import Application
from payswitch.sandbox.alipay.bill_files import BILL_FILE_PATH
from payswitch.sandbox.alipay.calls import GATEWAY_METHODS, PageCall, ServerCall
from payswitch.sandbox.alipay.codes import Refused, gateway
from payswitch.sandbox.alipay.credentials import GATEWAY_PATH, CredentialReader
from payswitch.sandbox.alipay.gate import check_call
from payswitch.sandbox.alipay.methods import PAGE_METHODS
from payswitch.sandbox.alipay.oddities import Oddities
from payswitch.sandbox.alipay.parameters import FORM_TYPE, read_parameters
from payswitch.sandbox.alipay.stranger import Stranger
from payswitch.sandbox.behaviour import BehaviourDesk
from payswitch.sandbox.bills import BillDesk
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wire import Credential, Guise, NotifyEvent, OutgoingNotification, WalletProblem


class AlipayWire:
    """All Alipay applications of one sandbox. Satisfies `Wire`."""

    family = "alipay"
    notify_schedule = notifications.SCHEDULE
    notify_timeout_s = notifications.TIMEOUT_S

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        self._stranger = Stranger()
        self.bills = BillDesk(core)
        """Its settings make bills wrong on purpose, or ready at once."""
        self._by_channel = {
            account.channel_id: Application(core, account, self.bills) for account in core.accounts_of("alipay")
        }
        self._by_app_id = {app.keys.app_id: app for app in self._by_channel.values()}
        self._behaviour = BehaviourDesk(self.family, Oddities, self._by_channel)
        self._credentials = CredentialReader(core.ledger, self._by_app_id, self._by_channel)

    def behave(self, oddities: Oddities, channel_id: str | None = None) -> None:
        """From now on one account, or all, are treated like this. KeyError for an account that is not Alipay's."""
        self._behaviour.behave(oddities, channel_id)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(GATEWAY_PATH, self._gateway, allow_head=False),
            web.post(GATEWAY_PATH, self._gateway),
            web.get(BILL_FILE_PATH, self._bill_file, allow_head=False),
            *self.bills.routes(self.family),
            *self._behaviour.routes(),
        ]

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        """Server calls and page openings share one address; the `method` parameter tells them apart."""
        # The target as sent: some clients use the absolute form, and a normalised URL might not be what was signed.
        query = request.raw_path.partition("?")[2].partition("#")[0]
        body = await request.read()
        try:
            params = read_parameters(query, body, request.headers.get("Content-Type", FORM_TYPE))
            call = self._admit(params)
        except Refused as refused:
            return _refusal(None, refused)
        if isinstance(call, web.Response):
            return call
        return await self._core.perform(request, call)

    async def _bill_file(self, request: web.Request) -> web.StreamResponse:
        """A plain download: whoever has the address may fetch, which is why it soon stops working."""
        token = request.query.get("fileId", "")
        found = (app.bills.fetch(token) for app in self._by_channel.values())
        content = next((file for file in found if file is not None), None)
        if content is None:
            return web.Response(
                text="<html><body>链接已失效 / This link has expired</body></html>", content_type="text/html"
            )
        return web.Response(body=content, content_type="application/octet-stream")

    def _admit(self, params: dict[str, str]) -> ServerCall | PageCall | web.Response:
        """The call of a known application for a known method; a refusal at the door otherwise."""
        method = params.get("method", "")
        if not params.get("app_id"):
            raise gateway("isv.missing-app-id")
        app = self._by_app_id.get(params["app_id"])
        if app is None:
            return _refusal(method if method in GATEWAY_METHODS else None, gateway("isv.invalid-app-id"))
        if method not in GATEWAY_METHODS:
            check_call(params, app.keys, GATEWAY_METHODS)
        kind = PageCall if method in PAGE_METHODS else ServerCall
        return kind(self._core, app, params, self._stranger)

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        return self._credentials.read(credential)

    def transaction_id(self, order: Order) -> str:
        return trades.trade_no(order)

    def build_notification(self, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
        app = self._by_channel[order.account]
        return notifications.build(app, order, event, guise, clock=self._core.clock, stranger=self._stranger)

    def acknowledged(self, status: int, body: bytes) -> bool:
        return status == 200 and body == notifications.ACKNOWLEDGEMENT


def _refusal(method: str | None, refused: Refused) -> web.Response:
    body = answers.unsigned(method, refused.problem)
    return web.Response(body=body, headers={"Content-Type": answers.CONTENT_TYPE})
