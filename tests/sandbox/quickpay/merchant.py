"""A merchant's side of 收银宝's wire, written out by hand."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.sandbox.support import RunningSandbox

from payswitch.sandbox.quickpay.keys import QuickpayKeys
from payswitch.sandbox.quickpay.sms import SMS_CODE

CARD = "6222021111111119876"
PERSON = {
    "meruserid": "u-7",
    "accttype": "00",
    "acctno": CARD,
    "idno": "440524199001011234",
    "acctname": "欧阳小红",
    "mobile": "13800138000",
}


@lru_cache
def private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@lru_cache
def public_key(pem: str) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    return key


def canonical(fields: Mapping[str, str]) -> bytes:
    return "&".join(f"{k}={v}" for k, v in sorted(fields.items()) if v and k != "sign").encode()


@dataclass
class Merchant:
    """Signs calls as the documents say, verifies what comes back."""

    sandbox: RunningSandbox
    account: str = "allinpay-rsa"
    notify_url: str = ""

    @property
    def keys(self) -> QuickpayKeys:
        keys = self.sandbox.world.account(self.account).keys
        assert isinstance(keys, QuickpayKeys)
        return keys

    def sign(self, fields: Mapping[str, str]) -> str:
        if self.keys.md5_key:
            keyed = {**fields, "key": self.keys.md5_key}
            return hashlib.md5(canonical(keyed), usedforsecurity=False).hexdigest().upper()
        key = private_key(self.keys.merchant_private_key)
        signature = key.sign(canonical(fields), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the protocol's
        return base64.b64encode(signature).decode()

    def genuine(self, fields: Mapping[str, str]) -> bool:
        """Whether the gateway signed this."""
        if self.keys.md5_key:
            return fields.get("sign") == self.sign(fields)
        try:
            public_key(self.keys.allinpay_public_key).verify(
                base64.b64decode(fields.get("sign", "")),
                canonical(fields),
                padding.PKCS1v15(),
                hashes.SHA1(),  # noqa: S303 - the protocol's
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    async def raw(self, path: str, fields: Mapping[str, str]) -> bytes:
        async with self.sandbox.session.post(f"{self.sandbox.base_url}/apiweb/{path}", data=fields) as answer:
            assert answer.status == 200
            return await answer.read()

    def signed(self, **fields: str) -> dict[str, str]:
        keys = self.keys
        kind = "MD5" if keys.md5_key else "RSA"
        common = {"cusid": keys.cusid, "appid": keys.appid, "version": "11", "randomstr": "abc", "signtype": kind}
        whole = common | fields
        return whole | {"sign": self.sign(whole)}

    async def call(self, path: str, **fields: str) -> dict[str, str]:
        """The answer's fields, after its signature was checked."""
        answer: dict[str, str] = json.loads(await self.raw(path, self.signed(**fields)))
        assert answer["retcode"] == "FAIL" or self.genuine(answer), answer
        return answer

    async def pay(self, reqsn: str = "PS1", **fields: str) -> dict[str, str]:
        order = {"reqsn": reqsn, "trxamt": "129900", "paytype": "W01", "body": "外套", "validtime": "15"}
        return await self.call("unitorder/pay", **(order | {"notify_url": self.notify_url} | fields))

    async def sign_card(self, **changes: str) -> str:
        """A signed card's agreement number."""
        person = PERSON | changes
        applied = await self.call("qpay/agreeapply", **person)
        assert applied["trxstatus"] == "1999", applied
        done = await self.call("qpay/agreeconfirm", **person, smscode=SMS_CODE, thpinfo=applied["thpinfo"])
        assert done["trxstatus"] == "0000", done
        return done["agreeid"]

    async def apply(self, agreeid: str, orderid: str = "PS1", **fields: str) -> dict[str, str]:
        order = {"orderid": orderid, "agreeid": agreeid, "amount": "129900", "currency": "CNY", "subject": "外套"}
        return await self.call("qpay/payapplyagree", **(order | {"notifyurl": self.notify_url} | fields))

    async def confirm(self, agreeid: str, thpinfo: str, orderid: str = "PS1", code: str = SMS_CODE) -> dict[str, str]:
        return await self.call("qpay/payagreeconfirm", orderid=orderid, agreeid=agreeid, thpinfo=thpinfo, smscode=code)
