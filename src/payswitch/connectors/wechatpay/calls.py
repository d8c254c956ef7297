"""Signed calls to WeChat Pay and the verification of what comes back: the part that every operation shares."""

from __future__ import annotations

import asyncio
from typing import Final

from payswitch import __version__
from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.transport import HttpAnswer, HttpTransport, SendFailure
from payswitch.connectors.wechatpay import platform_certificates
from payswitch.connectors.wechatpay.codes import classify, unreadable_error
from payswitch.connectors.wechatpay.keys import WechatAccount
from payswitch.connectors.wechatpay.signing import authorization
from payswitch.connectors.wechatpay.verifying import Verdict, is_certificate_serial, verify
from payswitch.connectors.wechatpay.wire import ErrorBody, decode, detail_of
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

REFRESH_GAP_MS: Final = 10_000
"""At most one fetch of certificates in this time: forged messages with invented serials must not make us call."""


class SignedCalls:
    """Sends one operation's request and gives its genuine 2xx body, or the outcome that stands for everything else."""

    def __init__(self, account: WechatAccount, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self._account = account
        self._transport = transport
        self._clock = clock
        self._ids = ids
        self._refreshing = asyncio.Lock()
        self._refreshed_at_ms: float | None = None
        self._certificates_wanted = False

    def want_certificates(self) -> None:
        """A notification came with an unknown certificate serial: fetch before the next call that can wait."""
        self._certificates_wanted = True

    async def call(
        self, operation: Operation, method: str, target: str, body: bytes, timeout_ms: int
    ) -> bytes | Outcome:
        """One request, sent at most once. `timeout_ms` covers a fetch of certificates too."""
        deadline_ms = self._clock.monotonic_ms() + timeout_ms
        if self._certificates_wanted and operation is not Operation.CREATE:
            await self._refresh(deadline_ms)
        answer = await self._send(method, target, body, deadline_ms)
        if isinstance(answer, SendFailure):
            return outcome_of_failure(answer)
        verdict = await self._judge(answer, deadline_ms)
        if 200 <= answer.status < 300:
            return answer.body if verdict is Verdict.GENUINE else _not_genuine(verdict)
        return _error(operation, answer, genuine=verdict is Verdict.GENUINE)

    async def _send(self, method: str, target: str, body: bytes, deadline_ms: float) -> HttpAnswer | SendFailure:
        account = self._account
        now_ms = self._clock.now_ms()
        headers = {
            "Accept": "application/json",
            "User-Agent": f"PaySwitch/{__version__}",
            "Authorization": authorization(
                account.signing_key,
                mchid=account.mchid,
                serial_no=account.merchant_serial_no,
                method=method,
                target=target,
                timestamp_s=now_ms // 1_000,
                nonce=self._ids.nonce(),
                body=body,
            ),
        }
        if body:
            headers["Content-Type"] = "application/json"
        serial = account.key_ring.preferred_serial(now_ms)
        if serial is not None:
            headers["Wechatpay-Serial"] = serial
        timeout_ms = int(deadline_ms - self._clock.monotonic_ms())
        return await self._transport.send(
            method, account.base_url + target, headers=headers, body=body, timeout_ms=timeout_ms
        )

    async def _judge(self, answer: HttpAnswer, deadline_ms: float) -> Verdict:
        """The verdict on an answer; for an unknown certificate, after fetching the certificates once."""
        ring = self._account.key_ring
        verdict = verify(answer.headers, answer.body, keys=ring, now_ms=self._clock.now_ms())
        if verdict is not Verdict.UNKNOWN_SERIAL:
            return verdict
        if not is_certificate_serial(answer.headers.get("wechatpay-serial", "")):
            return verdict
        await self._refresh(deadline_ms)
        return verify(answer.headers, answer.body, keys=ring, now_ms=self._clock.now_ms())

    async def _refresh(self, deadline_ms: float) -> None:
        """Fetch WeChat's certificates into the key ring. Calls that need them at the same time share one fetch."""
        left_ms = deadline_ms - self._clock.monotonic_ms()
        try:
            async with asyncio.timeout(max(left_ms, 0) / 1_000), self._refreshing:
                await self._fetch_certificates(deadline_ms)
        except TimeoutError:
            return

    async def _fetch_certificates(self, deadline_ms: float) -> None:
        now_ms = self._clock.monotonic_ms()
        if self._refreshed_at_ms is not None and now_ms - self._refreshed_at_ms < REFRESH_GAP_MS:
            return
        self._refreshed_at_ms = now_ms
        self._certificates_wanted = False
        answer = await self._send("GET", platform_certificates.PATH, b"", deadline_ms)
        if isinstance(answer, HttpAnswer):
            ring = self._account.key_ring
            found = platform_certificates.read_certificates(
                answer, api_v3_key=self._account.api_v3_key, known=ring, now_ms=self._clock.now_ms()
            )
            ring.add_certificates(found)


def _not_genuine(verdict: Verdict) -> Outcome:
    """A 2xx answer that proves nothing. WeChat's deliberate wrong signature is no attack: the same call again."""
    if verdict is Verdict.PROBE:
        return Outcome(kind=OutcomeKind.UNKNOWN, code=verdict.value, transient=True)
    return Outcome(kind=OutcomeKind.UNTRUSTED, code=verdict.value)


def _error(operation: Operation, answer: HttpAnswer, *, genuine: bool) -> Outcome:
    error = decode(answer.body, ErrorBody)
    if error is None or not error.code or answer.status < 400:
        return unreadable_error(operation, answer.status)
    return classify(
        operation,
        status=answer.status,
        code=error.code,
        message=error.message or "",
        detail=detail_of(answer.headers),
        genuine=genuine,
    )
