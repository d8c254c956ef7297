"""Signed calls to WeChat Pay and the verification of what comes back: the part that every operation shares."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from payswitch import __version__
from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.transport import MAX_ANSWER_BYTES, HttpAnswer, HttpTransport, SendFailure
from payswitch.connectors.wechatpay import platform_certificates
from payswitch.connectors.wechatpay.codes import classify, normalise, unreadable_error
from payswitch.connectors.wechatpay.hosts import Hosts
from payswitch.connectors.wechatpay.keys import WechatAccount
from payswitch.connectors.wechatpay.signing import authorization
from payswitch.connectors.wechatpay.verifying import Verdict, is_certificate_serial, verify
from payswitch.connectors.wechatpay.wire import ErrorBody, decode, detail_of
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

REFRESH_GAP_MS: Final = 10_000
"""At most one fetch of certificates in this time: forged messages with invented serials must not make us call."""


_NO_ANSWERS: Final[Mapping[str, OutcomeKind]] = MappingProxyType({})
_WRONG_ADDRESS: Final = Outcome(kind=OutcomeKind.UNTRUSTED, code="wrong_download_url")
_WECHAT_HOSTS: Final = (".weixin.qq.com", ".wechatpay.cn")


class SignedCalls:
    """Sends one operation's request and gives its genuine 2xx body, or the outcome that stands for everything else."""

    def __init__(
        self, account: WechatAccount, hosts: Hosts, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> None:
        self._account = account
        self._hosts = hosts
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
        self,
        operation: Operation,
        method: str,
        target: str,
        body: bytes,
        timeout_ms: int,
        *,
        answers: Mapping[str, OutcomeKind] = _NO_ANSWERS,
    ) -> bytes | Outcome:
        """One request, sent at most once. `timeout_ms` covers a fetch of certificates too.

        `answers`: error codes (normalised) that are no trouble but this call's own answers, when WeChat signed them.
        """
        deadline_ms = self._clock.monotonic_ms() + timeout_ms
        if self._certificates_wanted and operation is not Operation.CREATE:
            await self._refresh(deadline_ms)
        answer = await self._send(method, target, body, deadline_ms)
        if isinstance(answer, SendFailure):
            return outcome_of_failure(answer)
        verdict = await self._judge(answer, deadline_ms)
        if 200 <= answer.status < 300:
            return answer.body if verdict is Verdict.GENUINE else _not_genuine(verdict)
        return _error(operation, answer, genuine=verdict is Verdict.GENUINE, answers=answers)

    async def fetch_file(self, url: str, timeout_ms: int, *, max_bytes: int) -> bytes | Outcome:
        """A file that WeChat has named in a signed answer. The request is signed as any other, the file is not: the
        caller checks it against the hash that came with the URL. UNTRUSTED for an address that is not WeChat's."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return _WRONG_ADDRESS
        origin = f"{parts.scheme}://{parts.netloc}"
        if not self._may_fetch_from(origin, parts.hostname or ""):
            return _WRONG_ADDRESS
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        deadline_ms = self._clock.monotonic_ms() + timeout_ms
        answer = await self._send("GET", target, b"", deadline_ms, origin=origin, max_bytes=max_bytes)
        if isinstance(answer, SendFailure):
            return outcome_of_failure(answer)
        return answer.body if answer.status == 200 else _error(Operation.QUERY, answer, genuine=False)

    def _may_fetch_from(self, origin: str, host: str) -> bool:
        """Our requests carry our signature; it goes to WeChat's own machines and to the configured addresses only."""
        if origin in (self._account.base_url, self._account.backup_base_url):
            return True
        return origin == f"https://{host}" and host.endswith(_WECHAT_HOSTS)

    async def _send(
        self,
        method: str,
        target: str,
        body: bytes,
        deadline_ms: float,
        *,
        origin: str | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpAnswer | SendFailure:
        """To one of WeChat's two sites, or to the origin that is named. Signed afresh for every try."""

        async def send(site: str, timeout_ms: int) -> HttpAnswer | SendFailure:
            headers = self._signed_headers(method, target, body)
            return await self._transport.send(
                method, site + target, headers=headers, body=body, timeout_ms=timeout_ms, max_bytes=max_bytes
            )

        if origin is not None:
            return await send(origin, int(deadline_ms - self._clock.monotonic_ms()))
        return await self._hosts.send(send, deadline_ms)

    def _signed_headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        account = self._account
        now_ms = self._clock.now_ms()
        headers = {
            "Accept": "application/json",
            "User-Agent": f"PaySwitch/{__version__}",
            "Authorization": authorization(
                account.signing_key,
                mchid=account.party.mchid,
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
        return headers

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


def _error(
    operation: Operation, answer: HttpAnswer, *, genuine: bool, answers: Mapping[str, OutcomeKind] = _NO_ANSWERS
) -> Outcome:
    error = decode(answer.body, ErrorBody)
    if error is None or not error.code or answer.status < 400:
        return unreadable_error(operation, answer.status)
    if genuine and normalise(error.code) in answers:
        return Outcome(kind=answers[normalise(error.code)], code=error.code, message=(error.message or "")[:200])
    return classify(
        operation,
        status=answer.status,
        code=error.code,
        message=error.message or "",
        detail=detail_of(answer.headers),
        genuine=genuine,
    )
