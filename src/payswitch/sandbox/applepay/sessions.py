"""Apple's gateway: a merchant shows its identity certificate and gets a session for one page."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec
from aiohttp import web

from payswitch.sandbox.applepay.keys import ApplepayKeys
from payswitch.sandbox.authority import shows
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.wire import Answer, Seal
from payswitch.sandbox.world import AccountSpec

SESSION_PATH = "/paymentservices/paymentSession"
VALID_MS = 300_000
"""A session is good once, for five minutes [M for the exact time]."""
_MOST_NAME = 64


class _Ask(msgspec.Struct, frozen=True, kw_only=True):
    merchant_identifier: str = msgspec.field(name="merchantIdentifier")
    display_name: str = msgspec.field(name="displayName")
    initiative: str
    context: str = msgspec.field(name="initiativeContext")


class Complaint(Exception):
    """Apple says no: HTTP status and `statusMessage`."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = f"Payment Services Exception {words}"


class SessionDesk:
    """Issues sessions, and knows its own when a device brings one."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core
        self._secret = core.ids.nonce().encode()
        self._used: set[str] = set()

    def issue(self, keys: ApplepayKeys, body: bytes) -> dict[str, Any]:
        """Raises Complaint."""
        try:
            ask = msgspec.json.decode(body, type=_Ask)
        except msgspec.MsgspecError as error:
            raise Complaint(400, f"Invalid session request -- {error}") from error
        hashed = hashlib.sha256(ask.merchant_identifier.encode()).hexdigest().upper()
        if ask.merchant_identifier != keys.merchant_identifier:
            raise Complaint(417, f"merchantId={hashed} is not a registered merchant")
        if ask.initiative != "web" or not 0 < len(ask.display_name) <= _MOST_NAME:
            raise Complaint(400, "Invalid session request -- initiative or displayName")
        if ask.context not in keys.domains:
            raise Complaint(400, f"merchantId={hashed} not registered for domain={ask.context}")
        now_ms = self._core.clock.now_ms()
        session = {
            "epochTimestamp": now_ms,
            "expiresAt": now_ms + VALID_MS,
            "merchantSessionIdentifier": f"SSH{self._core.ids.nonce().upper()}",
            "nonce": self._core.ids.nonce()[:8],
            "merchantIdentifier": hashed,
            "domainName": ask.context,
            "displayName": ask.display_name,
            "operationalAnalyticsIdentifier": f"{ask.display_name}:{hashed}",
            "retries": 0,
            "pspId": hashed,
        }
        return session | {"signature": self._signature(session)}

    def redeem(self, keys: ApplepayKeys, session: dict[str, Any]) -> str:
        """A device checks the session that a page gave it; why it does not show the sheet, or empty."""
        hashed = hashlib.sha256(keys.merchant_identifier.encode()).hexdigest().upper()
        number = str(session.get("merchantSessionIdentifier", ""))
        unsigned = {name: value for name, value in session.items() if name != "signature"}
        if not hmac.compare_digest(self._signature(unsigned), str(session.get("signature", ""))):
            return "the session is not Apple's"
        if session["merchantIdentifier"] != hashed:
            return "the session is another merchant's"
        if number in self._used or self._core.clock.now_ms() > session["expiresAt"]:
            return "the session was used or is too old"
        self._used.add(number)
        return ""

    def _signature(self, session: dict[str, Any]) -> str:
        text = msgspec.json.encode(session, order="sorted")
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


class SessionCall:
    """Satisfies `wire.WireCall`."""

    operation = "session"
    product: str | None = "applepay_web"
    amount_fen: int | None = None

    def __init__(self, desk: SessionDesk, account: AccountSpec, keys: ApplepayKeys, body: bytes) -> None:
        self._desk = desk
        self.account = account
        self._keys = keys
        self._body = body

    def process(self) -> Answer:
        try:
            return Answer(body=msgspec.json.encode(self._desk.issue(self._keys, self._body)))
        except Complaint as complaint:
            return _refusal(complaint)

    def refuse(self, fault: Fault) -> Answer:
        return _refusal(Complaint(fault.status or 500, fault.message or fault.code))

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        body = answer.body[: len(answer.body) // 2] if seal is Seal.MALFORMED else answer.body
        return web.Response(status=answer.status, body=body, content_type="application/json")


def stranger(request: web.Request, certificate_pem: str) -> bool:
    """Whether the caller does not show this Merchant Identity certificate."""
    return not shows(request, certificate_pem)


def refused(complaint: Complaint) -> web.Response:
    answer = _refusal(complaint)
    return web.Response(status=answer.status, body=answer.body, content_type="application/json")


def _refusal(complaint: Complaint) -> Answer:
    body = {"statusCode": str(complaint.status), "statusMessage": complaint.words}
    return Answer(status=complaint.status, body=msgspec.json.encode(body))
