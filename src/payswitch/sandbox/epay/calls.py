"""One call to the platform, between its arrival and its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

from aiohttp import web

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.epay.merchant import EpayMerchant
from payswitch.sandbox.epay.orders import Fields
from payswitch.sandbox.epay.refusal import FAILED, EpayRefusal
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wire import Answer, Seal
from payswitch.sandbox.world import AccountSpec

_UNSIGNED = {"unsigned": "1"}
_LOCATION = "location"


class EpayCall:
    """What a server's call and a browser's visit have in common. Subclasses satisfy `WireCall`."""

    def __init__(
        self,
        core: SandboxCore,
        merchant: EpayMerchant,
        operation: str,
        *,
        product: str | None = None,
        amount_fen: int | None = None,
    ) -> None:
        self.operation = operation
        self.product = product
        self.amount_fen = amount_fen
        self._core = core
        self._merchant = merchant

    @property
    def account(self) -> AccountSpec:
        return self._merchant.spec


class ServerCall(EpayCall):
    """Answered with JSON, always with status 200; in V2 signed, when the caller is known to be the merchant."""

    def __init__(
        self,
        core: SandboxCore,
        merchant: EpayMerchant,
        operation: str,
        work: Callable[[], Fields],
        *,
        product: str | None = None,
        amount_fen: int | None = None,
    ) -> None:
        super().__init__(core, merchant, operation, product=product, amount_fen=amount_fen)
        self._work = work

    def process(self) -> Answer:
        try:
            return Answer(body=_json(self._work()))
        except EpayRefusal as refusal:
            body = _json({"code": refusal.code, "msg": refusal.message})
            return Answer(body=body, notes=_UNSIGNED if refusal.door else {})

    def refuse(self, fault: Fault) -> Answer:
        """`fault.code` may be the platform's number; the words are what clients go by."""
        code = int(fault.code) if fault.code.lstrip("-").isdigit() else FAILED
        fields: Fields = {"code": code, "msg": fault.message or _usual_words(fault.code)}
        return Answer(status=fault.status or 200, body=_json(fields))

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        """V1 does not sign its answers: there a wrong signature has nowhere to show."""
        body = answer.body
        if self._merchant.signs_answers and not answer.notes:
            fields: Fields = json.loads(body)
            fields["timestamp"] = str(self._core.clock.now_ms() // 1_000)
            wrong = seal in (Seal.BAD_SIGNATURE, Seal.UNKNOWN_SERIAL)
            body = _json(self._merchant.sign(fields, forged=wrong))
        if seal is Seal.MALFORMED:
            body = body[: len(body) // 2]
        return web.Response(status=answer.status, body=body, content_type="application/json", charset="utf-8")


class PageCall(EpayCall):
    """The customer's browser opens a signed address: on to the cashier page, or an error page that only the customer
    ever sees."""

    def __init__(
        self,
        core: SandboxCore,
        merchant: EpayMerchant,
        work: Callable[[], Order],
        page_of: Callable[[Order], str],
        *,
        product: str | None = None,
        amount_fen: int | None = None,
    ) -> None:
        super().__init__(core, merchant, "create", product=product, amount_fen=amount_fen)
        self._work = work
        self._page_of = page_of

    def process(self) -> Answer:
        try:
            order = self._work()
        except EpayRefusal as refusal:
            return _error_page(refusal.message)
        return Answer(status=302, notes={_LOCATION: f"/wallet?c={quote(self._page_of(order), safe='')}"})

    def refuse(self, fault: Fault) -> Answer:
        return _error_page(fault.message or _usual_words(fault.code), fault.status)

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        body = answer.body[: len(answer.body) // 2] if seal is Seal.MALFORMED else answer.body
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if _LOCATION in answer.notes:
            headers["Location"] = answer.notes[_LOCATION]
        return web.Response(status=answer.status, body=body, headers=headers)


def unsigned_refusal(refusal: EpayRefusal) -> web.Response:
    """For callers that no merchant can be found for."""
    return web.json_response(
        {"code": refusal.code, "msg": refusal.message}, dumps=lambda value: json.dumps(value, ensure_ascii=False)
    )


def _usual_words(code: str) -> str:
    return "系统繁忙，请稍后重试" if code in ("", "SYSTEM_ERROR", "-1") else code


def _json(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _error_page(words: str, status: int = 0) -> Answer:
    page = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>错误 / Error</title></head>'
        f"<body><h1>易支付沙箱：无法支付 / Cannot pay</h1><p>{escape(words)}</p></body></html>"
    )
    return Answer(status=status or 200, body=page.encode())
