"""Allinpay 收银宝's stand-in: its paths, the credentials that wallets open, its notifications, its SMS."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from payswitch.sandbox.admin import local
from payswitch.sandbox.banks import QUICKPAY_PREFIX, bank_of_card
from payswitch.sandbox.bills import BillDesk
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.quickpay import notifications
from payswitch.sandbox.quickpay.agreements import AgreementDesk
from payswitch.sandbox.quickpay.bill_files import FILE_PATH, BillFiles
from payswitch.sandbox.quickpay.calls import CONTENT_TYPE, FAIL, QuickpayCall, Work
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.money_back import MoneyBackDesk
from payswitch.sandbox.quickpay.orders import OrderDesk, new_trxid
from payswitch.sandbox.quickpay.payinfo import PAYTYPES, token_of
from payswitch.sandbox.quickpay.payments import QuickPaymentDesk
from payswitch.sandbox.quickpay.scanning import ScanDesk, product_of_code
from payswitch.sandbox.quickpay.signing import Stranger
from payswitch.sandbox.quickpay.sms import SmsLog
from payswitch.sandbox.quickpay.views import SCANNED, TRXID
from payswitch.sandbox.quickpay.words import Form
from payswitch.sandbox.wire import Credential, Guise, NotifyEvent, OutgoingNotification, WalletProblem

BASE = "/apiweb"
SMS_PATH = "/_sandbox/quickpay/sms"


class QuickpayWire:
    """All 收银宝 merchants of one sandbox. Satisfies `Wire`."""

    family = "quickpay"
    notify_schedule = notifications.SCHEDULE
    notify_timeout_s = notifications.TIMEOUT_S

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        stranger = Stranger()
        merchants = [Merchant(spec, stranger) for spec in core.accounts_of(self.family)]
        self._by_cusid = {merchant.keys.cusid: merchant for merchant in merchants}
        self._by_channel = {merchant.channel_id: merchant for merchant in merchants}
        self.sms = SmsLog()
        self.bills = BillDesk(core)
        """Its settings make bills wrong on purpose, or ready at once."""
        self._files = BillFiles(core, self.bills)
        self._agreements = AgreementDesk(core, self.sms)
        self._works = {
            **_works(core, self._agreements, QuickPaymentDesk(core, self._agreements, self.sms)),
            "trxfile/get": ("bill", self._files.offer),
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{BASE}/{{group}}/{{call}}", self._serve),
            web.post("/cusapi/{group}/{call}", self._serve),
            web.get(FILE_PATH, self._bill_file, allow_head=False),
            web.get(SMS_PATH, local(self._show_sms)),
            *self.bills.routes(self.family),
        ]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        known = self._works.get(f"{request.match_info['group']}/{request.match_info['call']}")
        if known is None:
            raise web.HTTPNotFound
        form = _read_form(await request.read())
        merchant = self._by_cusid.get(form.get("cusid", ""))
        if merchant is None:
            return _unknown_merchant()
        operation, work = known
        if operation == "query" and self._asks_for_refund(merchant, form):
            operation = "refund_query"
        call = QuickpayCall(
            self._core, merchant, form, work=work, operation=operation, product=self._product(merchant, form)
        )
        return await self._core.perform(request, call)

    def _asks_for_refund(self, merchant: Merchant, form: Form) -> bool:
        number = form.get("reqsn") or form.get("orderid") or ""
        return self._core.ledger.find_refund(merchant.channel_id, number) is not None

    def _product(self, merchant: Merchant, form: Form) -> str | None:
        """For the faults' filters, where no order tells it: the paytype's product, or the card's bank."""
        if form.get("paytype"):
            kind = PAYTYPES.get(form["paytype"])
            return kind.product if kind is not None else None
        card = self._agreements.card(merchant, form.get("agreeid", ""))
        bank = card.bank if card is not None else bank_of_card(form.get("acctno", ""))
        if bank is not None:
            return QUICKPAY_PREFIX + bank.slug
        return product_of_code(form["authcode"]) if form.get("authcode") else None

    def sign_card(self, channel_id: str, card_no: str, *, user_id: str = "u-1", mobile: str = "13800138000") -> str:
        """A customer who signed this card up long ago: its agreement number. For tests and drills."""
        return self._agreements.sign(channel_id, card_no, user_id=user_id, mobile=mobile)

    def empty_card(self, channel_id: str, agreeid: str) -> None:
        """From now on there is no money on this card."""
        self._agreements.empty(channel_id, agreeid)

    async def _show_sms(self, request: web.Request) -> web.Response:
        """The SMS that the sandbox's banks sent, newest last, with their codes; with `?mobile=` one phone's inbox."""
        body = msgspec.json.encode({"sms": self.sms.of(request.query.get("mobile"))})
        return web.Response(body=body, content_type="application/json")

    async def _bill_file(self, request: web.Request) -> web.StreamResponse:
        content = self._files.fetch(request.query.get("token", ""))
        if content is None:
            return web.Response(text="<html><body>链接已失效</body></html>", content_type="text/html")
        return web.Response(body=content, content_type="application/zip")

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        """The codes look like the wallets' own, so only a token of ours makes a credential ours."""
        token = token_of(credential)
        order = self._core.ledger.find_by_credential(token) if token else None
        if order is None or order.account not in self._by_channel:
            return None
        if SCANNED not in order.extra:
            self._core.ledger.remember(order, **{SCANNED: "1"})
        return order

    def transaction_id(self, order: Order) -> str:
        """Given when the order was made."""
        return order.extra.get(TRXID) or new_trxid(self._core)

    def build_notification(self, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
        return notifications.build(self._by_channel[order.account], order, event, guise)

    def acknowledged(self, status: int, body: bytes) -> bool:
        return status == 200 and body == notifications.ACKNOWLEDGEMENT


def _works(core: SandboxCore, agreements: AgreementDesk, payments: QuickPaymentDesk) -> Mapping[str, tuple[str, Work]]:
    """Path -> (operation for the faults, what does it). Faults on signing a card up, on its SMS and on a payment's
    application and confirmation are all `create`; a bank's are told apart by product (`quickpay_icbc`)."""
    orders, back = OrderDesk(core), MoneyBackDesk(core)
    unified: dict[str, tuple[str, Work]] = {
        "query": ("query", orders.query),
        "close": ("close", orders.close),
        "refund": ("refund", lambda merchant, form: back.refund(merchant, form, "reqsn")),
        "cancel": ("refund", lambda merchant, form: back.cancel(merchant, form, "reqsn")),
    }
    quick: dict[str, tuple[str, Work]] = {
        "agreeapply": ("create", agreements.apply),
        "agreeconfirm": ("create", agreements.confirm),
        "agreequery": ("query", agreements.listing),
        "unbind": ("close", agreements.unbind),
        "payapplyagree": ("create", payments.apply),
        "payagreeconfirm": ("create", payments.confirm),
        "paysmsagree": ("create", payments.resend),
        "query": ("query", payments.query),
        "refund": ("refund", lambda merchant, form: back.refund(merchant, form, "orderid")),
        "cancel": ("refund", lambda merchant, form: back.cancel(merchant, form, "orderid")),
    }
    return {
        "unitorder/pay": ("create", orders.pay),
        "unitorder/scanqrpay": ("create", ScanDesk(core).scan),
        # Newer documents call the same things tranx/*.
        **{f"{group}/{name}": work for group in ("unitorder", "tranx") for name, work in unified.items()},
        **{f"qpay/{name}": work for name, work in quick.items()},
    }


def _read_form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError:
        return {}
    return dict(pairs)


def _unknown_merchant() -> web.Response:
    body = msgspec.json.encode({"retcode": FAIL, "retmsg": "商户不存在"})
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})
