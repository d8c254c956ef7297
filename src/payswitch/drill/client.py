"""HTTP as the shop and the shoppers speak it: JSON in, JSON out, every call timed, no call repeated by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TypeVar

import aiohttp
import msgspec

from payswitch.drill.views import (
    CodeView,
    LedgerEntry,
    LedgerPage,
    PaymentPage,
    PaymentView,
    WalletAnswer,
)
from payswitch.kit.clock import Clock

T = TypeVar("T")
_PAGE = 100
"""The most that the API gives at once."""
_UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError)


class DrillError(Exception):
    """The drill itself cannot go on: a process died, an answer makes no sense. Never a result of the drill."""


@contextmanager
def one_reason() -> Iterator[None]:
    """Tasks that run side by side fail as a group; people want the one reason why the drill could not go on."""
    try:
        yield
    except BaseExceptionGroup as group:
        broken: BaseException | None = group.subgroup(DrillError)
        while isinstance(broken, BaseExceptionGroup):
            broken = broken.exceptions[0]
        if broken is None:
            raise
        raise broken from group


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer. `status` 0: nobody was there, or no answer came in time."""

    status: int
    body: bytes = b""
    started_at_ms: int
    took_ms: float
    retry_after_s: float | None = None

    def read(self, kind: type[T]) -> T:
        """The body as `kind`. DrillError when it is something else: then the parts do not fit together."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            text = self.body[:300].decode("utf-8", "replace")
            raise DrillError(f"an answer (HTTP {self.status}) is no {kind.__name__}: {error}: {text}") from error


class Http:
    """A keep-alive session with one server."""

    def __init__(self, base_url: str, clock: Clock, *, headers: Mapping[str, str] | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._headers = dict(headers or {})
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Http:
        connector = aiohttp.TCPConnector(limit=200, keepalive_timeout=30)
        self._session = aiohttp.ClientSession(connector=connector, headers=self._headers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(
        self, method: str, path: str, body: object = None, *, timeout_s: float = 10.0, key: str | None = None
    ) -> Answer:
        """Never raises for anything the network can do. `key`: the request's `Idempotency-Key`."""
        if self._session is None:
            raise DrillError("the session is not open")
        data = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        at_ms, begun = self._clock.now_ms(), self._clock.monotonic_ms()
        try:
            async with self._session.request(
                method,
                self._base_url + path,
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
                allow_redirects=False,
            ) as response:
                payload = await response.read()
                took_ms = self._clock.monotonic_ms() - begun
                return Answer(
                    status=response.status,
                    body=payload,
                    started_at_ms=at_ms,
                    took_ms=took_ms,
                    retry_after_s=_seconds(response.headers.get("Retry-After")),
                )
        except _UNREACHABLE:
            return Answer(status=0, started_at_ms=at_ms, took_ms=self._clock.monotonic_ms() - begun)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None


