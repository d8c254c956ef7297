"""`/_sandbox/*`: what drills and tests steer the sandbox with. Answers this machine only."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

import msgspec
from aiohttp import web

from payswitch.sandbox.banks import BANKS, CARD_WALLETS, SLUGS
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import ActiveFault, Fault
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.payment_codes import ASK_ABOVE_FEN, VALID_S
from payswitch.sandbox.quickpay.keys import QuickpayKeys
from payswitch.sandbox.wallet import PayRequest, Wallet
from payswitch.sandbox.world import AccountSpec

MAX_PAGE = 5_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")


class _Faults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    faults: list[Fault]


class _CodeWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """See `payment_codes.PaymentCode`."""

    wallet: Literal["wechat", "alipay", "huabei", "unionpay"]
    payer: str = "shopper"
    bank: Literal["", "icbc", "ccb", "abc", "cmb", "boc"] | None = None
    """Whose card they chose; empty: the wallet's balance. None: the payer's usual one."""
    balance_fen: int | None = None
    ask_above_fen: int = ASK_ABOVE_FEN
    valid_s: float = VALID_S


class _Payers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payers: list[str]


class _Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str


class Admin:
    """The routes under `/_sandbox`."""

    def __init__(self, core: SandboxCore, wallet: Wallet) -> None:
        self._core = core
        self._wallet = wallet

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sandbox/health", self.health),
            web.get("/_sandbox/faults", local(self.list_faults)),
            web.put("/_sandbox/faults", local(self.replace_faults)),
            web.post("/_sandbox/faults", local(self.add_fault)),
            web.delete("/_sandbox/faults", local(self.clear_faults)),
            web.put("/_sandbox/faults/{account}", local(self.replace_faults_of)),
            web.delete("/_sandbox/faults/{account}", local(self.clear_faults_of)),
            web.get("/_sandbox/accounts", local(self.accounts)),
            web.get("/_sandbox/ledger", local(self.ledger)),
            web.get("/_sandbox/notifications", local(self.notifications)),
            web.post("/_sandbox/wallet/pay", local(self.pay)),
            web.put("/_sandbox/void-payers", local(self.void_payers)),
            web.post("/_sandbox/payment-codes", local(self.show_code)),
            web.get("/_sandbox/payment-codes/{code}", local(self.code)),
            web.post("/_sandbox/payment-codes/decline", local(self.decline)),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        return _json({"ok": True})

    async def list_faults(self, _request: web.Request) -> web.Response:
        now_ms = self._core.clock.monotonic_ms()
        return _json({"faults": [_fault_view(active, now_ms) for active in self._core.faults.all()]})

    async def replace_faults(self, request: web.Request) -> web.Response:
        self._core.faults.replace((await _read(request, _Faults)).faults)
        return await self.list_faults(request)

    async def add_fault(self, request: web.Request) -> web.Response:
        self._core.faults.add(await _read(request, Fault))
        return await self.list_faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._core.faults.clear()
        return await self.list_faults(request)

    async def replace_faults_of(self, request: web.Request) -> web.Response:
        """One account's (`*`: those for all): what was set for others goes on undisturbed."""
        account = request.match_info["account"]
        faults = (await _read(request, _Faults)).faults
        if other := next((fault.account for fault in faults if fault.account not in ("*", account)), ""):
            return _json({"error": f"this address is for the faults of {account}, not of {other}"}, status=400)
        self._core.faults.replace_of(account, faults)
        return await self.list_faults(request)

    async def clear_faults_of(self, request: web.Request) -> web.Response:
        self._core.faults.replace_of(request.match_info["account"], [])
        return await self.list_faults(request)

    async def accounts(self, _request: web.Request) -> web.Response:
        """Who can be made ill, and for which banks' customers alone."""
        banks = [{"bank": bank.slug, "name": bank.name} for bank in BANKS]
        return _json({"accounts": [_account_view(account) for account in self._core.world.accounts], "banks": banks})

    async def ledger(self, request: web.Request) -> web.Response:
        """A page of the books; `next` is the `after` of the next page, and equals this page's end when it is empty."""
        after, limit = _number(request, "after", 0), _number(request, "limit", 500)
        entries = self._core.ledger.entries(after, min(limit, MAX_PAGE))
        return _json({"entries": [_entry(order) for order in entries], "next": after + len(entries)})

    async def notifications(self, request: web.Request) -> web.Response:
        """The latest tries, newest last, and how many events are still on their way."""
        limit = min(_number(request, "limit", 500), MAX_PAGE)
        return _json({"pending": self._core.notifier.pending, "tries": list(self._core.notifier.tries)[-limit:]})

    async def pay(self, request: web.Request) -> web.Response:
        return _json(await self._wallet.pay(await _read(request, PayRequest)))

    async def void_payers(self, request: web.Request) -> web.Response:
        """These shoppers' cards take nothing any more: refunds to them become abnormal (WeChat, Huifu)."""
        self._core.refunds.void_payers = set((await _read(request, _Payers)).payers)
        return _json({"payers": sorted(self._core.refunds.void_payers)})

    async def show_code(self, request: web.Request) -> web.Response:
        """A shopper opens the wallet's code page (付款码) for a cashier to scan."""
        wish = await _read(request, _CodeWish)
        code = self._core.payment_codes.issue(
            wish.wallet,
            wish.payer,
            bank=wish.bank,
            balance_fen=wish.balance_fen,
            ask_above_fen=wish.ask_above_fen,
            valid_s=wish.valid_s,
        )
        return _json({"code": code.code, "wallet": code.wallet, "expires_at_ms": code.expires_at_ms})

    async def code(self, request: web.Request) -> web.Response:
        """What a phone shows after its code was scanned: the order, and whether it asks for the password."""
        order = self._core.payment_codes.asked(request.match_info["code"])
        return _json({"order": None} if order is None else {"order": _entry(order), "asking": order.state == "open"})

    async def decline(self, request: web.Request) -> web.Response:
        return _json({"declined": self._core.payment_codes.decline((await _read(request, _Code)).code)})


