"""What the customer's wallet is given: `payinfo`, by paytype, and recognising it again."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.wire import Credential


class Paytype(msgspec.Struct, frozen=True):
    product: str
    """In the switch's words."""
    wallet: str
    needs_acct: bool = False


PAYTYPES: Mapping[str, Paytype] = {
    "W01": Paytype("wechat_native", "wechat"),
    "W02": Paytype("wechat_jsapi", "wechat", needs_acct=True),
    "W06": Paytype("wechat_mini", "wechat", needs_acct=True),
    "A01": Paytype("alipay_precreate", "alipay"),
    "A02": Paytype("alipay_jsapi", "alipay", needs_acct=True),
    "U01": Paytype("unionpay_qr", "unionpay"),
    "U02": Paytype("unionpay_jsapi", "unionpay", needs_acct=True),
    "S01": Paytype("ecny_qr", "ecny"),
}

_TEXTS = {
    "W01": "weixin://wxpay/bizpayurl?pr=",
    "A01": "https://qr.alipay.com/bax0",
    "U01": "https://qr.95516.com/00010001/",
    "U02": "https://qr.95516.com/00010001/js/",
    "S01": "https://syb.allinpay.com/dcep/",
    "A02": "2026",
}
"""What stands before the token. The prefixes are the wallets' own, as a provider's codes show them."""
_PREPAY = "prepay_id="


def payinfo(merchant: Merchant, paytype: str, token: str, now_ms: int, sub_appid: str) -> str:
    if paytype in _TEXTS:
        return _TEXTS[paytype] + token
    params = {
        "appId": sub_appid or f"wx{merchant.keys.appid}",
        "timeStamp": str(now_ms // 1_000),
        "nonceStr": token[:16],
        "package": f"{_PREPAY}{token}",
        "signType": "RSA",
    }
    # Signed by WeChat's merchant of record behind the provider; neither shop nor switch can check it.
    return json.dumps({**params, "paySign": merchant.seals.sign(params)}, separators=(",", ":"))


def token_of(credential: Credential) -> str | None:
    """The token of a credential that may be one of these; None if it looks like none of them."""
    content = credential.content.strip()
    texts = sorted(_TEXTS.values(), key=len, reverse=True)
    for text in (content, credential.params.get("tradeNO", "")):
        for prefix in texts:
            if text.startswith(prefix):
                return text.removeprefix(prefix)
    for text in (content, credential.params.get("package", "")):
        if text.startswith(_PREPAY):
            return text.removeprefix(_PREPAY)
    return None
