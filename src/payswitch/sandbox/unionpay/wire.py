"""UnionPay's stand-in: the gateway's entrances, the credentials that wallets open, and the notifications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from payswitch.sandbox.behaviour import BehaviourDesk
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.unionpay import messages, notifications
from payswitch.sandbox.unionpay.bill import SettlementDesk
from payswitch.sandbox.unionpay.browser import FrontCall, error_page, return_page
from payswitch.sandbox.unionpay.calls import FILE, QUERY, Counter, ServerCall, sealed
from payswitch.sandbox.unionpay.codes import Refused
from payswitch.sandbox.unionpay.fields import read_form
from payswitch.sandbox.unionpay.keys import FILE_PATH
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.oddities import Oddities
from payswitch.sandbox.unionpay.orders import RETURN_PATH, OrderDesk
from payswitch.sandbox.unionpay.scanning import FORM_PATH, Scanner
from payswitch.sandbox.unionpay.signing import Fields
from payswitch.sandbox.unionpay.terms import APP, BACK, query_id
from payswitch.sandbox.wire import Credential, Guise, NotifyEvent, OutgoingNotification, WalletProblem

_UNKNOWN_MERCHANT = "31"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class UnionpayWire:
    """All UnionPay merchants of one sandbox. Satisfies `Wire`."""

    family = "unionpay"
    notify_schedule = notifications.SCHEDULE
    notify_timeout_s = notifications.TIMEOUT_S

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        members = [Member(spec) for spec in core.accounts_of(self.family)]
        self._by_mer_id = {member.mer_id: member for member in members}
        self._by_channel = {member.spec.channel_id: member for member in members}
        self._behaviour = BehaviourDesk(self.family, Oddities, self._by_channel)
        self._orders = OrderDesk(core)
        self.bills = SettlementDesk(core)
        """Its settings make files wrong on purpose, or ready at once."""
        self._counter = Counter(core, self._orders, self.bills)
        self._scanner = Scanner(core, self._orders, self._by_mer_id, self._by_channel)

    def behave(self, oddities: Oddities, channel_id: str | None = None) -> None:
        """From now on one account, or all, behave like this. KeyError for an account that is not UnionPay's."""
        self._behaviour.behave(oddities, channel_id)

    def routes(self) -> list[web.RouteDef]:
        api = "/gateway/api"
        return [
            web.post(FORM_PATH, self._front),
            web.post(f"{api}/appTransReq.do", self._server(APP)),
            web.post(f"{api}/backTransReq.do", self._server(BACK)),
            web.post(f"{api}/queryTrans.do", self._server(QUERY)),
            web.post(FILE_PATH, self._server(FILE)),
            web.get(RETURN_PATH, self._return),
            *self.bills.routes(self.family),
            *self._behaviour.routes(),
        ]

    # -- entrances -----------------------------------------------------------------------------------------------

    def _server(self, entrance: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            form: Fields = {}
            try:
                form = read_form(await request.read())
                member = self._member(form)
            except Refused as refused:
                return sealed(next(iter(self._by_channel.values())), messages.refusal(form, refused))
            return await self._core.perform(request, ServerCall(self._core, member, self._counter, entrance, form))

        return handle

    async def _front(self, request: web.Request) -> web.StreamResponse:
        try:
            form = read_form(await request.read())
            member = self._member(form)
        except Refused as refused:
            return error_page(refused)
        return await self._core.perform(request, FrontCall(self._core, member, self._orders, form))

    def _member(self, form: Fields) -> Member:
        member = self._by_mer_id.get(form.get("merId", ""))
        if member is None:
            raise Refused(_UNKNOWN_MERCHANT)
        return member

    async def _return(self, request: web.Request) -> web.Response:
        order = self._core.ledger.find_by_credential(request.query.get("transNumber", ""))
        if order is None or order.account not in self._by_channel or not order.extra["front_url"]:
            return error_page(Refused("34"))
        return return_page(self._by_channel[order.account], order)

    # -- wallets and notifications -------------------------------------------------------------------------------

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        return self._scanner.scan(credential)

    def transaction_id(self, order: Order) -> str:
        """Asked at the moment of payment, so that late money is noticed here."""
        self._orders.watch_late(order, self._by_channel[order.account])
        return query_id(order)

    def build_notification(self, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
        return notifications.build(self._by_channel[order.account], order, event, guise)

    def acknowledged(self, status: int, body: bytes) -> bool:
        return status == 200