def local(handler: Handler) -> Handler:
    """Faults and ledgers are nobody else's business: callers from other machines get a 403."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if not _is_loopback(request.remote):
            return _json({"error": "the admin interface answers on the loopback address only"}, status=403)
        return await handler(request)

    return guarded


def _is_loopback(remote: str | None) -> bool:
    try:
        return remote is not None and ipaddress.ip_address(remote).is_loopback
    except ValueError:
        return False


async def _read(request: web.Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.MsgspecError as error:
        raise web.HTTPBadRequest(
            text=msgspec.json.encode({"error": str(error)}).decode(), content_type="application/json"
        ) from error


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isascii() or not text.isdigit():
        raise web.HTTPBadRequest(
            text=msgspec.json.encode({"error": f"{name} must be a number of zero or more"}).decode(),
            content_type="application/json",
        )
    return int(text)


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type="application/json")


def _entry(order: Order) -> dict[str, object]:
    return {
        "n": order.n,
        "account": order.account,
        "channel_order_no": order.channel_order_no,
        "product": order.product,
        "amount_fen": order.amount_fen,
        "state": order.state,
        "created_at_ms": order.created_at_ms,
        "paid_at_ms": order.paid_at_ms,
        "transaction_id": order.transaction_id,
        "refunds": [
            {"out_refund_no": r.out_refund_no, "amount_fen": r.amount_fen, "state": r.state} for r in order.refunds
        ],
    }


def _fault_view(active: ActiveFault, now_ms: float) -> dict[str, object]:
    """The fault as it was set, whether it runs now, and how many calls it has struck."""
    view: dict[str, object] = msgspec.to_builtins(active.fault)
    return view | {"active": active.runs(now_ms), "left_s": active.left_s(now_ms), "struck": active.struck}


def _account_view(account: AccountSpec) -> dict[str, object]:
    """`call_banks`: banks that the account's API calls tell (of a signed card); `wallet_banks`: those whose cards may
    stand behind a wallet that pays here."""
    keys = account.keys
    signed = ([keys.bank] if keys.bank else list(SLUGS)) if isinstance(keys, QuickpayKeys) else []
    return {
        "account": account.channel_id,
        "call_banks": signed,
        "wallet_banks": list(SLUGS) if CARD_WALLETS.intersection(account.wallets) else [],
    }
