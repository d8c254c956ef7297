"""One V2 call: verified, worked on, and answered under the merchant's own key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.v2.messages import render, signature
from payswitch.sandbox.wechatpay.v2.refusals import Refused, TurnedAway
from payswitch.sandbox.wire import Answer, Seal
from payswitch.sandbox.world import AccountSpec

Fields = Mapping[str, str]
TURNED_AWAY = "FAIL"
"""As a fault's `code`: an unsigned `return_code=FAIL` with the fault's message."""
_AGAIN = frozenset({"SYSTEMERROR", "BANKERROR", "USERPAYING"})
"""A reversal that fails so is to be called again (`recall=Y`)."""
_STRANGERS_KEY = "0" * 32


@dataclass
class V2Call:
    """Satisfies `wire.WireCall`. An answer's fields travel in `Answer.notes`."""

    core: SandboxCore
    merchant: WechatAccount
    fields: Fields
    operation: str
    work: Callable[[], Fields]
    product: str | None = None
    amount_fen: int | None = None

    @property
    def account(self) -> AccountSpec:
        return self.merchant.spec

    def process(self) -> Answer:
        try:
            self._check()
            return self._said({"result_code": "SUCCESS", **self.work()})
        except Refused as refused:
            return self._said(refused.fields)
        except TurnedAway as away:
            return Answer(notes={"return_code": "FAIL", "return_msg": away.message})

    def refuse(self, fault: Fault) -> Answer:
        if fault.code == TURNED_AWAY:
            return Answer(notes={"return_code": "FAIL", "return_msg": fault.message or "系统繁忙"})
        also = {"recall": "Y" if fault.code in _AGAIN else "N"} if self.operation == "reverse" else {}
        return self._said(Refused(fault.code, fault.message, **also).fields)

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        fields = dict(answer.notes)
        if fields["return_code"] == "SUCCESS":
            honest = seal not in (Seal.BAD_SIGNATURE, Seal.UNKNOWN_SERIAL)
            key = self.merchant.keys.api_v2_key if honest else _STRANGERS_KEY
            fields["sign"] = signature(fields, key, self._sign_type)
        body = render(fields)
        if seal is Seal.MALFORMED:
            body = body[: len(body) // 2]
        return web.Response(body=body, content_type="text/xml", charset="utf-8")

    @property
    def _sign_type(self) -> str:
        named = self.fields.get("sign_type", "")
        return named if named in ("MD5", "HMAC-SHA256") else "MD5"

    def _said(self, fields: Fields) -> Answer:
        keys = self.merchant.keys
        named = {"appid": keys.appid, "mch_id": keys.mchid}
        if keys.sub_mchid:
            named |= {"sub_mch_id": keys.sub_mchid}
        return Answer(
            notes={
                "return_code": "SUCCESS",
                "return_msg": "OK",
                **named,
                "nonce_str": self.core.ids.nonce()[:16],
                **fields,
            }
        )

    def _check(self) -> None:
        """What is checked before anything is looked at: signature, then the app ids."""
        keys = self.merchant.keys
        said = self.fields.get("sign", "")
        kind = self.fields.get("sign_type") or "MD5"
        if not self.fields.get("nonce_str") or not said:
            raise TurnedAway("缺少参数")
        if not keys.api_v2_key or said != signature(self.fields, keys.api_v2_key, kind):
            raise TurnedAway("签名错误")
        if self.fields.get("appid") != keys.appid:
            raise Refused("APPID_MCHID_NOT_MATCH")
        if self.fields.get("sub_appid", "") not in ("", keys.sub_appid):
            raise Refused("APPID_MCHID_NOT_MATCH", "sub_appid和sub_mch_id不匹配")
