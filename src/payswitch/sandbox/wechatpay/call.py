"""One call to the v3 API: verified, worked on, and answered under WeChat's signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.wechatpay.account import Signer, WechatAccount
from payswitch.sandbox.wechatpay.errors import Refusal
from payswitch.sandbox.wechatpay.signing import RawRequest, check_request, signed_headers
from payswitch.sandbox.wire import Answer, Seal
from payswitch.sandbox.world import AccountSpec

_BROKEN_EMPTY = b'{"prepay'
"""What a malformed answer says where the real one has no body."""


@dataclass
class WechatCall:
    """Satisfies `wire.WireCall`."""

    core: SandboxCore
    merchant: WechatAccount
    request: RawRequest
    pairs: Mapping[str, str]
    operation: str
    work: Callable[[], Answer]
    product: str | None = None
    amount_fen: int | None = None

    @property
    def account(self) -> AccountSpec:
        return self.merchant.spec

    def process(self) -> Answer:
        try:
            check_request(self.request, self.merchant, self.pairs, self.core.clock.now_ms())
            return self.work()
        except Refusal as refusal:
            return refusal.answer()

    def refuse(self, fault: Fault) -> Answer:
        return Refusal(fault.code, fault.message, status=fault.status).answer()

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        status, body = answer.status, answer.body
        if seal is Seal.MALFORMED:
            status, body = 200, (body[: len(body) // 2] or _BROKEN_EMPTY)
        headers = signed_headers(
            self._signer(seal), body, clock=self.core.clock, ids=self.core.ids, probe=seal is Seal.PROBE
        )
        headers["Request-ID"] = request_id(self.core, answer.notes.get("reason", "0"))
        if status == 204:
            return web.Response(status=status, headers=headers)
        return web.Response(status=status, body=body, headers=headers, content_type="application/json", charset="utf-8")

    def _signer(self, seal: Seal) -> Signer:
        """The key that the client asked for; its usual one if it asked for nonsense."""
        wanted = self.merchant.signer(self.request.headers.get("Wechatpay-Serial", ""))
        signer = wanted or self.merchant.signers[0]
        if seal is Seal.BAD_SIGNATURE:
            return signer.by_stranger()
        return signer.unheard_of() if seal is Seal.UNKNOWN_SERIAL else signer


def request_id(core: SandboxCore, reason: str) -> str:
    """Like WeChat's: something opaque, and the sub-reason after the dash."""
    return f"08{core.ids.nonce()[:28].upper()}-{reason}"
