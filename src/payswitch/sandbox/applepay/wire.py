"""Apple Pay's stand-in: Apple's session gateway, the customers' devices, and the acquirer's entrances."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from payswitch.sandbox.admin import local
from payswitch.sandbox.applepay.acquirer import AcquirerCall, AcquirerCounter
from payswitch.sandbox.applepay.device import Device, Sheet
from payswitch.sandbox.applepay.keys import ACQUIRER_PATH, ApplepayKeys
from payswitch.sandbox.applepay.sessions import SESSION_PATH, Complaint, SessionCall, SessionDesk, refused, stranger
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.unionpay import messages, notifications
from payswitch.sandbox.unionpay.calls import QUERY, sealed
from payswitch.sandbox.unionpay.codes import Refused
from payswitch.sandbox.unionpay.fields import read_form
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.signing import Fields
from payswitch.sandbox.unionpay.terms import BACK, query_id
from payswitch.sandbox.wire import Credential, Guise, NotifyEvent, OutgoingNotification, WalletProblem
from payswitch.sandbox.world import AccountSpec

TOKEN_PATH = "/_sandbox/applepay/token"  # noqa: S105 (an address)
_UNKNOWN_MERCHANT = "31"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ApplepayWire:
    """All Apple Pay merchants of one sandbox. Satisfies `Wire`."""

    family = "applepay"
    notify_schedule = notifications.SCHEDULE
    notify_timeout_s = notifications.TIMEOUT_S

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        self._specs = {spec.channel_id: spec for spec in core.accounts_of(self.family)}
        self._keys = {channel_id: _keys(spec) for channel_id, spec in self._specs.items()}
        self._members = {channel_id: _member(spec) for channel_id, spec in self._specs.items()}
        self._by_mer_id = {member.mer_id: member for member in self._members.values()}
        self.device = Device(core)
        self.sessions = SessionDesk(core)
        self._counter = AcquirerCounter(core, self._keys, self.device)

    def routes(self) -> list[web.RouteDef]:
        api = f"{ACQUIRER_PATH}/gateway/api"
        return [
            web.post(SESSION_PATH, self._session),
            web.post(f"{api}/backTransReq.do", self._entrance(BACK)),
            web.post(f"{api}/queryTrans.do", self._entrance(QUERY)),
            web.post(TOKEN_PATH, local(self._token)),
        ]

    # -- Apple ---------------------------------------------------------------------------------------------------

    async def _session(self, request: web.Request) -> web.StreamResponse:
        """Whose certificate is shown decides which merchant it is; a caller without one is nobody."""
        for channel_id, keys in self._keys.items():
            if not stranger(request, keys.client_certificate):
                call = SessionCall(self.sessions, self._specs[channel_id], keys, await request.read())
                return await self._core.perform(request, call)
        return refused(Complaint(401, "client certificate required"))

    async def _token(self, request: web.Request) -> web.Response:
        """A customer looks at the phone: a body like `device.Sheet`, answered with `{"token": ...}`."""
        try:
            sheet = msgspec.json.decode(await request.read(), type=Sheet)
        except msgspec.MsgspecError as error:
            return _json({"error": str(error)}, 400)
        keys = self._keys.get(sheet.account)
        if keys is None:
            return _json({"error": f"accounts are {sorted(self._keys)}"}, 400)
        problem = self.sessions.redeem(keys, sheet.session) if sheet.session is not None else ""
        if problem:
            return _json({"error": problem}, 409)
        return _json({"token": self.device.token(keys, sheet)})

    # -- the acquirer --------------------------------------------------------------------------------------------

    def _entrance(self, entrance: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            form: Fields = {}
            try:
                form = read_form(await request.read())
                member = self._by_mer_id.get(form.get("merId", ""))
                if member is None:
                    raise Refused(_UNKNOWN_MERCHANT)
            except Refused as refusal:
                return sealed(next(iter(self._members.values())), messages.refusal(form, refusal))
            return await self._core.perform(request, AcquirerCall(self._core, member, self._counter, entrance, form))

        return handle

    # -- what the core asks ---------------------------------------------------------------------------------------

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        """No wallet opens anything: the customer's device gives the token to the page."""
        return None

    def transaction_id(self, order: Order) -> str:
        return query_id(order)

    def build_notification(self, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
        return notifications.build(self._members[order.account], order, event, guise)

    def acknowledged(self, status: int, body: bytes) -> bool:
        return status == 200


def _keys(spec: AccountSpec) -> ApplepayKeys:
    if not isinstance(spec.keys, ApplepayKeys):
        raise TypeError(f"{spec.channel_id} is no Apple Pay account")
    return spec.keys


def _member(spec: AccountSpec) -> Member:
    """The same merchant as the acquirer knows it."""
    return Member(msgspec.structs.replace(spec, keys=_keys(spec).acquirer))


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type="application/json")
