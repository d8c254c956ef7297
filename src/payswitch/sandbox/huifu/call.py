"""One call to the API: verified, worked on, and answered under Huifu's signature."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from payswitch.sandbox.faults import Fault
from payswitch.sandbox.huifu.codes import DESCRIPTIONS, Refused, Stranger
from payswitch.sandbox.huifu.envelope import CallBody, compact, signed_text
from payswitch.sandbox.huifu.merchant import Merchant, stranger_key
from payswitch.sandbox.wire import Answer, Seal
from payswitch.sandbox.world import AccountSpec

_UNSIGNED = "unsigned"


@dataclass
class HuifuCall:
    """Satisfies `wire.WireCall`."""

    merchant: Merchant
    body: CallBody
    operation: str
    work: Callable[[], Mapping[str, object]]
    product: str | None = None
    amount_fen: int | None = None

    @property
    def account(self) -> AccountSpec:
        return self.merchant.spec

    def process(self) -> Answer:
        try:
            self._check()
            return self._answer(self.work())
        except Stranger as stranger:
            return unsigned(stranger)
        except Refused as refused:
            return self._answer({"resp_code": refused.code, "resp_desc": refused.description, **refused.more})

    def refuse(self, fault: Fault) -> Answer:
        description = fault.message or DESCRIPTIONS.get(fault.code, "业务执行失败")
        return self._answer({"resp_code": fault.code, "resp_desc": description})

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        """Huifu names no signing key in its answers: an unknown key is a wrong signature like any other."""
        if answer.notes.get(_UNSIGNED):
            body = answer.body
        else:
            key = self.merchant.huifu_key if seal in (Seal.HONEST, Seal.MALFORMED) else stranger_key()
            sign = key.sign(signed_text(json.loads(answer.body)))
            # The members stand in Huifu's order, not in the signed one: sorting is the client's job.
            body = b'{"data":' + answer.body + b',"sign":' + compact(sign).encode() + b"}"
        if seal is Seal.MALFORMED:
            body = body[: len(body) // 2]
        return web.Response(status=answer.status, body=body, content_type="application/json", charset="utf-8")

    def _check(self) -> None:
        """Whose call is this, and about whom?"""
        keys, body = self.merchant.keys, self.body
        if not self.merchant.merchant_key.verify(signed_text(body.data), body.sign):
            raise bad_signature()
        if body.product_id != keys.product_id:
            raise Refused("22000000")
        if body.text("huifu_id") != keys.huifu_id:
            raise Refused("22000002")

    def _answer(self, members: Mapping[str, object]) -> Answer:
        echoed: dict[str, object] = {name: self.body.text(name) for name in ("req_date", "req_seq_id", "huifu_id")}
        data = {name: value for name, value in (echoed | dict(members)).items() if value}
        return Answer(body=compact(data).encode("utf-8", "replace"))


def bad_signature() -> Stranger:
    """The real code of this refusal is not published."""
    return Stranger("10000000", "签名验证失败")


def unsigned(refused: Refused) -> Answer:
    """The gateway's own refusals: neither data nor signature."""
    body = compact({"resp_code": refused.code, "resp_desc": refused.description}).encode()
    return Answer(body=body, notes={_UNSIGNED: "1"})