class SwitchApi:
    """The service's public API, as a shop uses it."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def create(self, order: Mapping[str, object]) -> Answer:
        return await self._http.call("POST", "/v1/payments", order)

    async def switch(self, payment_id: str, wish: Mapping[str, object]) -> Answer:
        return await self._http.call("POST", f"/v1/payments/{payment_id}/switch", wish)

    async def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """Any other call of the API; a debit may take as long as a bank takes."""
        return await self._http.call("POST", path, body, timeout_s=30.0)

    async def get(self, path: str) -> Answer:
        return await self._http.call("GET", path)

    async def healthy(self) -> bool:
        answer = await self._http.call("GET", "/healthz", timeout_s=1.0)
        return answer.status == 200

    async def payment(self, payment_id: str) -> PaymentView | None:
        """With attempts, refunds and decisions; None when the service could not say (now)."""
        answer = await self._http.call("GET", f"/v1/payments/{payment_id}")
        return answer.read(PaymentView) if answer.status == 200 else None

    async def payments(self, *, state: str | None = None, limit: int = _PAGE) -> AsyncIterator[PaymentView]:
        """All payments (of one state), newest first, page by page."""
        before: str | None = None
        while True:
            query = f"?limit={limit}" + (f"&state={state}" if state else "") + (f"&before={before}" if before else "")
            answer = await self._http.call("GET", f"/v1/payments{query}")
            if answer.status != 200:
                raise DrillError(f"the service did not list its payments: HTTP {answer.status}")
            page = answer.read(PaymentPage)
            for payment in page.data:
                yield payment
            if page.next is None or not page.data:
                return
            before = page.next

    async def any_in(self, state: str) -> bool:
        """Whether at least one payment is in this state; True also when the service could not say."""
        answer = await self._http.call("GET", f"/v1/payments?limit=1&state={state}")
        return answer.status != 200 or bool(answer.read(PaymentPage).data)


class _PaymentCode(msgspec.Struct, frozen=True):
    code: str


class _Sms(msgspec.Struct, frozen=True):
    code: str


class _Inbox(msgspec.Struct, frozen=True):
    sms: tuple[_Sms, ...]


class _AppleToken(msgspec.Struct, frozen=True):
    token: msgspec.Raw


class RobotMessage(msgspec.Struct, frozen=True):
    """One message that a group robot of the sandbox received."""

    n: int
    platform: str
    robot: str
    code: int
    """0: taken."""
    signed: bool
    title: str


class _RobotMessages(msgspec.Struct, frozen=True):
    messages: list[RobotMessage]


class _Fault(msgspec.Struct, frozen=True):
    active: bool


class _Faults(msgspec.Struct, frozen=True):
    faults: tuple[_Fault, ...]


class SandboxApi:
    """The sandbox's admin API, and the wallets on the shoppers' phones."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def healthy(self) -> bool:
        answer = await self._http.call("GET", "/_sandbox/health", timeout_s=1.0)
        return answer.status == 200

    async def set_faults(self, faults: list[dict[str, object]]) -> None:
        """Replace all faults; their times count from now."""
        answer = await self._http.call("PUT", "/_sandbox/faults", {"faults": faults})
        if answer.status not in (200, 204):
            text = answer.body[:500].decode("utf-8", "replace")
            raise DrillError(f"the sandbox refused the faults: HTTP {answer.status}: {text}")

    async def has_faults(self) -> bool:
        """Whether any that was set is still at work."""
        answer = await self._http.call("GET", "/_sandbox/faults")
        return answer.status == 200 and any(fault.active for fault in answer.read(_Faults).faults)

    async def pay(self, code: CodeView, wallet: str, payer: str, *, enough: bool) -> WalletAnswer | None:
        """Confirm a code in a wallet; None when the wallet did not answer."""
        wish = {
            "credential": {"kind": code.kind, "content": code.content, "params": code.params},
            "wallet": wallet,
            "payer": payer,
            "balance_fen": None if enough else 0,
        }
        answer = await self._http.call("POST", "/_sandbox/wallet/pay", wish)
        return answer.read(WalletAnswer) if answer.status == 200 else None

    async def payment_code(self, wallet: str, payer: str) -> str:
        """A shopper opens the code page (付款码) of a wallet."""
        answer = await self._http.call("POST", "/_sandbox/payment-codes", {"wallet": wallet, "payer": payer})
        return answer.read(_PaymentCode).code

    async def newest_sms(self, mobile: str) -> str:
        """The code in the newest SMS on this phone."""
        inbox = (await self._http.call("GET", f"/_sandbox/quickpay/sms?mobile={mobile}")).read(_Inbox)
        if not inbox.sms:
            raise DrillError(f"no bank has sent an SMS to {mobile}")
        return inbox.sms[-1].code

    async def apple_pay_token(self, account: str, amount_fen: int) -> str:
        """A customer looks at the phone, which signs the sheet: the token as the page's JSON text."""
        wish = {"account": account, "amount_fen": amount_fen}
        answer = await self._http.call("POST", "/_sandbox/applepay/token", wish)
        return bytes(answer.read(_AppleToken).token).decode()

    async def robot_messages(self) -> list[RobotMessage]:
        """What the group robots received, oldest first."""
        answer = await self._http.call("GET", "/_sandbox/robots")
        return answer.read(_RobotMessages).messages if answer.status == 200 else []

    async def ledger(self, after: int = 0) -> list[LedgerEntry]:
        """Every order the channels ever made, or those after the first `after` ones."""
        entries: list[LedgerEntry] = []
        while True:
            answer = await self._http.call("GET", f"/_sandbox/ledger?after={after}&limit=1000")
            if answer.status != 200:
                raise DrillError(f"the sandbox did not show its ledger: HTTP {answer.status}")
            page = answer.read(LedgerPage)
            entries.extend(page.entries)
            if not page.entries or page.next == after:
                return entries
            after = page.next
